import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCampaignOptions } from './options.ts';
import { PARTS } from './parts.ts';

const names = (args: readonly string[]): readonly string[] | string => {
  const options = readCampaignOptions(args);
  return typeof options === 'string' ? options : options.parts.map(({ name }) => name);
};

test('all parts unless some are named, from one on when one is', () => {
  expect(names([])).toEqual(PARTS.map(({ name }) => name));
  expect(names(['--only', 'crash,sim'])).toEqual(['sim', 'crash']);
  expect(names(['--from', 'clock-leaps'])).toEqual(['clock-leaps', 'verify']);
  expect(names(['--only', 'sim,verify', '--from', 'crash'])).toEqual(['verify']);
  expect(names(['--only', 'crahs'])).toBe('no part is called "crahs"');
  expect(names(['--from', 'x'])).toBe('no part is called "x"');
  expect(names(['--scale', '0'])).toBe('--scale must be 0.0001 to 100, got 0');
  expect(names(['--seed', '-1'])).toContain('--seed');
});

test('each part is a script that exists, and is smaller at a smaller scale', () => {
  for (const { args } of PARTS) {
    expect(existsSync(fileURLToPath(new URL(`../../${args(1, 1)[0]}`, import.meta.url)))).toBe(true);
  }
  const sim = PARTS.find(({ name }) => name === 'sim');
  expect(sim?.args(1, 3).slice(1)).toEqual(['--seeds', '200000', '--seed', '3000001']);
  expect(sim?.args(0.01, 3)).toContain('2000');
});

test('a small part of a campaign ends with a table and one line of JSON', () => {
  const script = fileURLToPath(new URL('main.ts', import.meta.url));
  const args = [script, '--only', 'sim', '--scale', '0.0001', '--seed', '7'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 120_000 });
  const lines = stdout.trimEnd().split('\n');
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ parts: 1, found: [], skipped: [], scale: 0.0001, seed: 7 });
  expect(lines.at(-3)).toMatch(/^ok {6}sim .* s {2}\{"seeds":50,/);
  expect(status).toBe(0);
});

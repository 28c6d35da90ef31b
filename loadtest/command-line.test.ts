import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { oneOf, optionsOf, whole, wholesAndJson } from './command-line.ts';
import { splitScenario } from './scenario.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMANDS = ['loadtest/main.ts', 'loadtest/bench/main.ts', 'loadtest/verify/main.ts', 'loadtest/campaign/main.ts'];

/** A command starts in a second; on a busy machine in several. */
const START_MS_MAX = 60_000;

const started = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [script, ...args], { cwd: ROOT, encoding: 'utf8', timeout: START_MS_MAX });

test.each([...COMMANDS, 'loadtest/crash/main.ts', 'engine/simulation/main.ts'])(
  '%s answers --help with its options and does nothing',
  (script) => {
    const { status, stdout, stderr } = started(script, '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^npm run \w+ -- /);
  },
  START_MS_MAX,
);

test(
  'an option nobody knows is refused by name, with the usage and exit code 2',
  () => {
    const { status, stdout, stderr } = started('loadtest/bench/main.ts', '--nope');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain("'--nope'");
    expect(stderr).toContain('npm run bench -- ');
  },
  START_MS_MAX,
);

test(
  'a scenario nobody knows is refused with the ones there are',
  () => {
    const { status, stderr } = started('loadtest/main.ts', '--scenario', 'storm');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^--scenario must be one of steady.*, got storm\n/);
  },
  START_MS_MAX,
);

test('the scenario is named anywhere, steady when nowhere', () => {
  expect(splitScenario(['--rate', '5'])).toEqual({ name: 'steady', rest: ['--rate', '5'] });
  expect(splitScenario(['--rate', '5', '--scenario', 'fanout'])).toEqual({ name: 'fanout', rest: ['--rate', '5'] });
  expect(splitScenario(['--scenario=soak', '--json'])).toEqual({ name: 'soak', rest: ['--json'] });
});

test('what is wrong with a value is said as a sentence', () => {
  expect(optionsOf(() => ({ rate: whole('rate', '0', 1, 9) }))).toBe(
    '--rate must be a whole number from 1 to 9, got 0',
  );
  expect(optionsOf(() => ({ skew: oneOf('skew', 'flat', ['uniform', 'zipf']) }))).toBe(
    '--skew must be uniform or zipf, got flat',
  );
});

test('whole numbers are what is asked for, their presets otherwise, and nothing outside their bounds', () => {
  const read = (...args: string[]) =>
    optionsOf(() => wholesAndJson(args, { rate: { or: 5, min: 1, max: 9 }, 'per-sec': { or: 2, min: 0, max: 4 } }));
  expect(read('--per-sec', '4')).toEqual({ rate: 5, 'per-sec': 4, json: false });
  expect(read('--json', '--rate=1')).toEqual({ rate: 1, 'per-sec': 2, json: true });
  expect(read('--per-sec', '5')).toBe('--per-sec must be a whole number from 0 to 4, got 5');
  expect(read('--nope')).toContain("'--nope'");
});

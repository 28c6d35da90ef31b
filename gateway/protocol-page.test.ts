import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MOVEMENT_KINDS } from '../engine/contract/ledger.ts';
import { CLOSE_CODES, mayReconnect } from './protocol/close-codes.ts';
import { ERROR_CODES } from './protocol/error-codes.ts';

const page = readFileSync(new URL('./PROTOCOL.md', import.meta.url), 'utf8');

test('[WS12] PROTOCOL.md lists every close code with its advice, and the range says whether to reconnect', () => {
  const listed = page.split('\n').filter((line) => /^\| 4\d{3} /.test(line));
  const rows = Object.entries(CLOSE_CODES).map(
    ([code, { name, advice }]) => `| ${code} | ${name} | ${mayReconnect(Number(code)) ? 'yes' : 'no'} | ${advice} |`,
  );
  // A formatter pads cells.
  expect(listed.map((line) => line.replaceAll(/ +/g, ' '))).toEqual(rows);
  for (const [code, { advice }] of Object.entries(CLOSE_CODES)) {
    expect([code, advice.startsWith('reconnect')]).toEqual([code, mayReconnect(Number(code))]);
  }
});

test('[LG11] PROTOCOL.md says of every kind of movement what its units mean', () => {
  const [, section = ''] = page.split('\n## 4.');
  const [of4 = ''] = section.split('\n## 5.');
  const rows = [...of4.matchAll(/^\| `([a-z-]+)` +\|[^|]*\w[^|]*\|[^|]*\w/gm)].map(([, kind]) => kind);
  expect(rows).toEqual(MOVEMENT_KINDS);
});

test('[WS8] PROTOCOL.md lists every code of an error with what to do, and each is said somewhere', () => {
  const [, section = ''] = page.split('### Error codes');
  const [ofCodes = ''] = section.split('\n## ');
  const listed = [...ofCodes.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\|$/gm)].map(([, code, advice]) => [code, advice]);
  expect(listed).toEqual(Object.entries(ERROR_CODES));
  const sources = SAYING.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
  // That no other is said keeps the compiler: they are of the type ErrorCode.
  expect(Object.keys(ERROR_CODES).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
});

/** Where errors of commands come from. */
const SAYING = [
  './session.ts',
  './subscriptions.ts',
  './shown-token.ts',
  './access.ts',
  './jwt.ts',
  './log/log-delivery.ts',
  './log/log-hub.ts',
  './log/log-subscriptions.ts',
];

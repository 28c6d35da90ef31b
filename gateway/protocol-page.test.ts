import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MOVEMENT_KINDS } from '../engine/contract/ledger.ts';
import { CLOSE_CODES, mayReconnect } from './protocol/close-codes.ts';

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

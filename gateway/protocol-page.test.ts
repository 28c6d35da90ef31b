import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLOSE_CODES, mayReconnect } from './protocol/close-codes.ts';

test('[WS12] PROTOCOL.md lists every close code with its advice, and the range says whether to reconnect', () => {
  const page = readFileSync(new URL('./PROTOCOL.md', import.meta.url), 'utf8');
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

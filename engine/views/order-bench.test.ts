import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const BENCH = fileURLToPath(new URL('./order-search.bench.ts', import.meta.url));
const ORDERS = 400;

test('the benchmark of orders runs, and finds what its orders must have', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    BENCH,
    '--orders',
    `${ORDERS}`,
    '--asks',
    '3',
    '--json',
  ]);
  const result = JSON.parse(stdout) as { facts: number; kinds: { kind: string; found: number }[] };
  const found = new Map(result.kinds.map((each) => [each.kind, each.found]));
  // Placed, promised and either in a queue, sourced and shipped, or sourced and with its node.
  expect(result.facts).toBe(ORDERS * 10 - 8 * 7 - 11 * 3);
  expect(
    Object.fromEntries(
      ['newest', 'order number', 'nothing', 'queue, waiting longest'].map((kind) => [kind, found.get(kind)]),
    ),
  ).toEqual({
    newest: 150,
    'order number': 3,
    nothing: 0,
    'queue, waiting longest': 24,
  });
  for (const kind of ['e-mail', 'phone', 'name', 'node', 'channel', 'customers'])
    expect([kind, found.get(kind)]).not.toEqual([kind, 0]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StockChange } from '../engine/contract/change.ts';
import { Movers } from './movers.ts';
import { sku, WEB } from './test-engine.ts';

function change(of: string, facts: number, ats = 9): StockChange {
  const band = ats === 0 ? 'out-of-stock' : ats <= 3 ? 'low-stock' : 'in-stock';
  return {
    sku: sku(of),
    revision: 1,
    position: 'p',
    at: 0,
    receivedAt: 0,
    facts,
    channels: [{ channel: WEB, ats, unplaced: 0, band, asOf: 1 }],
    nodes: [],
  };
}

test('counts of the last minute are those a list of everything gives', () => {
  const step = fc.oneof(
    fc.record({ sku: fc.constantFrom('A', 'B', 'C', 'D'), facts: fc.integer({ min: 0, max: 5 }) }),
    fc.constant('second' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const movers = new Movers();
      let second = 0;
      const all: { sku: string; facts: number; second: number }[] = [];
      for (const one of steps) {
        if (one === 'second') {
          movers.turn();
          second += 1;
        } else {
          movers.take(change(one.sku, one.facts), WEB);
          all.push({ ...one, second });
        }
      }
      const sums = new Map<string, number>();
      for (const one of all) {
        if (one.facts > 0 && one.second > second - 60) sums.set(one.sku, (sums.get(one.sku) ?? 0) + one.facts);
      }
      const expected = [...sums.values()].sort((a, b) => b - a).slice(0, 3);
      const top = movers.top(3);
      expect(top.map(({ changes }) => changes)).toEqual(expected);
      expect(top.every((one) => sums.get(one.sku) === one.changes)).toBe(true);
    }),
  );
});

test('skus that moved while low are listed, newest first, until they are low no more', () => {
  const movers = new Movers();
  for (const [of, ats] of [
    ['A', 2],
    ['B', 1],
    ['C', 3],
    ['B', 9],
    ['A', 1],
  ] as const)
    movers.take(change(of, 1, ats), WEB);
  expect(movers.low(5).map((one) => [one.sku, one.units])).toEqual([
    ['A', 1],
    ['C', 3],
  ]);
});

test('what is remembered has a bound', () => {
  const movers = new Movers();
  for (let index = 0; index < 6_000; index++) movers.take(change(`S${index}`, 1, 1), WEB);
  expect(movers.top(10_000)).toHaveLength(5_000);
  expect(movers.low(10_000)).toHaveLength(500);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditChunk } from './audit.ts';
import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';
import { played, stateOf, stocked } from './test-audited.ts';
import { HISTORY_END_MS, histories } from './test-history.ts';
import { nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

test('[AV1] [AV2] [RS3] after any history every sum is the sum of its terms', () => {
  const seen = { moved: 0, drawn: 0 };
  fc.assert(
    fc.property(histories, (events) => {
      const shard = played(events);
      const before = shard.digest();
      const { violations, positions } = auditChunk(stateOf(shard), undefined, 1_000);
      expect(violations).toEqual([]);
      expect(positions).toBe(shard.stock(skuId(0))!.nodes.length + shard.stock(skuId(1))!.nodes.length);
      expect(shard.digest()).toBe(before);
      seen.moved += shard.facts.filter(({ fact }) => fact === 'UnitsMoved' || fact === 'PartMoved').length;
      seen.drawn += stateOf(shard).pools.save().drawn.length;
    }),
  );
  expect(Object.entries(seen).filter(([, times]) => times < 20)).toEqual([]);
});

test.each<[string, (state: StockState, position: number) => void, RegExp[]]>([
  ['a reserved unit too many', (s, p) => s.positions.reserved.set(p, 3), [/reserved at n0.*kept 3, is 2/]],
  ['an available unit too many', (s, p) => s.positions.available.set(p, 7), [/available at n0.*kept 7, is 6/]],
  ['a lost damaged unit', (s, p) => s.positions.unavailable.set(p, 0), [/unavailable at n0.*kept 0, is 1/]],
  ['a wrong mark', (s, p) => s.positions.mark(p, FLAG.short, true), [/short at n0.*kept true, is false/]],
  ['a wrong channel sum', (s) => s.skus.channels[0]!.sum.set(1, 99), [/sum of web.*kept 99, is 6/]],
  ['lost demand of a group', (s) => s.demand.add(1, s.demand.of(1)[0]!.set, -2), [/demand on set.*kept 0, is 2/]],
  [
    'units a pool never got back',
    (s) => s.pools.draw(skuId(0), 'web' as never, 1),
    [/drawn of pool.*web.*kept 4, is 3/],
  ],
  ['units a pool got back twice', (s) => s.pools.draw(skuId(0), 'web' as never, -3), [/drawn of pool.*kept 0, is 3/]],
  ['demand nobody has', (s) => s.demand.add(1, s.demand.of(1)[0]!.set, 1), [/demand on set.*kept 3, is 2/]],
])('[AV7] the watch sees %s, and a repair puts it right', (_, plant, wanted) => {
  const { shard, state, position } = stocked();
  expect(auditChunk(state, undefined, 10).violations).toEqual([]);
  plant(state, position);
  const { violations } = auditChunk(state, undefined, 10);
  expect(violations).toEqual(wanted.map((line) => expect.stringMatching(line)));
  shard.run({ do: 'repair-sums', request: { sku: skuId(0), by: 'ann' as never, reason: 'the watch said so' } });
  expect(auditChunk(state, undefined, 10).violations).toEqual([]);
  expect(shard.replayed().digest()).toBe(shard.digest());
});

test('chunks cover every sku once', () => {
  const shard = new TestShard(HISTORY_END_MS);
  shard.apply(...retailer({ nodes: 1, skus: 7 }));
  for (let i = 0; i < 7; i++) {
    const event = {
      kind: 'delta',
      reason: 'sale',
      source: 'wms',
      id: `e${i}`,
      at: HISTORY_END_MS,
      sku: skuId(i),
      node: nodeId(0),
      quantity: -i,
    };
    shard.record(event as never);
  }
  const state = stateOf(shard);
  const chunks = [auditChunk(state, undefined, 3)];
  for (let last = chunks[0]?.last; last !== undefined; last = chunks.at(-1)?.last)
    chunks.push(auditChunk(state, last, 3));
  expect(chunks.map(({ positions }) => positions)).toEqual([3, 3, 1]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditChunk } from './audit.ts';
import { positionsOf } from './position-change.ts';
import { FLAG } from './position-table.ts';
import type { StockState } from './stock-state.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from './test-history.ts';
import { delta, nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

/** A test may look inside a machine, to break it. */
const stateOf = (shard: TestShard): StockState => (shard.machine as unknown as { state: StockState }).state;

function played(events: readonly Parameters<TestShard['record']>[0][]): TestShard {
  const shard = new TestShard(HISTORY_END_MS);
  shard.apply(...retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS }));
  for (let n = 0; n < HISTORY_SKUS * HISTORY_NODES; n++) {
    const place = { sku: skuId(n % HISTORY_SKUS), node: nodeId(Math.floor(n / HISTORY_SKUS)) };
    shard.record(delta({ id: `opening-${n}`, at: HISTORY_END_MS - 1, quantity: 9, reason: 'receipt', ...place }));
  }
  for (const [i, event] of events.entries()) {
    shard.record(event);
    const sku = skuId(i % HISTORY_SKUS);
    if (i % 5 === 0)
      shard.apply({ of: 'pools', rows: [{ id: 'p' as never, channel: 'web' as never, sku, units: i % 7 }] });
    const lines = [{ sku, units: 1, ...(i % 2 === 0 ? { node: nodeId(0) } : { group: 'all' }) }];
    const request = { key: `k${i}`, client: 'c', channel: 'web', lines, holdMs: 3_600_000, partial: false };
    if (i % 3 !== 0) shard.run({ do: 'reserve', request: request as never });
    else
      shard.run({
        do: 'hold-part',
        saga: `r9-${i}` as never,
        replyTo: 9,
        client: 'shop' as never,
        keyDigest: `key of r9-${i}`,
        channel: 'web' as never,
        lines: lines as never,
        partial: false,
      });
    const move = { sku, from: { node: nodeId(0) }, to: i % 4 < 2 ? { group: 'all' } : { node: nodeId(1) } };
    for (const fact of i % 6 === 4 ? shard.facts.slice() : []) {
      if (fact.fact === 'UnitsReserved') {
        const asked = { key: `m${i}`, client: 'c', id: fact.reservation.id, ...move };
        shard.run({ do: 'move', request: asked as never, shard: 7 });
      } else if (fact.fact === 'PartHeld') {
        const part = { saga: fact.saga, replyTo: 9, channel: fact.channel, move: i, ...move };
        shard.run({ do: 'move-part', ...part } as never);
      }
    }
    if (i % 4 === 0) shard.run({ do: 'end-part', saga: `r9-${i}` as never, replyTo: 9, reason: 'released' });
  }
  return shard;
}

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

/** One position with stock, a hold at the node and one on the group; three of their units out of the channel's pool. */
function stocked(): { shard: TestShard; state: StockState; position: number } {
  const shard = new TestShard(HISTORY_END_MS);
  shard.apply(...retailer({ nodes: 2, skus: 1 }));
  const head = { source: 'wms', at: HISTORY_END_MS - 1_000, sku: skuId(0), node: nodeId(0) };
  const snapshot = {
    ...head,
    kind: 'snapshot',
    id: 's',
    quantity: 9,
    covers: 'book',
    carries: 'on-hand',
    states: { damaged: 1 },
  };
  shard.record(snapshot as never);
  shard.apply({ of: 'pools', rows: [{ id: 'p' as never, channel: 'web' as never, sku: skuId(0), units: 3 }] });
  for (const place of [{ node: nodeId(0) }, { group: 'all' }]) {
    const lines = [{ sku: skuId(0), units: 2, ...place }];
    const key = JSON.stringify(place);
    shard.run({
      do: 'reserve',
      request: { key, client: 'c', channel: 'web', lines, holdMs: 60_000, partial: false } as never,
    });
  }
  const state = stateOf(shard);
  return { shard, state, position: [...positionsOf(state, 1)][0]! };
}

test.each<[string, (state: StockState, position: number) => void, RegExp[]]>([
  [
    'a reserved unit too many',
    (s, p) => s.positions.reserved.set(p, 3),
    [/reserved at n0.*kept 3, is 2/, /available at n0/],
  ],
  [
    'an available unit too many',
    (s, p) => s.positions.available.set(p, 7),
    [/available at n0.*kept 7, is 6/, /sum of web/, /sum of app/, /sum of till/],
  ],
  [
    'a lost damaged unit',
    (s, p) => s.positions.unavailable.set(p, 0),
    [/unavailable at n0.*kept 0, is 1/, /available at n0/],
  ],
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
])('[AV7] the watch sees %s', (_, plant, wanted) => {
  const { state, position } = stocked();
  expect(auditChunk(state, undefined, 10).violations).toEqual([]);
  plant(state, position);
  const { violations } = auditChunk(state, undefined, 10);
  expect(violations).toEqual(wanted.map((line) => expect.stringMatching(line)));
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

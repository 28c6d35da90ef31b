import { positionsOf } from './position-change.ts';
import type { StockState } from './stock-state.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS } from './test-history.ts';
import { delta, nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

/** A test may look inside a machine, to break it. */
export const stateOf = (shard: TestShard): StockState => (shard.machine as unknown as { state: StockState }).state;

export function played(events: readonly Parameters<TestShard['record']>[0][]): TestShard {
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
        startedAt: HISTORY_END_MS,
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

/** One position with stock, a hold at the node and one on the group; three of their units out of the channel's pool. */
export function stocked(): { shard: TestShard; state: StockState; position: number } {
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

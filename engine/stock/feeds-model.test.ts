import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SkuStock } from '../contract/change.ts';
import type { RecordedEvent } from './event-identity.ts';
import { modelPosition } from './slow-model.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from './test-history.ts';
import { nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

/** Every grant to everybody: which source may say what is another test's business. */
function shardWith(events: readonly RecordedEvent[]): TestShard {
  const shard = new TestShard(HISTORY_END_MS);
  for (const batch of retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS })) {
    if (batch.of !== 'sources') shard.apply(batch);
    else
      shard.apply({ of: 'sources', rows: batch.rows.map((row) => ({ ...row, grants: batch.rows[0]?.grants ?? [] })) });
  }
  for (const event of events) expect(shard.record(event).status).not.toBe('refused');
  return shard;
}

interface Seen {
  readonly nodes: readonly object[];
  readonly inbound: readonly object[];
}

/** What a shard shows of a sku, as far as the model knows it, by node. */
function seenOf(stock: SkuStock | undefined): Seen {
  const nodes = [...(stock?.nodes ?? [])].sort((a, b) => (a.node < b.node ? -1 : 1));
  return {
    nodes: nodes.map(({ node, onHand, states, unavailable, uncertain, asOf, available, inbound }) => {
      return { node, onHand, states, unavailable, uncertain, asOf, available, inbound };
    }),
    inbound: [...(stock?.inbound ?? [])].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}

function modelOf(events: readonly RecordedEvent[], sku: string): Seen {
  const nodes: object[] = [];
  const inbound: object[] = [];
  for (let index = 0; index < HISTORY_NODES; index++) {
    const node = nodeId(index);
    const position = modelPosition(events, sku, node);
    if (position === undefined) continue;
    const { inbound: open, ...rest } = position;
    const available = Math.max(0, rest.onHand - rest.unavailable);
    nodes.push({ node, ...rest, available, inbound: open.reduce((sum, supply) => sum + supply.units, 0) });
    inbound.push(...open.map((supply) => ({ node, ...supply })));
  }
  return { nodes, inbound: inbound.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
}

function expectModel(shard: TestShard, events: readonly RecordedEvent[]): void {
  for (let index = 0; index < HISTORY_SKUS; index++) {
    expect(seenOf(shard.stock(skuId(index)))).toEqual(modelOf(events, skuId(index)));
  }
}

describe('feeds against the slow model', () => {
  test('[FD2][FD3] any history ends where its definition says', () => {
    fc.assert(
      fc.property(histories, (events) => expectModel(shardWith(events), events)),
      { numRuns: 600 },
    );
  });

  test('[FD1][FD3] neither the order of arrival nor repetition changes where a history ends', () => {
    const arrivals = histories.chain((events) => {
      const twice = [...events, ...events.slice(0, 10)];
      return fc.tuple(fc.constant(events), fc.shuffledSubarray(twice, { minLength: twice.length }));
    });
    fc.assert(
      fc.property(arrivals, ([events, arrived]) => expectModel(shardWith(arrived), events)),
      { numRuns: 600 },
    );
  });

  test('[AV2] a channel without unplaced demand sells what its nodes have', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const shard = shardWith(events);
        for (let index = 0; index < HISTORY_SKUS; index++) {
          const stock = shard.stock(skuId(index));
          const all = stock?.nodes.reduce((sum, node) => sum + node.available, 0) ?? 0;
          const first = stock?.nodes.find((node) => node.node === nodeId(0))?.available ?? 0;
          expect(stock?.channels.map((channel) => channel.ats)).toEqual([all, all, first]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

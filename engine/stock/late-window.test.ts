import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventId, NodeId, SourceId } from '../contract/ids.ts';
import type { CompleteEvent, SnapshotEvent, VoidEvent } from '../contract/stock-event.ts';
import { REMEMBERED_MAX } from './delta-log.ts';
import { BUCKET_MS } from './windows.ts';
import { DAY_MS, delta, nodeId, POS, retailer, skuId, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000 - (1_767_600_000_000 % BUCKET_MS);
const MINUTE_MS = 60_000;

const newShard = (): TestShard => new TestShard(START_MS + 30 * DAY_MS).apply(...retailer({ nodes: 2, skus: 2 }));

function snapshot(event: Partial<Omit<SnapshotEvent, 'id'>> & { readonly id: string }): SnapshotEvent {
  const usual = { kind: 'snapshot', source: WMS, sku: skuId(0), node: nodeId(0), at: START_MS, quantity: 1 } as const;
  return { ...usual, covers: 'count', carries: 'on-hand', ...event, id: event.id as EventId };
}

const voidOf = (id: string, voids: string, at: number): VoidEvent => ({
  kind: 'void',
  source: WMS,
  id: id as EventId,
  at,
  sku: skuId(0),
  node: nodeId(0),
  voids: voids as EventId,
});

const onHand = (shard: TestShard): number | undefined =>
  shard.stock(skuId(0))?.nodes.find((at) => at.node === nodeId(0))?.onHand;

const idsOf = (shard: TestShard): number => {
  const answer = shard.machine.answer({ ask: 'stats' }, shard.nowMs);
  return answer.answer === 'stats' ? answer.stats.ids : -1;
};

describe('late-event window', () => {
  test('[FD4] runs against the newest time of the same source and node, not against the clock', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5 }));
    shard.record(delta({ id: 'b', at: START_MS + 2 * DAY_MS + 1, quantity: 1 }));
    expect(shard.record(delta({ id: 'c', at: START_MS, quantity: 1 }))).toMatchObject({ code: 'too-late-to-check' });
    expect(shard.record(delta({ id: 'd', at: START_MS + 1, quantity: 1 })).status).toBe('recorded');
    // Another node, another source, another stream of the same source: none of them is late.
    for (const [id, other] of [
      ['e', { node: nodeId(1) }],
      ['f', { source: POS }],
      ['g', { stream: 'till-9' }],
    ] as const) {
      expect(shard.record(delta({ id, at: START_MS, quantity: 1, ...other })).status).toBe('recorded');
    }
  });

  test('[FD4] a window that is widened later does not reach back to where ids may be forgotten', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5 }));
    shard.record(delta({ id: 'b', at: START_MS + 3 * DAY_MS, quantity: 1 }));
    for (const batch of retailer({ nodes: 2, skus: 2 })) {
      if (batch.of === 'sources')
        shard.apply({ of: 'sources', rows: batch.rows.map((row) => ({ ...row, lateMs: 9 * DAY_MS })) });
    }
    shard.record(delta({ id: 'c', at: START_MS + 3 * DAY_MS + 1, quantity: 1 }));
    expect(shard.record(delta({ id: 'd', at: START_MS, quantity: 5 }))).toMatchObject({ code: 'too-late-to-check' });
  });

  test('[FD4] a delta that left the window keeps its effect until a snapshot is taken, which covers it', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5, postedAt: START_MS + 9 * DAY_MS }));
    shard.record(delta({ id: 'b', at: START_MS + 3 * DAY_MS, quantity: 1, postedAt: START_MS + 9 * DAY_MS }));
    expect(onHand(shard)).toBe(6);
    // Neither is covered by what the ledger had posted, but only one can still be told.
    shard.record(snapshot({ id: 's', at: START_MS + 4 * DAY_MS, quantity: 50, covers: 'book', source: WMS }));
    expect(onHand(shard)).toBe(51);
  });

  test('[FD1] ids are kept for the window at least and forgotten behind it, so memory stays bounded', () => {
    const shard = newShard();
    const perDay = 96;
    let most = 0;
    for (let i = 0; i < 12 * perDay; i++) {
      const at = START_MS + (i * DAY_MS) / perDay;
      expect(shard.record(delta({ id: `e${i}`, at, quantity: 1 })).status).toBe('recorded');
      const oldest = Math.max(0, i - 2 * perDay);
      const again = delta({ id: `e${oldest}`, at: START_MS + (oldest * DAY_MS) / perDay, quantity: 1 });
      expect(shard.record(again).status).toBe('duplicate');
      most = Math.max(most, idsOf(shard));
    }
    expect(onHand(shard)).toBe(12 * perDay);
    // The window of two days, the bucket that is leaving, and what is not swept yet.
    expect(most).toBeLessThanOrEqual(2 * perDay + 2 * (perDay / 4) + 2);
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test('[FD4] beyond the bound the oldest deltas are merged by minute, exact for snapshots taken at whole minutes', () => {
    const cases = fc.record({
      seconds: fc.array(fc.nat(3_600), { minLength: REMEMBERED_MAX + 1, maxLength: REMEMBERED_MAX + 300 }),
      minute: fc.nat(60),
    });
    fc.assert(
      fc.property(cases, ({ seconds, minute }) => {
        const shard = newShard();
        for (const [index, second] of seconds.entries()) {
          shard.record(delta({ id: `e${index}`, at: START_MS + second * 1000, quantity: 1 }));
        }
        const at = START_MS + minute * MINUTE_MS;
        shard.record(snapshot({ id: 's', at, quantity: 1_000 }));
        const later = seconds.filter((second) => START_MS + second * 1000 > at).length;
        expect(onHand(shard)).toBe(1_000 + later);
      }),
      { numRuns: 30 },
    );
  });
});

describe('voids', () => {
  test('[FD3][Void] a void takes a delta back, early or late, once', () => {
    const shard = newShard();
    shard.record(voidOf('v1', 'a', START_MS + 1));
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5 }));
    expect(onHand(shard)).toBe(0);
    shard.record(delta({ id: 'b', at: START_MS, quantity: 3 }));
    shard.record(voidOf('v2', 'b', START_MS + 1));
    expect(onHand(shard)).toBe(0);
    expect(shard.record(voidOf('v2', 'b', START_MS + 1)).status).toBe('duplicate');
    expect(shard.record(voidOf('v3', 'b', START_MS + 2)).status).toBe('recorded');
    expect(onHand(shard)).toBe(0);
  });

  test('[Void] of two voids that wait for one event the first to arrive counts', () => {
    const shard = newShard();
    shard.record({ ...voidOf('v1', 'a', START_MS), postedAt: START_MS + 1_000 });
    shard.record({ ...voidOf('v2', 'a', START_MS), postedAt: START_MS + 9_000 });
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5, postedAt: START_MS }));
    shard.record(snapshot({ id: 's', at: START_MS + 5_000, quantity: 8, covers: 'book' }));
    expect(onHand(shard)).toBe(8);
  });

  test('[FD4] what left the window can no longer be taken back', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5 }));
    shard.record(delta({ id: 'b', at: START_MS + 2 * DAY_MS + 1, quantity: 1 }));
    const late = shard.record(voidOf('v', 'a', START_MS + 2 * DAY_MS));
    expect(late).toMatchObject({ code: 'too-late-to-check', field: 'voids' });
    expect(onHand(shard)).toBe(6);
    // Further on even its id is forgotten: a void of it waits like one that came early, in vain.
    shard.record(delta({ id: 'c', at: START_MS + 4 * DAY_MS, quantity: 1 }));
    expect(shard.record(voidOf('v', 'a', START_MS + 4 * DAY_MS)).status).toBe('recorded');
    expect(onHand(shard)).toBe(7);
  });

  test('[Void] a void of a snapshot that comes before it changes nothing', () => {
    const shard = newShard();
    shard.record(voidOf('v', 's', START_MS));
    shard.record(snapshot({ id: 's', quantity: 4 }));
    expect(onHand(shard)).toBe(4);
  });

  test('[FD2][Void] a count covers a void with what it annuls; a ledger covers the void when it had booked it', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS, quantity: -2, postedAt: START_MS }));
    shard.record({ ...voidOf('v', 'a', START_MS + 9_000), postedAt: START_MS + 9_000 });
    shard.record(snapshot({ id: 's1', at: START_MS + 5_000, quantity: 8, covers: 'count' }));
    expect(onHand(shard)).toBe(8);
    shard.record(snapshot({ id: 's2', at: START_MS + 6_000, quantity: 8, covers: 'book' }));
    expect(onHand(shard)).toBe(10);
  });
});

describe('snapshots', () => {
  const complete = (id: string, at: number, more?: Partial<CompleteEvent>): CompleteEvent => {
    return { kind: 'complete', source: WMS, id: id as EventId, at, node: nodeId(0), covers: 'book', ...more };
  };

  test('[FD3] of one time a row wins over a complete, whichever comes first', () => {
    const rowLast = newShard();
    rowLast.record(delta({ id: 'x', at: START_MS - 1, quantity: 2 }));
    rowLast.record(complete('zzz', START_MS));
    expect(onHand(rowLast)).toBe(0);
    rowLast.record(snapshot({ id: 'a', quantity: 7, covers: 'book' }));
    expect(onHand(rowLast)).toBe(7);
    const rowFirst = newShard();
    rowFirst.record(snapshot({ id: 'a', quantity: 7, covers: 'book' }));
    rowFirst.record(complete('zzz', START_MS));
    expect(onHand(rowFirst)).toBe(7);
  });

  test('a complete makes 0 of what it did not list, also of what is first heard of later', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS, quantity: 5 }));
    shard.record(complete('c', START_MS + 10));
    shard.record(delta({ id: 'b', at: START_MS, quantity: 5, sku: skuId(1) }));
    shard.record(delta({ id: 'c', at: START_MS + 11, quantity: 1, sku: skuId(1) }));
    expect(onHand(shard)).toBe(0);
    const other = shard.stock(skuId(1))?.nodes[0];
    expect(other).toMatchObject({ onHand: 1, uncertain: true, asOf: { wms: START_MS + 11 } });
    expect(shard.changes().map((change) => change.sku)).toEqual([skuId(0), skuId(1)]);
  });

  test('[FD2] the ledger of ten past ten does not hold what was posted at twenty to eleven', () => {
    const shard = newShard();
    const ten = START_MS + 10 * 60 * MINUTE_MS;
    shard.record(snapshot({ id: 's', at: ten + 10 * MINUTE_MS, quantity: 10, covers: 'book' }));
    for (const id of ['till-1', 'till-2']) {
      const offline = { source: POS, at: ten + 5 * MINUTE_MS, postedAt: ten + 40 * MINUTE_MS };
      shard.record(delta({ id, quantity: -1, ...offline }));
    }
    expect(onHand(shard)).toBe(8);
  });

  test('[AV5] each source has its own time at a position', () => {
    const shard = newShard();
    shard.record(delta({ id: 'a', at: START_MS + 5, quantity: 5 }));
    shard.record(delta({ id: 'b', at: START_MS + 9, quantity: -1, source: POS }));
    shard.record(delta({ id: 'c', at: START_MS + 2, quantity: -1, source: POS }));
    const asOf: Record<SourceId, number> = { [WMS]: START_MS + 5, [POS]: START_MS + 9 };
    expect(shard.stock(skuId(0))?.nodes[0]?.asOf).toEqual(asOf);
    const stats = shard.machine.answer({ ask: 'stats' }, shard.nowMs);
    const node: NodeId = nodeId(0);
    expect(stats).toMatchObject({
      stats: {
        heard: [
          { source: WMS, node, at: START_MS + 5 },
          { source: POS, node, at: START_MS + 9 },
        ],
      },
    });
  });
});

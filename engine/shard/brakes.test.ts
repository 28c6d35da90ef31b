import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventOutcome } from '../contract/outcome.ts';
import type { ClientId, EventId } from '../contract/ids.ts';
import type { BrakesRef, NodeRef, SourceRef } from '../contract/reference.ts';
import type { CompleteEvent, SnapshotEvent, StockEvent } from '../contract/stock-event.ts';
import { nodeId, nodeRef, skuId, sourceRef, WMS } from '../stock/test-retailer.ts';
import { Brakes, BRAKED_SKUS_MIN } from './brakes.ts';
import { shardOfSku } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';
import { TestShards } from './test-shards.ts';

const NOW_MS = 1_767_600_000_000;
const HOUR_MS = 3_600_000;
const NODE = nodeId(0);

/** A node with so many skus of 5 units each, over four shards, behind the brakes of its owner. */
class Store {
  readonly shards = new TestShards(NOW_MS, { stockShards: 4 });
  readonly brakes: Brakes;
  weighings = 0;
  #made = 0;

  constructor(skus: number, brakes?: BrakesRef) {
    const source: SourceRef = sourceRef(WMS, { unknownSku: 'create', ...(brakes !== undefined && { brakes }) });
    const node: NodeRef = nodeRef(NODE);
    this.shards.apply({ of: 'sources', rows: [source] }, { of: 'nodes', rows: [node] });
    this.shards.record(...Array.from({ length: skus }, (_, sku) => this.row(sku, 5)));
    this.brakes = new Brakes({
      partition: this.shards.partition,
      reference: { sources: new Map([[WMS, source]]), nodes: new Map([[NODE, node]]) },
      nowMs: () => this.shards.nowMs,
      calls: {
        record: async (events) => events.map((event) => this.#take(event)),
        queries: (async (queries: Parameters<ShardCalls['queries']>[0]) => {
          this.weighings++;
          return queries.map(({ shard, query }) => this.shards.shard(shard).machine.answer(query, this.shards.nowMs));
        }) as ShardCalls['queries'],
      },
    });
  }

  #take(event: StockEvent): EventOutcome {
    const said = this.shards.record(event) as EventOutcome[];
    return said.find(({ status }) => status === 'refused') ?? (said[0] as EventOutcome);
  }

  row(sku: number, quantity: number, more: Partial<SnapshotEvent> = {}): SnapshotEvent {
    const at = NOW_MS + this.#made;
    const id = `e${this.#made++}` as EventId;
    const place = { source: WMS, sku: skuId(sku), node: NODE, at } as const;
    return { kind: 'snapshot', ...place, id, quantity, covers: 'book', carries: 'on-hand', ...more };
  }

  complete(): CompleteEvent {
    const at = NOW_MS + this.#made;
    return { kind: 'complete', source: WMS, node: NODE, id: `c${this.#made++}` as EventId, at, covers: 'book' };
  }

  /** Codes, or what was said. */
  async take(...events: StockEvent[]): Promise<string[]> {
    const said = await this.brakes.record(events, NOW_MS);
    return said.map((outcome) => ('code' in outcome ? outcome.code : outcome.status));
  }

  zeroes(from: number, count: number): SnapshotEvent[] {
    return Array.from({ length: count }, (_, index) => this.row(from + index, 0));
  }

  filled(): number {
    let filled = 0;
    for (let shard = 0; shard < 4; shard++) {
      const answer = this.shards.shard(shard).machine.answer({ ask: 'all-stock', limit: 1_000 }, NOW_MS);
      if (answer.answer === 'stock') filled += answer.stock.filter(({ nodes }) => nodes[0]!.onHand > 0).length;
    }
    return filled;
  }
}

const all = (count: number, code: string): string[] => Array.from({ length: count }, () => code);

test('[FD12] what would zero more than 30 % of a node waits, and nothing of it counts; the other rows do', async () => {
  const store = new Store(100);
  expect(await store.take(...store.zeroes(0, 30))).toEqual(all(30, 'recorded'));
  const before = store.shards.digests();
  expect(await store.take(...store.zeroes(30, 1))).toEqual(['waits-for-approval']);
  expect(store.shards.digests(), 'what waits changes nothing').toEqual(before);
  // A row that is at 0 already, and one that is not 0, are nobody's fright.
  expect(await store.take(...store.zeroes(0, 1), store.row(50, 9), ...store.zeroes(40, 2))).toEqual([
    'recorded',
    'recorded',
    'waits-for-approval',
    'waits-for-approval',
  ]);
  expect(store.filled()).toBe(70);
});

test('[FD12] the share is counted over files and calls, for an hour or two of the journal', async () => {
  const store = new Store(100);
  for (let call = 0; call < 30; call++) expect(await store.take(store.row(call, 0))).toEqual(['recorded']);
  expect(await store.take(store.row(30, 0))).toEqual(['waits-for-approval']);
  expect(store.weighings, 'rows within the room that is left are not weighed again').toBeLessThan(4);
  store.shards.nowMs += 2 * HOUR_MS;
  expect(await store.take(...store.zeroes(30, 21))).toEqual(all(21, 'recorded'));
  expect(await store.take(store.row(60, 0))).toEqual(['waits-for-approval']);
});

test('[FD12] a complete is taken by all shards or by none', async () => {
  const store = new Store(40);
  const before = store.shards.digests();
  expect(await store.take(store.complete())).toEqual(['waits-for-approval']);
  expect(store.shards.digests()).toEqual(before);
  const at = NOW_MS + 500;
  const listed = Array.from({ length: 30 }, (_, sku) => store.row(sku, 4, { at }));
  expect(await store.take(...listed)).toEqual(all(30, 'recorded'));
  expect(await store.take({ ...store.complete(), at })).toEqual(['recorded']);
  expect(store.filled()).toBe(30);
});

test('[FD12] a small node is never held, and a source may have brakes of its own or none', async () => {
  const small = new Store(BRAKED_SKUS_MIN - 1);
  expect(await small.take(small.complete())).toEqual(['recorded']);
  const loose = new Store(100, { zeroShareMax: 1 });
  expect(await loose.take(...loose.zeroes(0, 100))).toEqual(all(100, 'recorded'));
  const tight = new Store(100, { zeroShareMax: 0.01 });
  expect(await tight.take(...tight.zeroes(0, 2))).toEqual(all(2, 'waits-for-approval'));
});

test('[FD12] one number that would move too far waits, by snapshot, delta, move or complete; the first number does not', async () => {
  const store = new Store(30, { moveUnitsMax: 10, zeroShareMax: 1 });
  const head = { source: WMS, sku: skuId(0), node: NODE, at: NOW_MS + 900 };
  expect(await store.take(store.row(0, 15), store.row(1, 16), store.row(99, 1_000))).toEqual([
    'recorded',
    'waits-for-approval',
    'recorded',
  ]);
  expect(
    await store.take(
      { kind: 'delta', ...head, id: 'd' as EventId, quantity: -11, reason: 'sale' },
      { kind: 'move', ...head, id: 'm' as EventId, quantity: 11, from: 'sellable', to: 'damaged' },
      { kind: 'delta', ...head, id: 'd' as EventId, quantity: -10, reason: 'sale' },
      store.complete(),
    ),
  ).toEqual(['waits-for-approval', 'waits-for-approval', 'recorded', 'waits-for-approval']);
});

test('[FD12] what somebody approves counts, says who it was, and does not hold up what comes after', () => {
  const store = new Store(100, { moveUnitsMax: 10 });
  const approvedBy = 'ann' as ClientId;
  const { shards } = store;
  for (const event of [...store.zeroes(0, 60), store.row(70, 500)]) {
    const shard = shardOfSku(shards.partition, event.sku);
    expect(shards.run(shard, { do: 'record', event, receivedAt: NOW_MS, approvedBy }).status).toBe('recorded');
  }
  expect(store.filled()).toBe(40);
  const facts = shards.facts.filter((fact) => fact.fact === 'StockRecorded' && fact.approvedBy === approvedBy);
  expect(facts).toHaveLength(61);
  for (const digests of shards.replayed()) expect(digests).toEqual(shards.digests());
});

test('[FD12] in any order of calls a node never loses more than the share, and replay counts the same', async () => {
  const call = fc.record({
    skus: fc.array(fc.nat(39), { minLength: 1, maxLength: 12, size: 'max' }),
    units: fc.constantFrom(0, 0, 0, 3),
    passMs: fc.constantFrom(0, 0, 0, 20 * 60_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12, size: 'max' }), async (calls) => {
      const store = new Store(40);
      const start = store.shards.nowMs;
      let zeroedNow = 0;
      for (const { skus, units, passMs } of calls) {
        store.shards.nowMs += passMs;
        const before = store.filled();
        await store.take(...[...new Set(skus)].map((sku) => store.row(sku, units)));
        zeroedNow += Math.max(0, before - store.filled());
        // Within one window nothing is forgotten: 30 % of what was filled, and of what was filled again meanwhile.
        const isOneWindow = store.shards.nowMs - start < HOUR_MS;
        expect(isOneWindow ? zeroedNow : 0).toBeLessThanOrEqual(0.3 * (40 + zeroedNow));
      }
      for (const digests of store.shards.replayed()) expect(digests).toEqual(store.shards.digests());
    }),
    { numRuns: 60 },
  );
});

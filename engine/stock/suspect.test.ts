import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventId } from '../contract/ids.ts';
import type { MoveEvent, SnapshotEvent } from '../contract/stock-event.ts';
import type { RecordedEvent } from './event-identity.ts';
import { histories, HISTORY_END_MS } from './test-history.ts';
import { HANDHELD, nodeId, retailer, skuId, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const NOW_MS = 1_767_600_000_000;
const PLACE = { source: WMS, sku: skuId(0), node: nodeId(0) } as const;

function snapshot(id: string, changes: Partial<SnapshotEvent>): SnapshotEvent {
  const usual = { kind: 'snapshot', ...PLACE, at: NOW_MS, quantity: 10, covers: 'book', carries: 'on-hand' } as const;
  return { ...usual, ...changes, id: id as EventId };
}

function move(id: string, changes: Partial<MoveEvent>): MoveEvent {
  const usual = { kind: 'move', ...PLACE, at: NOW_MS, from: 'sellable', to: 'suspect', quantity: 4 } as const;
  return { ...usual, ...changes, id: id as EventId };
}

const newShard = (nowMs = NOW_MS): TestShard => new TestShard(nowMs).apply(...retailer({ nodes: 2, skus: 2 }));
const node = (shard: TestShard) => shard.stock(skuId(0))?.nodes.find((at) => at.node === nodeId(0));

test('[Suspect] the owner’s ledger does not bring back what a picker could not find; a count or staff does', () => {
  const shard = newShard();
  const ledger: readonly (readonly [event: RecordedEvent, suspect: number, available: number])[] = [
    [snapshot('opening', { at: NOW_MS - 90 }), 0, 10],
    [move('reject', { at: NOW_MS - 80 }), 4, 6],
    [snapshot('night', { at: NOW_MS - 70, states: {} }), 4, 6],
    [snapshot('says so itself', { at: NOW_MS - 60, states: { suspect: 9, damaged: 1 } }), 4, 5],
    [{ kind: 'complete', source: WMS, id: 'all' as EventId, at: NOW_MS - 65, node: nodeId(0), covers: 'book' }, 4, 5],
    [move('found one', { at: NOW_MS - 50, from: 'suspect', to: 'sellable', quantity: 1 }), 3, 6],
    [move('found broken', { at: NOW_MS - 45, from: 'suspect', to: 'damaged', quantity: 1 }), 2, 6],
    [snapshot('counted', { at: NOW_MS - 40, source: HANDHELD, covers: 'count', quantity: 7 }), 0, 5],
    // What happened before somebody looked is in the count, also when it is told later.
    [move('late', { at: NOW_MS - 41 }), 0, 5],
    [move('again', { at: NOW_MS - 30 }), 4, 1],
    [snapshot('counted with states', { at: NOW_MS - 20, covers: 'count', quantity: 7, states: { suspect: 2 } }), 2, 5],
  ];
  for (const [event, suspect, available] of ledger) {
    const { status } = shard.record(event);
    const { states, available: left } = node(shard) ?? { states: {}, available: 0 };
    const seen = { id: event.id, status, suspect: states.suspect ?? 0, available: left };
    expect(seen).toEqual({ id: event.id, status: 'recorded', suspect, available });
  }
  expect(shard.replayed().digest()).toBe(shard.digest());
});

test('[Suspect] in any history no book snapshot, complete or delta changes what is suspect', () => {
  const isSilent = (event: RecordedEvent): boolean =>
    event.kind === 'delta' || event.kind === 'complete' || (event.kind === 'snapshot' && event.covers === 'book');
  const suspects = (shard: TestShard): object =>
    [0, 1].map((sku) => shard.stock(skuId(sku))?.nodes.map(({ node: at, states }) => [at, states.suspect ?? 0]) ?? []);
  const positions = (shard: TestShard): number => (suspects(shard) as object[][]).flat().length;
  fc.assert(
    fc.property(histories, (events) => {
      const shard = newShard(HISTORY_END_MS);
      for (const event of events) {
        const [before, known] = [suspects(shard), positions(shard)];
        shard.record(event);
        if (isSilent(event) && positions(shard) === known) expectSame(suspects(shard), before);
      }
    }),
  );
});

function expectSame(after: object, before: object): void {
  expect(after).toEqual(before);
}

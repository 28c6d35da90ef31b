import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventId } from '../contract/ids.ts';
import type { SnapshotEvent } from '../contract/stock-event.ts';
import { delta, itemRef, nodeId, retailer, skuId, WMS } from './test-retailer.ts';
import { expectRefused, TestShard } from './test-shard.ts';

const NOW_MS = 1_767_600_000_000;

const newShard = (): TestShard => new TestShard(NOW_MS).apply(...retailer({ nodes: 1, skus: 1 }));

function set(id: string, quantity: number, expected: number, at = NOW_MS): SnapshotEvent {
  const place = { source: WMS, sku: skuId(0), node: nodeId(0) } as const;
  return { kind: 'snapshot', ...place, id: id as EventId, at, quantity, expected, covers: 'book', carries: 'on-hand' };
}

const onHand = (shard: TestShard): number => shard.stock(skuId(0))?.nodes[0]?.onHand ?? 0;

test('[FD6] a number set or moved in the belief of another one changes nothing and is told the one there is', () => {
  const shard = newShard();
  const ledger: readonly (readonly [event: Parameters<TestShard['record']>[0], onHand: number, says: object])[] = [
    [set('opening', 12, 0), 12, { status: 'recorded' }],
    [delta({ id: 'sale', at: NOW_MS + 1, quantity: -1 }), 11, { status: 'recorded' }],
    [set('recount', 9, 12, NOW_MS + 2), 11, { code: 'stale-quantity', field: 'expected', units: 11 }],
    // The refused event has not used its id up.
    [set('recount', 9, 11, NOW_MS + 2), 9, { status: 'recorded' }],
    [delta({ id: 'adjust', at: NOW_MS + 3, quantity: 4, expected: 8 }), 9, { code: 'stale-quantity', units: 9 }],
    [delta({ id: 'adjust', at: NOW_MS + 3, quantity: 4, expected: 9 }), 13, { status: 'recorded' }],
    // A repetition is one, although the number has moved on.
    [delta({ id: 'adjust', at: NOW_MS + 3, quantity: 4, expected: 9 }), 13, { status: 'duplicate' }],
  ];
  for (const [event, after, says] of ledger) {
    expect(shard.record(event)).toMatchObject(says);
    expect(onHand(shard)).toBe(after);
  }
});

test('[FD6] expected is a quantity like any other: in the units of the sku, and no finer', () => {
  const shard = newShard().apply({ of: 'items', rows: [itemRef(skuId(0), { scale: 3 })] });
  expect(shard.record(set('a', 1.25, 0)).status).toBe('recorded');
  const stale = { do: 'record', event: set('b', 1, 1.251), receivedAt: NOW_MS } as const;
  expectRefused(shard, stale, 'stale-quantity');
  expect(shard.run(stale)).toMatchObject({ units: 1250 });
  expectRefused(shard, { ...stale, event: set('b', 1, 1.2505) }, 'finer-than-scale');
  expect(shard.record(set('b', 1, 1.25)).status).toBe('recorded');
});

test('[FD6] of any sequence of writers those count whose number was right, each against the one before', () => {
  const write = fc.record({ quantity: fc.integer({ min: 0, max: 3 }), expected: fc.integer({ min: 0, max: 3 }) });
  const step = fc.record({ write, isSet: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), (steps) => {
      const shard = newShard();
      let units = 0;
      for (const [index, { write: asked, isSet }] of steps.entries()) {
        const at = NOW_MS + index;
        const id = `e${index}`;
        const event = isSet ? set(id, asked.quantity, asked.expected, at) : delta({ id, at, ...asked });
        const command = { do: 'record', event, receivedAt: at } as const;
        const counts = asked.expected === units;
        if (counts) units = isSet ? asked.quantity : units + asked.quantity;
        const before = shard.digest();
        expect(shard.run(command)).toMatchObject(counts ? { status: 'recorded' } : { code: 'stale-quantity', units });
        expect(shard.digest() === before).toBe(!counts);
        expect(onHand(shard)).toBe(units);
      }
      expect(shard.replayed().digest()).toBe(shard.digest());
    }),
  );
});

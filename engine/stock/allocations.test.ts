import { describe, expect, test } from 'vitest';
import type { AllocationId, ChannelId, EventId, PoolId, ReservationId } from '../contract/ids.ts';
import { START_MS, SKU, CLIENT, POSTS_WITHIN_MS, linesOf, Script, expectTable, auditOf } from './test-allocations.ts';
import { delta, nodeId, sourceRef, WMS } from './test-retailer.ts';

describe('allocations', () => {
  test('[RS3] held units become allocated without being free in between, the rest of the hold is given back', () => {
    expectTable(`
      stock n0 10              │ recorded           │ 10 0 0 0 10 0 │ 10
      reserve cart: 3 n0, 2 all │ 3 n0, 2 all       │ 10 0 3 0 7 0  │ 5
      keep o1 cart: 2 n0, 1 all │ 2 n0, 1 all       │ 10 0 0 2 8 0  │ 7
      again                    │ 2 n0, 1 all        │ 10 0 0 2 8 0  │ 7
      release cart             │ already-ended      │ 10 0 0 2 8 0  │ 7
      wait 60000               │ applied            │ 10 0 0 2 8 0  │ 7
      keep o2 cart             │ already-ended      │ 10 0 0 2 8 0  │ 7
      reduce o1: 1 n0          │ 1 n0, 1 all        │ 10 0 0 1 9 0  │ 8
      reduce o1                │ nothing            │ 10 0 0 0 10 0 │ 10
      reduce o1                │ unknown-allocation │ 10 0 0 0 10 0 │ 10
    `);
  });

  test('[RS3] a hold that is over cannot be allocated, whether or not anybody looked', () => {
    const script = new Script();
    script.act('stock n0 5');
    script.act('reserve cart: 3 n0');
    script.shard.nowMs += 60_000;
    expect(script.act('keep o1 cart')).toBe('already-ended');
    expect(script.act('allocate o2: 5 n0')).toBe('5 n0');
  });

  test('[RS3][AV2] units without a hold are allocated at a node or without one, placed later, and moved between nodes', () => {
    expectTable(`
      stock n0 4          │ recorded               │ 4 0 0 0 4 0 │ 4
      stock n1 2          │ recorded               │ 4 0 0 0 4 0 │ 6
      allocate o1: 5 all  │ 5 all                  │ 4 0 0 0 4 0 │ 1
      allocate o2: 2 n0   │ units-exceed-available 1 │ 4 0 0 0 4 0 │ 1
      allocate o2: 1 n0   │ 1 n0                   │ 4 0 0 1 3 0 │ 0
      place o1 all n0 3   │ 2 all, 3 n0            │ 4 0 0 4 0 0 │ 0
      place o1 all n0     │ units-exceed-available 0 │ 4 0 0 4 0 0 │ 0
      place o1 all n1     │ 3 n0, 2 n1             │ 4 0 0 4 0 0 │ 0
      reduce o2           │ nothing                │ 4 0 0 3 1 0 │ 1
      place o1 n1 n0 1    │ 4 n0, 1 n1             │ 4 0 0 4 0 0 │ 1
      allocate o1: 1 n1   │ 4 n0, 2 n1             │ 4 0 0 4 0 0 │ 0
    `);
  });

  test('[FD8] what we ship is departed until the owner books it, in parts and in either order', () => {
    expectTable(`
      stock n0 10         │ recorded    │ 10 0 0 0 10 0 │ 10
      allocate o1: 5 n0   │ 5 n0        │ 10 0 0 5 5 0  │ 5
      ship o1: 2 n0       │ 3 n0        │ 10 2 0 3 5 0  │ 5
      stock n0 -1 o1      │ recorded    │ 9 1 0 3 5 0   │ 5
      stock n0 -2 o1      │ recorded    │ 7 0 0 2 5 0   │ 5
      ship o1: 1 n0       │ 2 n0        │ 7 0 0 2 5 0   │ 5
      again               │ 2 n0        │ 7 0 0 2 5 0   │ 5
      stock n0 -2 o1      │ recorded    │ 5 0 0 0 5 0   │ 5
      ship o1: 3 n0       │ units-out-of-bounds 2 │ 5 0 0 0 5 0 │ 5
      ship o1: 2 n0       │ nothing     │ 5 0 0 0 5 0   │ 5
      stock n0 -1 o9      │ recorded    │ 4 0 0 0 4 0   │ 4
    `);
  });

  test('[FD8][AV7] units the owner has booked already are gone: moving them frees nothing where they were', () => {
    expectTable(`
      stock n0 1          │ recorded                 │ 1 0 0 0 1 0 │ 1
      allocate o1: 1 n0   │ 1 n0                     │ 1 0 0 1 0 0 │ 0
      stock n0 -1 o1      │ recorded                 │ 0 0 0 0 0 0 │ 0
      place o1 n0 n0      │ units-exceed-available 0 │ 0 0 0 0 0 0 │ 0
      place o1 n0 all     │ units-exceed-available 0 │ 0 0 0 0 0 0 │ 0
      stock n1 1          │ recorded                 │ 0 0 0 0 0 0 │ 1
      place o1 n0 all     │ 1 all                    │ 0 0 0 0 0 0 │ 0
    `);
  });

  test('[FD8] a count covers what left before it, a book snapshot only what its owner must have posted by then', () => {
    expectTable(`
      stock n0 10         │ recorded │ 10 0 0 0 10 0 │ 10
      allocate o1: 4 n0   │ 4 n0     │ 10 0 0 4 6 0  │ 6
      ship o1: 1 n0       │ 3 n0     │ 10 1 0 3 6 0  │ 6
      wait 1000           │ applied  │ 10 1 0 3 6 0  │ 6
      book n0 10          │ recorded │ 10 1 0 3 6 0  │ 6
      count n0 9          │ recorded │ 9 0 0 3 6 0   │ 6
      ship o1: 2 n0       │ 1 n0     │ 9 2 0 1 6 0   │ 6
      wait 1              │ applied  │ 9 2 0 1 6 0   │ 6
      count n0 7          │ recorded │ 7 0 0 1 6 0   │ 6
    `);
  });

  test('[FD8] a book snapshot that comes after the owner must have posted clears what departed', () => {
    expectTable(`
      stock n0 10         │ recorded │ 10 0 0 0 10 0 │ 10
      allocate o1: 4 n0   │ 4 n0     │ 10 0 0 4 6 0  │ 6
      ship o1: 3 n0       │ 1 n0     │ 10 3 0 1 6 0  │ 6
      wait ${POSTS_WITHIN_MS - 1} │ applied │ 10 3 0 1 6 0 │ 6
      book n0 7           │ recorded │ 7 3 0 1 3 0   │ 3
      wait 1              │ applied  │ 7 3 0 1 3 0   │ 3
      book n0 7           │ recorded │ 7 0 0 1 6 0   │ 6
      stock n0 -3 o1      │ recorded │ 7 0 0 1 6 0   │ 6
    `);
  });

  test('[FD8][AV7] units the owner has booked out are not free when their line moves, so nothing is promised twice', () => {
    expectTable(`
      stock n0 2          │ recorded                 │ 2 0 0 0 2 0 │ 2
      allocate o1: 1 n0   │ 1 n0                     │ 2 0 0 1 1 0 │ 1
      stock n0 -1 o1      │ recorded                 │ 1 0 0 0 1 0 │ 1
      allocate o2: 1 all  │ 1 all                    │ 1 0 0 0 1 0 │ 0
      place o1 n0 all     │ units-exceed-available 0 │ 1 0 0 0 1 0 │ 0
      reduce o2           │ nothing                  │ 1 0 0 0 1 0 │ 1
      place o1 n0 all     │ 1 all                    │ 1 0 0 0 1 0 │ 0
    `);
  });

  test('[FD8] what a count has covered is remembered until the owner must have posted it', () => {
    const script = new Script();
    const long = 10 * 86_400_000;
    script.shard.apply({ of: 'sources', rows: [sourceRef(WMS, { postsWithinMs: long, lateMs: long })] });
    for (const text of ['stock n0 10', 'allocate o1: 4 n0', 'ship o1: 4 n0', 'wait 1000', 'count n0 6'])
      script.act(text);
    script.act(`wait ${8 * 86_400_000}`);
    script.act('stock n1 1');
    script.act('book n0 10');
    expect(script.shard.stock(SKU)?.nodes[0]).toMatchObject({ onHand: 10, departed: 4, available: 6 });
  });

  test('[FD8] a void of the owner takes its booking back, early or late', () => {
    const script = new Script();
    for (const text of ['stock n0 10', 'allocate o1: 4 n0', 'ship o1: 4 n0', 'stock n0 -4 o1']) script.act(text);
    const voided = { kind: 'void', source: WMS, sku: SKU, node: nodeId(0), at: START_MS } as const;
    script.shard.record({ ...voided, id: 'v1' as EventId, voids: 'e1' as EventId });
    expect(script.shard.stock(SKU)?.nodes[0]).toMatchObject({ onHand: 10, departed: 4, available: 6 });
    script.shard.record({ ...voided, id: 'v2' as EventId, voids: 'e2' as EventId });
    script.act('stock n0 -4 o1');
    expect(script.shard.stock(SKU)?.nodes[0]).toMatchObject({ onHand: 10, departed: 4, available: 6 });
    expect(script.shard.replayed().digest()).toBe(script.shard.digest());
  });

  test('[FD8] a return counts once, whoever says it first, and has no effect on what the node booked already', () => {
    const script = new Script();
    const back = (step: number) => {
      const about = { channel: 'web' as ChannelId, sku: SKU, node: nodeId(0), units: 2 };
      return script.shard.run({ do: 'take-back', allocation: 'o1' as AllocationId, step, ...about });
    };
    const booked = (id: string): void => {
      const event = { id, at: script.shard.nowMs, quantity: 2, reason: 'return', movementRef: 'o1' } as const;
      script.shard.record(delta(event));
    };
    const seen = () => script.shard.stock(SKU)?.nodes[0];
    script.act('stock n0 5');
    expect(back(1)).toMatchObject({ status: 'allocated', allocation: { lines: [] } });
    expect(seen()).toMatchObject({ onHand: 5, departed: -2, available: 7 });
    back(1);
    expect(seen()).toMatchObject({ departed: -2 });
    booked('r1');
    expect(seen()).toMatchObject({ onHand: 7, departed: 0, available: 7 });
    booked('r2');
    expect(seen()).toMatchObject({ onHand: 9, departed: 0, available: 9 });
    back(2);
    expect(seen()).toMatchObject({ onHand: 9, departed: 0, available: 9 });
    back(3);
    script.act('wait 1000');
    script.act('count n0 11');
    expect(seen()).toMatchObject({ onHand: 11, departed: 0, available: 11 });
    expect(auditOf(script.shard)).toEqual([]);
    expect(script.shard.replayed().digest()).toBe(script.shard.digest());
  });

  test('[RS3] a step that was answered with a no stays one, and an older step has no effect', () => {
    const script = new Script();
    script.act('stock n0 3');
    expect(script.act('allocate o1: 5 n0')).toBe('units-exceed-available 3');
    script.act('stock n0 3');
    expect(script.act('again')).toBe('units-exceed-available 3');
    const old = { do: 'reduce-allocated', allocation: 'o1' as AllocationId, step: 1 } as const;
    expect(script.act('allocate o1: 5 n0')).toBe('5 n0');
    const before = script.shard.digest();
    expect(script.shard.run(old)).toMatchObject({ code: 'step-passed' });
    expect(script.shard.digest()).toBe(before);
  });

  test('[AV2] units drawn from a pool stay drawn while they are allocated and are used up by leaving', () => {
    const script = new Script();
    const { shard } = script;
    const row = { id: 'p' as PoolId, channel: 'web' as ChannelId, sku: SKU, units: 6 };
    shard.apply({ of: 'pools', rows: [row] });
    const left = (): number => shard.stock(SKU)?.channels.find(({ channel }) => channel === 'web')?.ownPool ?? 0;
    script.act('stock n0 20');
    script.act('reserve cart: 3 n0');
    expect(left()).toBe(3);
    script.act('keep o1 cart: 2 n0');
    expect(left()).toBe(4);
    script.act('place o1 n0 all 1');
    expect(left()).toBe(4);
    script.act('ship o1: 1 n0');
    expect(left()).toBe(4);
    script.act('reduce o1');
    expect(left()).toBe(5);
    expect(auditOf(shard)).toEqual([]);
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test('[AV2] units drawn from the pools of two channels go back to each its own', () => {
    const script = new Script();
    const { shard } = script;
    const pool = (channel: string) => ({ id: channel as PoolId, channel: channel as ChannelId, sku: SKU, units: 3 });
    shard.apply({ of: 'pools', rows: [pool('web'), pool('app')] });
    const left = (): unknown[] => shard.stock(SKU)?.channels.map(({ ownPool = 0 }) => ownPool) ?? [];
    script.act('stock n0 10');
    const request = (channel: string) => ({
      key: channel,
      client: CLIENT,
      channel: channel as ChannelId,
      lines: linesOf('3 n0'),
      holdMs: 60_000,
      partial: false,
    });
    const [web, app] = ['web', 'app'].map((channel) => shard.run({ do: 'reserve', request: request(channel) }));
    expect(left()).toEqual([0, 0]);
    for (const [index, held] of [web, app].entries()) {
      const id = held?.status === 'reserved' ? held.reservation.id : ('r7-0' as ReservationId);
      shard.run({ do: 'allocate-held', allocation: 'o2' as AllocationId, step: index + 1, id, client: CLIENT });
    }
    shard.run({ do: 'reduce-allocated', allocation: 'o2' as AllocationId, step: 3 });
    expect(left()).toEqual([3, 3]);
    expect(auditOf(shard)).toEqual([]);
    expect(shard.replayed().digest()).toBe(shard.digest());
  });
});

import { describe, expect, test } from 'vitest';
import type { ChannelId, ClientId, GroupId, PoolId, ReservationId } from '../contract/ids.ts';
import { poolKey, type PoolRef } from '../contract/reference.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const CLIENT = 'shop' as ClientId;

function newShard(): TestShard {
  const nodes = [nodeId(0), nodeId(1)];
  return new TestShard(START_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS)] },
    { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
    { of: 'groups', rows: [groupRef('all', nodes), groupRef('first', nodes.slice(0, 1))] },
    { of: 'channels', rows: [channelRef('a', 'all'), channelRef('b', 'all'), channelRef('c', 'all')] },
    { of: 'items', rows: [itemRef(skuId(0))] },
  );
}

function pool(id: string, channel: string, units: number): PoolRef {
  return { id: id as PoolId, channel: channel as ChannelId, sku: skuId(0), units };
}

const setAside = (shard: TestShard, ...rows: PoolRef[]) => shard.run({ do: 'apply', batch: { of: 'pools', rows } });

function lineOf(text: string): ReserveLine {
  const [units = '', place = ''] = text.split(' ');
  const head = { sku: skuId(0), units: Number(units) };
  return place.startsWith('n') ? { ...head, node: place as never } : { ...head, group: place as GroupId };
}

/**
 * Plays a table: what happens │ answer │ ATS of a, b and c │ what is left of the pools of a and b.
 * `pool a 30`, `threshold c 5`, `a key: 2 n0`, `release key`, `wait ms`, `stock n0 5`.
 */
function expectTable(table: string): TestShard {
  const shard = newShard();
  const ids = new Map<string, ReservationId>();
  let events = 0;
  const act = (text: string): string => {
    const [verb = '', name = '', units = ''] = text.split(' ');
    switch (verb) {
      case 'pool':
        return setAside(shard, pool(`p-${name}`, name, Number(units))).status;
      case 'threshold':
        shard.apply({ of: 'channels', rows: [channelRef(name, 'all', { threshold: Number(units) })] });
        return 'applied';
      case 'wait':
        shard.nowMs += Number(name);
        return shard.run({ do: 'tick' }).status;
      case 'stock':
        return shard.record(delta({ id: `e${events++}`, at: START_MS, quantity: Number(units), node: name as never }))
          .status;
      case 'release':
        return shard.run({ do: 'release', id: ids.get(name) as ReservationId, client: CLIENT }).status;
      default: {
        const [head = '', lines = ''] = text.split(': ');
        const [channel = '', key = ''] = head.split(' ');
        const asked = { key, client: CLIENT, channel: channel as ChannelId, holdMs: 60_000, partial: false };
        const request = { ...asked, lines: lines.split(', ').map(lineOf) };
        const outcome = shard.run({ do: 'reserve', request });
        if (outcome.status === 'reserved') ids.set(key, outcome.reservation.id);
        return outcome.status === 'refused' ? `${outcome.code} ${'units' in outcome ? outcome.units : ''}` : 'reserved';
      }
    }
  };
  for (const row of table.trim().split('\n')) {
    const [what = '', answer = '', ats = '', left = ''] = row.split('│').map((cell) => cell.trim());
    const got = act(what);
    const channels = shard.stock(skuId(0))?.channels ?? [];
    const seen = [what, got, channels.map((one) => one.ats).join(' ')];
    const own = channels.slice(0, 2).map((one) => one.ownPool ?? 0);
    expect([...seen, own.join(' ')].join(' │ ')).toBe([what, answer, ats, left].join(' │ '));
  }
  return shard;
}

describe('pools', () => {
  test('[AV2] a pool is kept from other channels, neither subtracted from its own nor added to it', () => {
    expectTable(`
      stock n0 60                │ recorded                 │ 60 60 60   │ 0 0
      stock n1 40                │ recorded                 │ 100 100 100 │ 0 0
      pool a 30                  │ applied                  │ 100 70 70  │ 30 0
      pool b 20                  │ applied                  │ 80 70 50   │ 30 20
      c 1: 51 all                │ units-exceed-available 50 │ 80 70 50   │ 30 20
      c 2: 50 all                │ reserved                 │ 30 20 0    │ 30 20
      a 3: 31 n0                 │ units-exceed-available 30 │ 30 20 0    │ 30 20
      a 4: 30 n0                 │ reserved                 │ 0 20 0     │ 0 20
      b 5: 20 n1                 │ reserved                 │ 0 0 0      │ 0 0
    `);
  });

  test('[AV2] sales draw the pool first, and what is released or expires goes back where it came from', () => {
    expectTable(`
      stock n0 100               │ recorded                 │ 100 100 100 │ 0 0
      pool a 30                  │ applied                  │ 100 70 70  │ 30 0
      a 1: 10 n0                 │ reserved                 │ 90 70 70   │ 20 0
      a 2: 30 all                │ reserved                 │ 60 60 60   │ 0 0
      release 1                  │ released                 │ 70 60 60   │ 10 0
      c 3: 60 n0                 │ reserved                 │ 10 0 0     │ 10 0
      release 2                  │ released                 │ 40 10 10   │ 30 0
      wait 60000                 │ applied                  │ 100 70 70  │ 30 0
    `);
  });

  test('[AV2] a quota that shrinks below what was drawn keeps nothing more, and takes back only what it may hold', () => {
    expectTable(`
      stock n0 100               │ recorded                 │ 100 100 100 │ 0 0
      a 1: 5 n0                  │ reserved                 │ 95 95 95   │ 0 0
      pool a 30                  │ applied                  │ 95 65 65   │ 30 0
      a 2: 20 n0                 │ reserved                 │ 75 65 65   │ 10 0
      pool a 10                  │ applied                  │ 75 75 75   │ 0 0
      release 1                  │ released                 │ 80 80 80   │ 0 0
      release 2                  │ released                 │ 100 90 90  │ 10 0
      pool a 0                   │ applied                  │ 100 100 100 │ 0 0
    `);
  });

  test('[AV2] a pool larger than the stock leaves the others nothing, its own channel what is there', () => {
    expectTable(`
      pool a 30                  │ applied                  │ 0 0 0      │ 0 0
      stock n0 10                │ recorded                 │ 10 0 0     │ 30 0
      a 1: 11 n0                 │ units-exceed-available 10 │ 10 0 0     │ 30 0
      a 2: 4 n0                  │ reserved                 │ 6 0 0      │ 26 0
      stock n1 25                │ recorded                 │ 31 5 5     │ 26 0
    `);
  });

  test('[AV2] a threshold is kept back from its channel alone, over all its nodes', () => {
    expectTable(`
      stock n0 4                 │ recorded                 │ 4 4 4      │ 0 0
      threshold c 3              │ applied                  │ 4 4 1      │ 0 0
      c 1: 2 n0                  │ units-exceed-available 1 │ 4 4 1      │ 0 0
      c 2: 1 all                 │ reserved                 │ 3 3 0      │ 0 0
      stock n1 2                 │ recorded                 │ 5 5 2      │ 0 0
      a 3: 5 all                 │ reserved                 │ 0 0 0      │ 0 0
    `);
  });

  test('[AV4] a channel says its threshold, its own pool and the others that have a claim on its nodes', () => {
    const shard = newShard().apply({
      of: 'channels',
      rows: [channelRef('c', 'first', { threshold: 2 }), channelRef('d', 'first')],
    });
    setAside(shard, pool('p', 'a', 5), pool('q', 'a', 2), pool('r', 'd', 4));
    shard.record(delta({ id: 'e', at: START_MS, quantity: 20 }));
    const channels = shard.stock(skuId(0))?.channels;
    expect(channels?.map(({ pools, ownPool, threshold }) => [pools, ownPool, threshold])).toEqual([
      [4, 7, undefined],
      [11, undefined, undefined],
      [11, undefined, 2],
      [7, 4, undefined],
    ]);
  });

  test('[AV2] pools and node sets are 8 demand groups of a sku at most; one more is refused, pool or promise', () => {
    const shard = newShard();
    const names = Array.from({ length: 9 }, (_, index) => `c${index}`);
    shard.apply({ of: 'channels', rows: names.map((name) => channelRef(name, 'all')) });
    shard.record(delta({ id: 'e', at: START_MS, quantity: 50 }));
    const rows = names.map((name) => pool(name, name, 1));
    const asked = { client: CLIENT, channel: 'a' as ChannelId, holdMs: 60_000, partial: false };
    const group = (key: string, name: string) =>
      shard.run({ do: 'reserve', request: { ...asked, key, lines: [lineOf(`1 ${name}`)] } });
    expect(group('1', 'all').status).toBe('reserved');
    const refusedRows = rows.slice(7).map((row) => ({ row: poolKey(row), code: 'too-many-demand-groups' }));
    expect(setAside(shard, ...rows)).toEqual({ status: 'applied', refusedRows });
    expect(group('2', 'first')).toMatchObject({ status: 'refused', code: 'too-many-demand-groups' });
    expect(group('3', 'all').status).toBe('reserved');
    // A quota given up makes room; more of a quota that stands needs none.
    expect(setAside(shard, pool('c0', 'c0', 0), pool('c1', 'c1', 5), pool('second', 'c1', 2))).toEqual({
      status: 'applied',
    });
    expect(group('4', 'first').status).toBe('reserved');
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test('[AV2] a pool of a channel nobody described yet counts from when it is', () => {
    const shard = newShard();
    shard.record(delta({ id: 'e', at: START_MS, quantity: 10 }));
    setAside(shard, pool('p', 'late', 4));
    expect(shard.stock(skuId(0))?.channels.map((one) => one.ats)).toEqual([10, 10, 10]);
    shard.apply({ of: 'channels', rows: [channelRef('late', 'all')] });
    expect(shard.stock(skuId(0))?.channels.map((one) => one.ats)).toEqual([6, 6, 6, 10]);
  });

  test("[AV2] a part of a hold over several shards draws its channel's pool and gives it back", () => {
    const shard = newShard();
    setAside(shard, pool('p', 'a', 6));
    shard.record(delta({ id: 'e', at: START_MS, quantity: 10 }));
    const saga = 'r20-1' as ReservationId;
    const channel = 'a' as ChannelId;
    const lines = [lineOf('4 n0')];
    const whose = { client: 'shop' as never, keyDigest: 'key' };
    shard.run({ do: 'hold-part', saga, replyTo: 20, startedAt: START_MS, ...whose, channel, lines, partial: false });
    expect(shard.stock(skuId(0))?.channels.map((one) => one.ats)).toEqual([6, 4, 4]);
    expect(shard.replayed().digest()).toBe(shard.digest());
    shard.run({ do: 'end-part', saga, replyTo: 20, reason: 'released' });
    expect(shard.stock(skuId(0))?.channels.map((one) => one.ats)).toEqual([10, 4, 4]);
  });
});

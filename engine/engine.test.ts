import { describe, expect, test } from 'vitest';
import type { Engine } from './api.ts';
import type { ChannelId, EventId, GroupId, NodeId, PoolId, ReservationId, Sku } from './contract/ids.ts';
import { poolKey } from './contract/reference.ts';
import { createPartition, shardOfSku } from './shard/partition.ts';
import { openTestEngine, testFolder } from './shard/test-engine.ts';
import { CLIENT, counted, NODE, reserving, sku, sold } from './shard/test-fixture.ts';

const partition = createPartition({ stockShards: 4, promiseShards: 4, orderShards: 4, nodeShards: 2 });
/** Two skus of different shards, and one of the first one's. */
const [A, SAME, OTHER] = (() => {
  const names = Array.from({ length: 50 }, (_, i) => i + 1);
  const shard = (name: number): number => shardOfSku(partition, sku(name));
  const same = names.find((name) => shard(name) === shard(0))!;
  const other = names.find((name) => shard(name) !== shard(0))!;
  return [0, same, other];
})();

async function available(engine: Engine, name: number): Promise<number | undefined> {
  const [stock] = await engine.stock([sku(name)]);
  return stock?.nodes.find(({ node }) => node === NODE)?.available;
}

describe('record', () => {
  test('[FD11] outcomes come in the order of the events, and the change is published', async () => {
    const { engine, changes } = await openTestEngine({ dataDir: testFolder() });
    const count = counted(A, 5);
    const sale = sold(A, 'sale-1');
    const outcomes = await engine.record([count, sale, sale, counted(OTHER, 7), sold('x y', 'bad')], 1);
    expect(outcomes.map(({ status }) => status).slice(0, 4)).toEqual(['recorded', 'recorded', 'duplicate', 'recorded']);
    expect(changes.filter(({ sku: each }) => each === sku(A)).at(-1)?.channels[0]?.ats).toBe(4);
    expect(await available(engine, OTHER)).toBe(7);
  });

  test('[FD1] after a restart a repeated event is a duplicate at its first position', async () => {
    const dataDir = testFolder();
    const count = counted(A, 5);
    const sale = sold(A, 'sale-1');
    const first = await openTestEngine({ dataDir });
    const [, recorded] = await first.engine.record([count, sale], 1);
    await first.engine.close();
    const { engine } = await openTestEngine({ dataDir });
    expect(await engine.record([sale], 2)).toEqual([{ ...recorded, status: 'duplicate' }]);
    expect(await available(engine, A)).toBe(4);
    expect(engine.epoch).toBe(first.engine.epoch);
    expect(engine.reference.nodes.size).toBe(2);
  });

  test('[AV2] pools live in the shard of their sku, are found again after a restart, and are refused beyond 8', async () => {
    const dataDir = testFolder();
    const { engine: first } = await openTestEngine({ dataDir });
    await first.record([counted(A, 5)], 1);
    const [web] = first.reference.channels.values();
    const channels = Array.from({ length: 9 }, (_, i) => ({ ...web!, id: `c${i}` as ChannelId }));
    await first.apply({ of: 'channels', rows: channels });
    const rows = channels.map(({ id }) => ({ id: `pool-${id}` as PoolId, channel: id, sku: sku(A), units: 1 }));
    const elsewhere = { ...rows[0]!, sku: sku(OTHER) };
    const refusedRows = [{ row: poolKey(rows[8]!), code: 'too-many-demand-groups' }];
    const batch = { of: 'pools', rows: [elsewhere, ...rows] } as const;
    expect(await first.apply(batch)).toEqual({ status: 'refused', code: 'too-many-demand-groups', refusedRows });
    expect(first.reference.pools.size).toBe(0);
    expect(await first.apply(batch, { partial: true })).toMatchObject({ status: 'applied', refusedRows });
    await first.close();
    const { engine } = await openTestEngine({ dataDir });
    const taken = [elsewhere, ...rows.slice(0, 8)].map(poolKey).toSorted();
    for (const { reference } of [first, engine]) expect([...reference.pools.keys()].toSorted()).toEqual(taken);
    const [stock] = await engine.stock([sku(A)]);
    // 8 pools of one: of 5 units nothing is left to sell, of 9 one, and one more by a channel with a pool.
    expect(stock?.channels.map(({ channel, ats }) => [channel, ats]).slice(0, 2)).toEqual([
      ['web', 0],
      ['c0', 0],
    ]);
    expect(await engine.record([counted(A, 9)], 2)).toMatchObject([{ status: 'recorded' }]);
    const [more] = await engine.stock([sku(A)]);
    expect(more?.channels.map(({ ats }) => ats)).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2, 1]);
  });

  test('[RS4][RS7] a hold over several shards is extended and moved, and all of it is there after a restart', async () => {
    const dataDir = testFolder();
    const { engine } = await openTestEngine({ dataDir, threads: 2 });
    await engine.record([counted(A, 5), counted(OTHER, 5)], 1);
    const made = await engine.reserve(reserving('wide', [A, OTHER]));
    if (made.status !== 'reserved') throw new Error(made.code);
    const { id, createdAt } = made.reservation;
    const node = { node: NODE };
    const all = { group: 'all' as GroupId };
    expect(await engine.extend({ id, client: CLIENT, holdMs: 2 * 3_600_000 })).toMatchObject({ status: 'extended' });
    const request = { key: 'm', id, client: CLIENT, sku: sku(OTHER), from: node, to: all };
    const [moved, joined] = await Promise.all([engine.move(request), engine.move(request)]);
    const lines = [
      { sku: sku(A), units: 1, ...node },
      { sku: sku(OTHER), units: 1, ...all },
    ];
    const reservation = { id, state: 'held', expiresAt: createdAt + 2 * 3_600_000, extensions: 1 };
    expect(moved).toMatchObject({ status: 'moved', reservation });
    expect(moved.status === 'moved' && moved.reservation.lines).toEqual(expect.arrayContaining(lines));
    expect(joined).toEqual(moved);
    expect(await engine.move({ ...request, key: 'n', from: all, to: { node: 'no' as NodeId } })).toMatchObject({
      code: 'unknown-node',
    });
    expect(await engine.move({ ...request, id: 'r99-1' as ReservationId })).toMatchObject({
      code: 'unknown-reservation',
    });
    await engine.close();
    const { engine: again } = await openTestEngine({ dataDir, threads: 2 });
    expect(await again.reservation(id)).toEqual(moved.status === 'moved' && moved.reservation);
    expect(await available(again, OTHER)).toBe(5);
    expect(await again.stock([sku(OTHER)])).toMatchObject([{ channels: [{ ats: 4, unplaced: 1 }] }]);
    expect(await again.release(id, CLIENT)).toMatchObject({ status: 'released' });
    expect(await again.move(request)).toMatchObject({ status: 'moved', reservation: { state: 'released' } });
  });

  test('a heartbeat is heard by the intake shard', async () => {
    const { engine } = await openTestEngine({ dataDir: testFolder() });
    const { source, id, at } = sold(A, 'beat');
    await expect(engine.record([{ source, id, at, kind: 'heartbeat' }], 1)).resolves.toMatchObject([
      { status: 'recorded' },
    ]);
    const { heard } = await engine.stats();
    expect(heard).toContainEqual({ source, at });
  });

  test('[Complete] a complete is answered once for all shards and zeroes what it does not name', async () => {
    const { engine } = await openTestEngine({ dataDir: testFolder() });
    await engine.record([counted(A, 5), counted(OTHER, 7)], 1);
    const row = counted(A, 4);
    const complete = {
      source: row.source,
      id: 'all' as EventId,
      at: row.at,
      node: NODE,
      kind: 'complete',
      covers: 'book',
    } as const;
    expect(await engine.record([row, complete], 2)).toMatchObject([{ status: 'recorded' }, { status: 'recorded' }]);
    expect([await available(engine, A), await available(engine, OTHER)]).toEqual([4, 0]);
  });

  test('every sku is read in chunks, over all shards and threads', async () => {
    const { engine } = await openTestEngine({ dataDir: testFolder(), threads: 2 });
    const names = Array.from({ length: 1_000 }, (_, i) => i);
    await engine.record(
      names.map((name) => counted(name, name)),
      1,
    );
    const seen = new Map<Sku, number | undefined>();
    for await (const chunk of engine.allStock()) for (const each of chunk) seen.set(each.sku, each.nodes[0]?.onHand);
    expect(seen.size).toBe(1_000);
    expect(names.every((name) => seen.get(sku(name)) === name)).toBe(true);
    expect(await engine.stats()).toMatchObject({
      skus: 1_000,
      positions: 1_000,
      recorded: 1_000,
      threads: 2,
      shards: 15,
    });
  });
});

describe('reservations', () => {
  for (const [what, second, threads] of [
    ['in one shard', SAME, 1],
    ['over two shards', OTHER, 1],
    ['over two shards of two threads', OTHER, 2],
  ] as const) {
    test(`[RS1] ${what}: reserved, answered again, listed, released`, async () => {
      const { engine, seen } = await openTestEngine({ dataDir: testFolder(), threads });
      await engine.record([counted(A, 3), counted(second, 1)], 1);
      const outcome = await engine.reserve(reserving('k1', [A, second]));
      expect(outcome.status).toBe('reserved');
      expect(await engine.reserve(reserving('k1', [A, second]))).toEqual(outcome);
      expect([await available(engine, A), await available(engine, second)]).toEqual([2, 0]);

      // All or none: the second sku is gone.
      expect(await engine.reserve(reserving('k2', [A, second]))).toMatchObject({ code: 'units-exceed-available' });

      const { reservation } = outcome as Extract<typeof outcome, { status: 'reserved' }>;
      expect(await engine.reservations({ limit: 10 })).toEqual([reservation]);
      expect(await engine.reservation(reservation.id)).toEqual(reservation);
      const released = { at: Date.now() };
      expect(await engine.release(reservation.id, CLIENT)).toMatchObject({ status: 'released' });
      // A part over two shards is given back after the release is durable.
      await seen((change) => change.at >= released.at && change.sku === sku(A) && change.channels[0]?.ats === 3);
      await seen((change) => change.at >= released.at && change.sku === sku(second) && change.channels[0]?.ats === 1);
      expect(await engine.reservations({ limit: 10 })).toEqual([]);
    });
  }

  test.each([
    ['in one shard', SAME],
    ['over two shards', OTHER],
  ])('[RS4] %s: a hold that ends while the server is down has expired when it is back', async (_, second) => {
    const dataDir = testFolder();
    const first = await openTestEngine({ dataDir });
    await first.engine.record([counted(A, 3), counted(second, 1)], 1);
    const outcome = await first.engine.reserve(reserving('k1', [A, second], 1_000));
    expect(outcome.status).toBe('reserved');
    await first.engine.close();
    const { engine, seen } = await openTestEngine({ dataDir });
    const { reservation } = outcome as Extract<typeof outcome, { status: 'reserved' }>;
    await seen((change) => change.sku === sku(second) && change.channels[0]?.ats === 1);
    expect((await engine.reservation(reservation.id))?.state).toBe('expired');
    expect(await available(engine, second)).toBe(1);
  });

  test('[RS2] many at once are each decided on their own, answered in their order, and again the same', async () => {
    const { engine } = await openTestEngine({ dataDir: testFolder() });
    await engine.record([counted(A, 2), counted(OTHER, 5)], 1);
    const asked = [reserving('a', [A]), reserving('b', [A, OTHER]), reserving('c', [A]), reserving('d', [OTHER])];
    const outcomes = await engine.reserveMany([...asked, reserving('a', [A])]);
    const statuses = outcomes.map(({ status }) => status);
    // Which of two for the last unit is first, one shard or several decide.
    expect(statuses.filter((status) => status === 'refused')).toHaveLength(1);
    expect([statuses[0], statuses[3], outcomes[4]]).toEqual(['reserved', 'reserved', outcomes[0]]);
    expect(await engine.reserveMany(asked)).toEqual(outcomes.slice(0, 4));
    expect(await engine.reserveMany([])).toEqual([]);
  });

  test('[RS4] expiry is pushed without anybody asking', async () => {
    const { engine, seen } = await openTestEngine({ dataDir: testFolder() });
    await engine.record([counted(A, 3)], 1);
    const outcome = await engine.reserve(reserving('k1', [A], 1_000));
    const { reservation } = outcome as Extract<typeof outcome, { status: 'reserved' }>;
    await seen(({ at, channels }) => at >= reservation.expiresAt && channels[0]?.ats === 3);
    expect(await available(engine, A)).toBe(3);
  });

  test('an id that names no shard is unknown', async () => {
    const { engine } = await openTestEngine({ dataDir: testFolder() });
    expect(await engine.reservation('r900-1' as never)).toBeUndefined();
    expect(await engine.release('nonsense' as never, CLIENT)).toMatchObject({ code: 'unknown-reservation' });
  });
});

describe('dead letters', () => {
  test('[FD9] kept, listed, closed once, still there after a restart', async () => {
    const dataDir = testFolder();
    const first = await openTestEngine({ dataDir });
    const letter = {
      source: 'pos',
      receivedAt: 1,
      code: 'broken-xml',
      message: 'not closed',
      place: 'line 14',
      format: 'poslog',
      original: '<POSLog>',
      truncated: false,
    };
    const [id] = await first.engine.keepLetters([letter]);
    expect(await first.engine.letters({ limit: 10 })).toMatchObject([{ id, ...letter, state: 'open' }]);
    expect((await first.engine.stats()).openLetters).toBe(1);
    await first.engine.close();
    const { engine } = await openTestEngine({ dataDir });
    expect(await engine.closeLetter(id!, 'discarded', CLIENT)).toBe('closed');
    expect(await engine.closeLetter(id!, 'discarded', CLIENT)).toBe('letter-not-open');
    expect(await engine.closeLetter('nobody', 'discarded', CLIENT)).toBe('unknown-letter');
    expect(await engine.letter(id!)).toMatchObject({ state: 'discarded' });
  });
});

describe('busy', () => {
  test('without credit a call is refused whole, before anything of it is enqueued', async () => {
    const { engine } = await openTestEngine({ dataDir: testFolder(), creditBytes: 4_096 });
    const many = (from: number) => Array.from({ length: 40 }, (_, i) => counted(from + i, 1));
    const first = engine.record(many(0), 1);
    await expect(engine.record(many(100), 1)).rejects.toMatchObject({ code: 'overloaded' });
    await first;
    expect((await engine.stats()).skus).toBe(40);
    expect((await engine.record(many(100), 1)).every(({ status }) => status === 'recorded')).toBe(true);
  });

  test('a closing engine finishes what it has and refuses the rest as draining', async () => {
    const dataDir = testFolder();
    const { engine } = await openTestEngine({ dataDir });
    const last = engine.record([counted(A, 5)], 1);
    const closed = engine.close();
    await expect(engine.record([sold(A, 'late')], 1)).rejects.toMatchObject({ code: 'draining' });
    expect(await last).toMatchObject([{ status: 'recorded' }]);
    await closed;
    const again = await openTestEngine({ dataDir });
    expect(await available(again.engine, A)).toBe(5);
  });
});

describe('start', () => {
  test('a number out of bounds is named with its bound', async () => {
    await expect(openTestEngine({ dataDir: testFolder(), snapshotEveryFacts: 0 })).rejects.toThrow(
      'snapshotEveryFacts must be a whole number >= 1, got 0',
    );
  });

  test('a folder keeps its count of shards', async () => {
    const dataDir = testFolder();
    const { engine } = await openTestEngine({ dataDir });
    await engine.close();
    await expect(openTestEngine({ dataDir, stockShards: 8 })).rejects.toThrow('stockShards must be 4');
  });

  test('a folder may be opened with another count of threads', async () => {
    const dataDir = testFolder();
    const first = await openTestEngine({ dataDir, threads: 3 });
    await first.engine.record([counted(A, 5), counted(OTHER, 7)], 1);
    await first.engine.reserve(reserving('k', [A, OTHER]));
    await first.engine.close();
    const { engine } = await openTestEngine({ dataDir, threads: 2 });
    expect([await available(engine, A), await available(engine, OTHER)]).toEqual([4, 6]);
  });

  test('a folder has one process at a time', async () => {
    const dataDir = testFolder();
    await openTestEngine({ dataDir });
    await expect(openTestEngine({ dataDir })).rejects.toThrow('in use');
  });
});

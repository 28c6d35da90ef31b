import { expect, test } from 'vitest';
import type { IntakeCommand, Outcome } from '../contract/command.ts';
import { REFERENCE_REFUSALS, type ReferenceRefusal } from '../contract/outcome.ts';
import type { Answer } from '../contract/query.ts';
import { poolKey, type PoolRef, type ReferenceBatch, type ReferenceKind } from '../contract/reference.ts';
import type { ReferenceChange } from '../contract/reference-change.ts';
import { shardOfSku } from './partition.ts';
import { counted, NODE, REFERENCE, sku } from './test-fixture.ts';
import { TestShards } from './test-shards.ts';

const NOW = Date.now();
const DAY_MS = 86_400_000;

function newWorld() {
  const shards = new TestShards(NOW, { stockShards: 2 }).apply(...REFERENCE);
  const { intake } = shards.partition;
  const run = (command: IntakeCommand): Outcome => shards.settled(shards.run(intake, command));
  const batchOf = (of: ReferenceKind, ...rows: object[]) => ({ of, rows }) as unknown as ReferenceBatch;
  return {
    shards,
    run,
    batchOf,
    put: (of: ReferenceKind, row: object, about: Partial<ReferenceChange> = {}) =>
      run({ do: 'change', by: 'ann', batch: batchOf(of, row), ...about }),
    retire: (of: ReferenceKind, key: string, about: Partial<ReferenceChange> = {}) =>
      run({ do: 'change', by: 'ann', batch: batchOf(of), retire: [key], ...about }),
    version: (of: ReferenceKind, key: string) => {
      const answer = shards.shard(intake).machine.answer({ ask: 'row', of, key }, NOW);
      return (answer as Extract<Answer, { answer: 'row' }>).row?.version;
    },
    held: (shard: number, of: ReferenceKind): readonly object[] => {
      const answer = shards.shard(shard).machine.answer({ ask: 'reference' }, NOW);
      const { batches } = answer as Extract<Answer, { answer: 'reference' }>;
      return batches.find((batch) => batch.of === of)!.rows;
    },
    digest: () => shards.shard(intake).machine.digest(),
  };
}

const GROUP = { id: 'west', nodes: [NODE] };
const node = REFERENCE[1]!.rows[0] as object;
const channel = REFERENCE[3]!.rows[0] as object;

test('[RD1] the codes of a change come in their order, name row, field and value, and change nothing', () => {
  const world = newWorld();
  const { put, retire, run, batchOf } = world;
  const refusals: readonly [ReferenceRefusal, () => Outcome, object?][] = [
    ['too-many-rows', () => run({ do: 'change', by: 'ann', batch: batchOf('groups') })],
    ['too-many-rows', () => run({ do: 'change', by: 'ann', batch: batchOf('groups', GROUP, GROUP) })],
    ['date-is-past', () => put('groups', GROUP, { effectiveAt: NOW, ifVersion: 9 })],
    ['date-too-far', () => put('groups', GROUP, { effectiveAt: NOW + 731 * DAY_MS, ifVersion: 9 })],
    ['version-conflict', () => put('groups', { ...GROUP, nodes: ['N-9'] }, { ifVersion: 9 }), { version: 0 }],
    ['version-conflict', () => retire('groups', 'all', { ifVersion: 1 }), { version: 3 }],
    ['unknown-row', () => retire('groups', 'west'), { refusedRows: [{ row: 'west', code: 'unknown-row' }] }],
    ['channel-stays', () => retire('channels', 'web')],
    [
      'names-unknown',
      () => put('groups', { ...GROUP, nodes: ['N-9'] }),
      { refusedRows: [{ row: 'west', code: 'names-unknown', field: 'nodes', value: 'N-9' }] },
    ],
    ['names-unknown', () => put('nodes', { ...node, owner: 'erp' })],
    ['names-unknown', () => put('channels', { ...channel, group: 'west' })],
    ['names-unknown', () => put('pools', { id: 'p', channel: 'b2b', sku: sku(1), units: 1 })],
    ['names-unknown', () => put('safety', { id: 'r', node: 'N-9', units: 1 })],
    [
      'still-named',
      () => retire('groups', 'all'),
      { refusedRows: [{ row: 'all', code: 'still-named', value: 'channels web' }] },
    ],
    ['still-named', () => retire('nodes', NODE)],
    ['still-named', () => retire('sources', 'wms')],
  ];
  for (const [code, attempt, about = {}] of refusals) {
    const before = world.digest();
    expect(attempt()).toMatchObject({ status: 'refused', code, ...about });
    expect(world.digest()).toBe(before);
  }
  const order = Object.keys(REFERENCE_REFUSALS);
  const seen = refusals.map(([code]) => order.indexOf(code));
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
});

test('[RD1] all rows or none, unless what can be shall be', () => {
  const { put, run, batchOf, held } = newWorld();
  const batch = batchOf('groups', GROUP, { id: 'east', nodes: ['N-9'] });
  expect(run({ do: 'change', by: 'ann', batch })).toMatchObject({ status: 'refused', code: 'names-unknown' });
  expect(held(0, 'groups')).toHaveLength(1);
  const refusedRows = [{ row: 'east', code: 'names-unknown', field: 'nodes', value: 'N-9' }];
  expect(run({ do: 'change', by: 'ann', batch, partial: true })).toEqual({
    status: 'applied',
    version: 5,
    refusedRows,
  });
  expect(held(1, 'groups')).toHaveLength(2);
  expect(put('items', { sku: sku(1), name: 'One', scale: 0, enabled: true })).toMatchObject({ version: 6 });
});

test('[RD1] what nobody names and nobody has is retired everywhere; a node must be off and empty', () => {
  const { shards, put, retire, held } = newWorld();
  put('nodes', { ...node, id: 'old', enabled: true });
  expect(retire('nodes', 'old')).toMatchObject({ refusedRows: [{ row: 'old', code: 'still-stocked' }] });
  expect(held(0, 'nodes'), 'put back').toContainEqual({ ...node, id: 'old', enabled: true });
  put('nodes', { ...node, id: 'old', enabled: false });
  shards.record({ ...counted(1, 4), node: 'old' as never });
  expect(retire('nodes', 'old')).toMatchObject({ refusedRows: [{ row: 'old', code: 'still-stocked' }] });
  shards.pass(0);
  for (const shard of [0, 1]) expect(held(shard, 'nodes'), 'one shard has stock there').toHaveLength(3);
  shards.record({ ...counted(1, 0, 'sold out'), node: 'old' as never });
  expect(retire('nodes', 'old')).toMatchObject({ status: 'applied', refusedRows: [] });
  for (const shard of [0, 1]) expect(held(shard, 'nodes')).toHaveLength(2);
  expect(shards.record({ ...counted(1, 2), node: 'old' as never })).toMatchObject([{ code: 'unknown-node' }]);
});

test('[RD2] versions of row and book grow by one; what stands already is applied at any version and makes no fact', () => {
  const { shards, put, version, retire } = newWorld();
  expect(put('groups', GROUP, { ifVersion: 0 })).toMatchObject({ status: 'applied', version: 5 });
  expect(version('groups', 'west')).toBe(5);
  const facts = shards.facts.length;
  expect(put('groups', { nodes: [NODE], id: 'west' }, { ifVersion: 0 })).toMatchObject({ status: 'applied' });
  expect(shards.facts).toHaveLength(facts);
  expect(put('groups', { ...GROUP, nodes: [] }, { ifVersion: 4 })).toMatchObject({ version: 5 });
  expect(put('groups', { ...GROUP, nodes: [] }, { ifVersion: 5 })).toMatchObject({ status: 'applied', version: 6 });
  expect(retire('groups', 'west', { ifVersion: 6 })).toMatchObject({ status: 'applied', version: 7 });
  expect(version('groups', 'west')).toBeUndefined();
  expect(put('groups', GROUP, { ifVersion: 0 })).toMatchObject({ status: 'applied', version: 8 });
});

test('[RD2] what a shard cannot take is put back in all, by the engine, under a version of its own', () => {
  const { shards, run, batchOf, held, version } = newWorld();
  const names = Array.from({ length: 9 }, (_, i) => `c${i}`);
  run({ do: 'change', by: 'ann', batch: batchOf('channels', ...names.map((id) => ({ ...channel, id }))) });
  const pools = names.map((id) => ({ id: `p${id}`, channel: id, sku: sku(1), units: 1 }) as unknown as PoolRef);
  const refusedRows = [{ row: poolKey(pools[8]!), code: 'too-many-demand-groups' }];
  const batch = batchOf('pools', ...pools);
  expect(run({ do: 'change', by: 'ann', batch })).toEqual({ status: 'applied', version: 6, refusedRows });
  shards.pass(0);
  expect(version('pools', poolKey(pools[8]!))).toBeUndefined();
  expect(version('pools', poolKey(pools[7]!))).toBe(6);
  expect(held(shardOfSku(shards.partition, sku(1)), 'pools')).toEqual(pools.slice(0, 8));
  const back = shards.facts.findLast((fact) => fact.fact === 'ReferenceApplied' && 'reason' in fact);
  expect(back).toMatchObject({ version: 7, by: 'engine', retire: [poolKey(pools[8]!)] });
});

test('[RD3] a planned change waits for its moment, is listed, can be cancelled, and fails whole when it cannot be then', () => {
  const { shards, put, run, retire, held } = newWorld();
  const west = (nodes: readonly string[], days: number) =>
    put('groups', { id: 'west', nodes }, { effectiveAt: NOW + days * DAY_MS });
  expect(put('nodes', { ...node, id: 'new' }, { effectiveAt: NOW + DAY_MS })).toMatchObject({ id: 'p1' });
  expect(west(['new'], 0.5), 'the node is not there by then').toMatchObject({ code: 'names-unknown' });
  expect(west(['new'], 2)).toEqual({ status: 'scheduled', id: 'p2', effectiveAt: NOW + 2 * DAY_MS });
  expect(west([], 3)).toMatchObject({ id: 'p3' });
  expect(run({ do: 'cancel-change', id: 'p3', by: 'bob' })).toEqual({ status: 'cancelled' });
  expect(run({ do: 'cancel-change', id: 'p3', by: 'bob' })).toMatchObject({ code: 'unknown-change' });
  shards.pass(DAY_MS - 1);
  expect(held(0, 'nodes')).toHaveLength(2);
  shards.pass(1);
  for (const shard of [0, 1]) expect(held(shard, 'nodes')).toHaveLength(3);
  put('nodes', { ...node, id: 'new', enabled: false });
  expect(retire('nodes', 'new')).toMatchObject({ status: 'applied' });
  shards.pass(2 * DAY_MS);
  expect(held(0, 'groups')).toHaveLength(1);
  expect(shards.facts.at(-1)).toMatchObject({ fact: 'ChangeFailed', id: 'p2' });
  const [replayed, restored] = shards.replayed();
  expect(replayed).toEqual(shards.digests());
  expect(restored).toEqual(shards.digests());
});

test('[RD4] what a file said before is passed over, whatever hands made of it since; what it says anew is applied', () => {
  const { shards, put, retire, version, held } = newWorld();
  const file = { file: 'groups.json', by: 'file:groups.json' };
  const facts = (): number => shards.facts.length;
  expect(put('groups', GROUP, file)).toMatchObject({ version: 5 });
  const begun = facts();
  expect(put('groups', GROUP, file)).toMatchObject({ version: 5 });
  expect(facts(), 'an unchanged file makes no fact').toBe(begun);
  put('groups', { ...GROUP, nodes: [] });
  expect(put('groups', GROUP, file)).toMatchObject({ version: 6 });
  expect(version('groups', 'west'), 'the hand wins').toBe(6);
  expect(put('groups', { ...GROUP, nodes: [NODE, 'S-1'] }, file)).toMatchObject({ version: 7 });
  retire('groups', 'west');
  put('groups', { ...GROUP, nodes: [NODE, 'S-1'] }, file);
  expect(held(0, 'groups'), 'retired by hand').toHaveLength(1);
  // A row that a hand made first, and the file says alike: from then on it is the file's too.
  put('groups', { ...GROUP, id: 'east' });
  put('groups', { ...GROUP, id: 'east' }, file);
  put('groups', { ...GROUP, id: 'east', nodes: [] });
  put('groups', { ...GROUP, id: 'east' }, file);
  expect(held(1, 'groups')).toContainEqual({ id: 'east', nodes: [] });
  const [replayed, restored] = shards.replayed();
  expect(replayed).toEqual(shards.digests());
  expect(restored).toEqual(shards.digests());
});

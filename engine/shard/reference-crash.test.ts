import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IntakeCommand, Outcome } from '../contract/command.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import type { Answer } from '../contract/query.ts';
import {
  isOfSku,
  isOfStock,
  REFERENCE_KINDS,
  rowKey,
  skuOfKey,
  type ReferenceBatch,
  type ReferenceKind,
} from '../contract/reference.ts';
import { readFact } from './codec/fact-bytes.ts';
import { CrashWorld, partition, THREADS } from './crash-world.ts';
import { shardOfSku } from './partition.ts';
import { REFERENCE, sku } from './test-fixture.ts';

// Changes of reference data, planned, cancelled, repeated and cut at every step, against maps and the order of the facts.

type Rows = ReadonlyMap<ReferenceKind, ReadonlyMap<string, object>>;
type Applied = Extract<IntakeFact, { fact: 'ReferenceApplied' }>;

const CHANNELS = Array.from({ length: 10 }, (_, i) => `c${i}`);
/** What every history begins with, and is there already when it does. */
const BASE = REFERENCE.length + 1;

const aBatch: fc.Arbitrary<ReferenceBatch> = fc
  .record({ of: fc.constantFrom('items', 'pools', 'groups', 'nodes', 'safety'), name: fc.nat(3), figure: fc.nat(9) })
  .map(({ of, name, figure }) => {
    const node = REFERENCE[1]!.rows[0] as object;
    const rows: Record<string, object> = {
      items: { sku: sku(name), name: `item ${figure}`, scale: 0, enabled: figure > 3 },
      // Ten channels may have a quota of one sku, and a shard takes eight.
      pools: { id: 'p', channel: CHANNELS[figure], sku: sku(0), units: 1 + name },
      groups: { id: `g${name}`, nodes: figure > 7 ? ['nowhere'] : ['DC-1'] },
      nodes: { ...node, id: `n${name}`, safety: figure, enabled: false },
      safety: { id: `r${name}`, node: `n${figure % 4}`, units: figure },
    };
    if (of === 'pools') Object.assign(rows['pools']!, { id: `p${figure}` });
    return { of, rows: [rows[of]] } as unknown as ReferenceBatch;
  });

const aMove = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('put' as const), batch: aBatch, after: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retire' as const), batch: aBatch }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('if' as const), batch: aBatch, version: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), nth: fc.nat(9) }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('commit' as const), thread: fc.nat(THREADS - 1) }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('deliver' as const), twice: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 1_500, 3_000) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'crash' as const }) },
);

test('[RD2][RD3] wherever a change is cut, all shards end up with what the book says, each version once, nothing unsaid', () => {
  fc.assert(
    fc.property(fc.array(aMove, { maxLength: 80, size: 'max' }), (moves) => {
      const world = new CrashWorld();
      const channel = (REFERENCE[3]!.rows as readonly object[])[0]!;
      const rows = CHANNELS.map((id) => ({ ...channel, id }));
      world.ask(partition.intake, { do: 'change', by: 'ann', batch: { of: 'channels', rows } as never });
      world.settle();
      const asked: Extract<IntakeCommand, { do: 'change' | 'cancel-change' }>[] = [];
      const calls: number[] = [];
      const ask = (command: (typeof asked)[number]): void => {
        asked.push(command);
        calls.push(world.ask(partition.intake, command));
      };
      const named = (): { by: string; reason: string } => ({ by: 'ann', reason: `ask ${asked.length}` });
      for (const move of moves) {
        if (move.do === 'put') {
          const plan = move.after === 0 ? {} : { effectiveAt: world.now + move.after * 1_000 };
          ask({ do: 'change', ...named(), batch: move.batch, ...plan });
        } else if (move.do === 'if') {
          ask({ do: 'change', ...named(), batch: move.batch, ifVersion: move.version });
        } else if (move.do === 'retire') {
          const { of } = move.batch;
          const batch = { of, rows: [] } as unknown as ReferenceBatch;
          ask({ do: 'change', ...named(), batch, retire: [rowKey(of, move.batch.rows[0]!)] });
        } else if (move.do === 'cancel') ask({ do: 'cancel-change', ...named(), id: `p${move.nth}` });
        else if (move.do === 'again') calls.push(world.ask(partition.intake, asked[move.nth] ?? { do: 'tick' }));
        else if (move.do === 'commit') world.commit(move.thread);
        else if (move.do === 'deliver') world.deliver(move.twice);
        else if (move.do === 'crash') world.start();
        else {
          world.now += move.ms;
          world.tick();
        }
      }
      world.start();
      world.rest();
      const facts = factsOf(world);
      expectOrder(facts, asked);
      expectPlans(facts, world);
      expectAgreement(facts, world);
      expectVersions(world);
      for (const call of calls) expectTold(facts, world.said.get(call) as Outcome | undefined);
    }),
    { numRuns: 150 },
  );
});

function factsOf(world: CrashWorld): IntakeFact[] {
  const own = world.journal.filter(({ shard }) => shard === partition.intake);
  return own.map(({ fact }) => readFact(fact) as IntakeFact);
}

const appliedOf = (facts: readonly IntakeFact[]): Applied[] => facts.filter((fact) => fact.fact === 'ReferenceApplied');

/** Versions are 1, 2, 3 …; each says who, why, and what was there before, and holds what that somebody asked for. */
function expectOrder(facts: readonly IntakeFact[], asked: readonly IntakeCommand[]): void {
  const rows = new Map<string, object>();
  appliedOf(facts).forEach(({ version, by, reason, batch, retire = [], before }, index) => {
    expect(version).toBe(index + 1);
    const keys = [...batch.rows.map((row) => rowKey(batch.of, row)), ...retire];
    const was = keys.map((key) => rows.get(`${batch.of} ${key}`) ?? null);
    expect(before ?? was.map(() => null)).toEqual(was);
    batch.rows.forEach((row) => rows.set(`${batch.of} ${rowKey(batch.of, row)}`, row));
    retire.forEach((key) => rows.delete(`${batch.of} ${key}`));
    if (index < BASE || by === 'engine') return;
    const command = asked[Number(reason?.split(' ')[1])];
    expect(command?.do === 'change' && { batch: command.batch, retire: command.retire ?? [] }).toEqual({
      batch,
      retire,
    });
  });
}

/** What was planned has taken effect after its time, or failed, or was cancelled, or still waits; each once. */
function expectPlans(facts: readonly IntakeFact[], world: CrashWorld): void {
  const answer = world.answer(partition.intake, { ask: 'pending' }) as Extract<Answer, { answer: 'pending' }>;
  const waiting = answer.changes.map(({ id }) => id);
  for (const plan of facts) {
    if (plan.fact !== 'ChangeScheduled') continue;
    const ends = facts.filter(
      (fact) =>
        (fact.fact === 'ReferenceApplied' && fact.scheduled === plan.id) ||
        ((fact.fact === 'ChangeCancelled' || fact.fact === 'ChangeFailed') && fact.id === plan.id),
    );
    expect(ends.length + waiting.filter((id) => id === plan.id).length).toBe(1);
    const [end] = ends;
    expect(end === undefined || end.fact === 'ChangeCancelled' || end.at >= plan.effectiveAt).toBe(true);
    expect(waiting.includes(plan.id) && plan.effectiveAt <= world.now).toBe(false);
  }
}

function expectAgreement(facts: readonly IntakeFact[], world: CrashWorld): void {
  const rows = new Map(REFERENCE_KINDS.map((of) => [of, new Map<string, object>()]));
  for (const { batch, retire = [] } of appliedOf(facts)) {
    for (const row of batch.rows) rows.get(batch.of)!.set(rowKey(batch.of, row), row);
    for (const key of retire) rows.get(batch.of)!.delete(key);
  }
  const book = world.answer(partition.intake, { ask: 'reference' }) as Extract<Answer, { answer: 'book' }>;
  expect(sorted(rowsOf(book.batches))).toEqual(sorted(rows));
  for (let shard = 0; shard < partition.stockShards; shard++) {
    const held = world.answer(shard, { ask: 'reference' }) as Extract<Answer, { answer: 'reference' }>;
    const own = new Map(
      // No stock shard is told of what moves no stock.
      [...rows]
        .filter(([of]) => isOfStock(of))
        .map(([of, all]) => [
          of,
          new Map([...all].filter(([key]) => !isOfSku(of) || shardOfSku(partition, skuOfKey(key)) === shard)),
        ]),
    );
    expect(sorted(rowsOf(held.batches)), `shard ${shard}`).toEqual(sorted(own));
  }
}

/** Each change once and in order. */
function expectVersions(world: CrashWorld): void {
  for (let shard = 0; shard < partition.stockShards; shard++) {
    const facts = world.journal.filter((record) => record.shard === shard).map(({ fact }) => readFact(fact));
    const versions = facts.flatMap((fact) => (fact.fact === 'ReferenceApplied' ? (fact.version ?? 0) : []));
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  }
}

function rowsOf(batches: readonly ReferenceBatch[]): Rows {
  return new Map(
    batches.map(({ of, rows }) => [of, new Map(rows.map((row) => [rowKey(of, row), row as object]))] as const),
  );
}

const sorted = (rows: Rows): unknown =>
  Object.fromEntries(
    [...rows].map(([of, all]) => [of, Object.fromEntries([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)))]),
  );

/** An answer rests on what is durable. */
function expectTold(facts: readonly IntakeFact[], said: Outcome | undefined): void {
  if (said === undefined) return;
  expect(['applied', 'scheduled', 'refused', 'cancelled']).toContain(said.status);
  const plans = facts.flatMap((fact) => (fact.fact === 'ChangeScheduled' ? fact.id : []));
  expect(said.status !== 'scheduled' || plans.includes(said.id)).toBe(true);
  const version = said.status === 'applied' && 'version' in said ? said.version : 0;
  expect(version).toBeLessThanOrEqual(appliedOf(facts).length);
}

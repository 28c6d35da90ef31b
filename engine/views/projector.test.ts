import { rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerQuery, Movement } from '../contract/ledger.ts';
import type { Journal } from '../journal/journal.ts';
import { ledgerPage } from './ledger-query.ts';
import { Projector } from './projector.ts';
import { append, catchUp, EPOCH, folder, settingsIn, SHARDS, sku, START_MS, steps, world } from './test-ledger.ts';

// The ledger against a list in memory: random facts in a real journal, projected in random steps with restarts between,
// asked every kind of question.

const questions = fc.record({
  query: fc.record(
    {
      sku: fc.tuple(fc.nat(SHARDS - 1), fc.nat(3)).map(([shard, n]) => sku(shard, n) as never),
      node: fc.constantFrom('n0' as never, 'n1' as never),
      kind: fc.constantFrom('delta', 'snapshot', 'complete', 'hold', 'release', 'reference'),
      from: fc.nat(600_000).map((ms) => START_MS + ms),
      to: fc.nat(900_000).map((ms) => START_MS + ms),
      order: fc.constantFrom('newest', 'oldest'),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: ['order', 'limit'] },
  ) as fc.Arbitrary<LedgerQuery>,
});

/** What the list in memory says to a question. */
function expected(movements: ReturnType<typeof world>['movements'], query: LedgerQuery, shard: number) {
  const nodesOfSku = new Set(movements.filter(({ row }) => row.sku === query.sku).map(({ row }) => row.node));
  const asked = movements.filter(({ shard: owner, row }) => {
    if (query.kind === undefined ? row.kind === 'reference' : row.kind !== query.kind) return false;
    if (row.kind === 'complete') {
      if (query.sku === undefined ? owner !== 0 : owner !== shard || !nodesOfSku.has(row.node)) return false;
    } else if (query.sku !== undefined && row.sku !== query.sku) return false;
    if (query.node !== undefined && row.node !== query.node) return false;
    return row.recordedAt >= (query.from ?? 0) && row.recordedAt < (query.to ?? Infinity);
  });
  const rows = asked.map(({ row }) => row);
  return query.order === 'newest' ? rows.toReversed() : rows;
}

const shardIn = (name: string | undefined): number => (name === undefined ? 0 : Number(name.split('-')[1]));

test('[AV8] the ledger says what the journal says, through restarts, whatever is asked', () => {
  fc.assert(
    fc.property(
      steps,
      fc.array(fc.boolean(), { maxLength: 8 }),
      fc.array(questions, { minLength: 3, maxLength: 6 }),
      (drawn, restarts, asked) => {
        const { facts, movements } = world(drawn);
        const { dir, journal } = folder();
        let projector = new Projector(settingsIn(dir, 0));
        for (const [i, fact] of facts.entries()) {
          append(journal, fact);
          if (restarts[i % 8] !== true) continue;
          catchUp(projector, journal);
          projector.close();
          projector = new Projector(settingsIn(dir, journal.head));
        }
        catchUp(projector, journal);
        for (const { query } of asked) {
          const wanted = expected(movements, query, shardIn(query.sku));
          const seen: Movement[] = [];
          for (let after: number | undefined; ;) {
            const page = ledgerPage(
              projector.file,
              { ...query, ...(after !== undefined && { after }) },
              shardIn(query.sku),
            );
            seen.push(...page.movements);
            expect(page.reachesFrom).toBeUndefined();
            if (page.next === undefined) break;
            after = page.next;
          }
          expect(seen).toHaveLength(wanted.length);
          for (const [i, row] of seen.entries()) expect(row).toMatchObject(wanted[i] ?? {});
        }
        projector.close();
      },
    ),
    { numRuns: 60 },
  );
});

/** Everything, oldest first. */
function dump(projector: Projector): readonly Movement[] {
  const page = { order: 'oldest', limit: 10_000 } as const;
  return [
    ...ledgerPage(projector.file, page, undefined).movements,
    ...ledgerPage(projector.file, { ...page, kind: 'reference' }, undefined).movements,
  ];
}

function filled(): { dir: string; journal: Journal; rows: readonly Movement[] } {
  const { facts } = world(fc.sample(steps, { seed: 7, numRuns: 60 }).flat());
  const { dir, journal } = folder();
  append(journal, ...facts);
  const projector = new Projector(settingsIn(dir, journal.head));
  catchUp(projector, journal);
  const rows = dump(projector);
  projector.close();
  expect(rows.length).toBeGreaterThan(100);
  return { dir, journal, rows };
}

test.each(['deleted', 'not a database', 'of another epoch'] as const)(
  '[AV8] a ledger that is %s is written again',
  (how) => {
    const { dir, journal, rows } = filled();
    const settings = settingsIn(dir, journal.head);
    if (how === 'deleted') rmSync(settings.path);
    if (how === 'not a database') writeFileSync(settings.path, 'x'.repeat(5_000));
    const epoch = how === 'of another epoch' ? `${EPOCH}.1` : EPOCH;
    const again = new Projector({ ...settings, epoch });
    catchUp(again, journal);
    expect(dump(again)).toEqual(rows);
    again.close();
  },
);

test('[AV8] a ledger ahead of its journal, or behind what it keeps, is written again and says why', () => {
  const { dir, journal, rows } = filled();
  const said: string[] = [];
  const ahead = new Projector({ ...settingsIn(dir, journal.head - 5), log: (line) => said.push(line) });
  expect(said.join()).toMatch(/ends at position \d+.*written again/);
  catchUp(ahead, journal);
  expect(dump(ahead)).toEqual(rows);
  ahead.close();
});

test('[AV8] rows older than the history go, a few at a time, and the page says where the ledger begins', () => {
  const { dir, journal } = filled();
  const old = journal.head;
  const late = START_MS + 40 * 86_400_000;
  const event = {
    kind: 'delta',
    source: 'wms',
    id: 'late',
    at: late,
    node: 'n0',
    sku: 'late',
    quantity: 1,
    reason: 'sale',
  };
  const projector = new Projector({ ...settingsIn(dir, old), historyDays: 30 });
  for (let lsn = 1; lsn <= 3; lsn++) {
    append(journal, {
      shard: 0,
      lsn: 100_000 + lsn,
      atMs: late + lsn,
      fact: { fact: 'StockRecorded', at: late, event, units: lsn } as never,
    });
    catchUp(projector, journal);
  }
  const page = ledgerPage(projector.file, { order: 'oldest', limit: 10 }, undefined);
  expect(page.movements.map(({ units }) => units)).toEqual([1, 2, 3]);
  expect(page.reachesFrom).toBe(Math.floor((late + 1) / 60_000) * 60_000);
  projector.close();
});

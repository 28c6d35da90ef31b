import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { StockFact } from '../contract/stock-fact.ts';
import type { Movement } from '../contract/ledger.ts';
import type { OutfeedEvent, OutfeedPage } from '../contract/outfeed.ts';
import type { OutfeedRef } from '../contract/reference.ts';
import type { Journal } from '../journal/journal.ts';
import { LAYOUT } from './ledger-file.ts';
import { Projector, type ProjectorSettings } from './projector.ts';
import { append, catchUp, EPOCH, folder, settingsIn, SHARDS, sku, START_MS, steps, world } from './test-ledger.ts';

// Outfeeds against a list in memory: random facts and definitions in a real journal, read in random steps with restarts.

const INTAKE = SHARDS + 1;
const KEPT = 12;

const filters: readonly Omit<OutfeedRef, 'id'>[] = [
  {},
  { nodes: ['n0' as never] },
  { skus: [sku(0, 0) as never, sku(1, 1) as never] },
  { kinds: ['hold', 'release'] },
  { nodes: ['n1' as never], kinds: ['delta', 'snapshot', 'complete'] },
];
const changes = fc.record({
  at: fc.nat(40),
  id: fc.constantFrom('a', 'b'),
  filter: fc.constantFrom(...filters),
  retire: fc.boolean(),
});
type Change = typeof changes extends fc.Arbitrary<infer C> ? C : never;

/** By the plainest rules, apart from outfeed-filter.ts. */
function isIn(filter: Omit<OutfeedRef, 'id'>, row: Partial<Movement>): boolean {
  if (filter.kinds === undefined ? row.kind === 'reference' : !filter.kinds.includes(row.kind!)) return false;
  if (filter.nodes?.includes(row.node!) === false) return false;
  return row.sku === undefined || filter.skus?.includes(row.sku) !== false;
}

/** Kinds are no matter of who may read. */
function isSameChoice(a: Omit<OutfeedRef, 'id'>, b: Omit<OutfeedRef, 'id'>): boolean {
  return JSON.stringify({ ...a, kinds: 0 }) === JSON.stringify({ ...b, kinds: 0 });
}

interface Model {
  filter: Omit<OutfeedRef, 'id'>;
  events: Partial<Movement>[];
}

class Play {
  readonly models = new Map<string, Model>();
  readonly journal: Journal;
  #lsn = 0;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  change({ id, filter, retire }: Change): void {
    const known = this.models.get(id);
    const isGone = retire && known !== undefined;
    const fact = {
      fact: 'ReferenceApplied',
      at: START_MS,
      version: ++this.#lsn,
      by: 'test',
      batch: { of: 'outfeeds', rows: isGone ? [] : [{ id, ...filter }] },
      ...(isGone && { retire: [id] }),
      ...(known !== undefined && { before: [{ id, ...known.filter }] }),
    };
    append(this.journal, { shard: INTAKE, lsn: this.#lsn, fact: fact as unknown as StockFact, atMs: START_MS });
    if (isGone) this.models.delete(id);
    else if (known !== undefined && isSameChoice(known.filter, filter)) known.filter = filter;
    else this.models.set(id, { filter, events: [] });
  }

  moved(rows: readonly Partial<Movement>[]): void {
    for (const { filter, events } of this.models.values()) events.push(...rows.filter((row) => isIn(filter, row)));
  }
}

function readAll(projector: Projector, id: string): { page: OutfeedPage; events: OutfeedEvent[] } | undefined {
  const page = projector.file.outfeeds.page({ id, from: 0, limit: 0 });
  if (page === undefined) return undefined;
  const events: OutfeedEvent[] = [];
  for (let from = page.first; from <= page.head;) {
    const part = projector.file.outfeeds.page({ id, from, limit: 3 })!.events;
    events.push(...part);
    from += part.length;
  }
  return { page, events };
}

function play(drawn: Parameters<typeof world>[0], made: readonly Change[], restarts: readonly boolean[]) {
  const { facts } = world(drawn);
  const { dir, journal } = folder();
  const settings: ProjectorSettings = { ...settingsIn(dir, 0), outfeedEvents: KEPT };
  const run = new Play(journal);
  let projector = new Projector(settings);
  for (const [i, fact] of facts.entries()) {
    for (const change of made) if (change.at === i) run.change(change);
    append(journal, fact);
    run.moved(fact.rows);
    if (restarts[i % restarts.length] !== true) continue;
    catchUp(projector, journal);
    projector.close();
    projector = new Projector({ ...settings, head: journal.head });
  }
  catchUp(projector, journal);
  return { run, projector, settings: { ...settings, head: journal.head }, journal };
}

test('[OF2] an outfeed has every movement it selects, in order, numbered without a gap, through restarts', () => {
  fc.assert(
    fc.property(
      steps,
      fc.array(changes, { maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      (drawn, made, restarts) => {
        const { run, projector } = play(drawn, made, restarts);
        for (const id of ['a', 'b']) {
          const read = readAll(projector, id);
          const model = run.models.get(id);
          expect(read === undefined).toBe(model === undefined);
          if (read === undefined || model === undefined) continue;
          const { page, events } = read;
          expect(page.head).toBe(model.events.length);
          expect(events.map(({ o }) => o)).toEqual(events.map((_, index) => page.first + index));
          expect(events.at(-1)?.o ?? page.head).toBe(page.head);
          for (const { o, movement } of events) expect(movement).toMatchObject(model.events[o - 1]!);
        }
        projector.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('[OF3] of an outfeed the newest events are kept, as many as are asked for at least', () => {
  fc.assert(
    fc.property(steps, fc.array(changes, { minLength: 1, maxLength: 3 }), (drawn, made) => {
      const { run, projector } = play(drawn, made, [false]);
      for (const [id, { events }] of run.models) {
        const { page } = readAll(projector, id)!;
        expect(page.first).toBe(Math.max(1, events.length - KEPT + 1));
      }
      projector.close();
    }),
    { numRuns: 30 },
  );
});

test('[OF4] a ledger that is written again from the first fact on numbers the same under the same epoch', () => {
  fc.assert(
    fc.property(steps, fc.array(changes, { minLength: 1, maxLength: 5 }), (drawn, made) => {
      const { projector, settings, journal } = play(drawn, made, [true, false]);
      const before = ['a', 'b'].map((id) => readAll(projector, id));
      projector.close();
      rmSync(settings.path);
      const again = new Projector(settings);
      again.begin([]);
      catchUp(again, journal);
      expect(['a', 'b'].map((id) => readAll(again, id))).toEqual(before);
      again.close();
    }),
    { numRuns: 30 },
  );
});

test('[OF4] a ledger that begins in the middle of the journal numbers anew, and says so by its epoch', () => {
  const { dir, journal } = folder();
  const settings = settingsIn(dir, 0);
  const run = new Play(journal);
  run.change({ at: 0, id: 'a', filter: {}, retire: false });
  const first = new Projector(settings);
  catchUp(first, journal);
  const known = first.file.outfeeds.states()[0]!;
  expect(known.e).toBe(`${EPOCH}.${LAYOUT}.1`);
  first.file.commit(() => {
    first.file.outfeeds.seed([{ of: 'outfeeds', rows: [{ id: 'a' as never }] }], { first: 500, head: 900 });
    return first.progress;
  });
  expect(first.file.outfeeds.states()).toEqual([{ id: 'a', e: `${EPOCH}.${LAYOUT}.dwsp0`, first: 1, head: 0 }]);
  first.close();
});

test.each([
  ['nodes', { nodes: ['n0'] }],
  ['channels', { nodes: ['n0', 'n1'], channels: ['web'] }],
  ['skus', { nodes: ['n0', 'n1'], skus: [sku(0, 0)] }],
])('[OF4] an outfeed of other %s has nothing of what it selected before, and says so by its epoch', (_, filter) => {
  const { dir, journal } = folder();
  const run = new Play(journal);
  const projector = new Projector(settingsIn(dir, 0));
  const change = (row: object): OutfeedPage => {
    run.change({ at: 0, id: 'a', filter: row as Change['filter'], retire: false });
    catchUp(projector, journal);
    return projector.file.outfeeds.page({ id: 'a', from: 0, limit: 9 })!;
  };
  const before = change({ nodes: ['n0', 'n1'], kinds: ['delta'] });
  expect(change({ nodes: ['n1', 'n0'] }).e).toBe(before.e);
  const after = change(filter);
  expect(after.e).not.toBe(before.e);
  expect(after).toMatchObject({ first: 1, head: 0, events: [], nodes: filter.nodes });
  projector.close();
});

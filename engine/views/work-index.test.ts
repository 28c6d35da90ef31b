import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { NodeId } from '../contract/ids.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { WorkLogEvent, WorkLogPage } from '../contract/work-log.ts';
import type { Journal } from '../journal/journal.ts';
import { Projector } from './projector.ts';
import { append, catchUp, EPOCH, folder, settingsIn, SHARDS, START_MS } from './test-ledger.ts';

// Nodes' logs against a list in memory: random facts in a real journal, read in random steps with restarts.

/** Behind stock, promise, intake and order shards. */
const NODE_SHARD = SHARDS + 3;
const KEPT = 12;
const NODES = ['n0', 'n1', 'n2'] as NodeId[];

const steps = fc.array(fc.record({ node: fc.nat(2), stop: fc.boolean() }), { maxLength: 60 });

class Play {
  readonly ids = new Map<NodeId, string[]>();
  readonly journal: Journal;
  #lsn = 0;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  move(node: NodeId): void {
    const ids = this.ids.get(node) ?? [];
    this.ids.set(node, ids);
    const work = { id: `w${++this.#lsn}`, collectCode: '4711' };
    ids.push(work.id);
    const fact = { fact: 'WorkMoved', at: START_MS, news: { o: ids.length, node, op: 'queued', at: START_MS, work } };
    append(this.journal, { shard: NODE_SHARD, lsn: this.#lsn, fact: fact as unknown as StockFact, atMs: START_MS });
  }
}

function readAll(projector: Projector, node: NodeId): { page: WorkLogPage; events: WorkLogEvent[] } | undefined {
  const page = projector.file.work.page({ node, from: 0, limit: 0 });
  if (page === undefined) return undefined;
  const events: WorkLogEvent[] = [];
  for (let from = page.first; from <= page.head;) {
    const part = projector.file.work.page({ node, from, limit: 3 })!.events;
    events.push(...part);
    from += part.length;
  }
  return { page, events };
}

function play(drawn: readonly { readonly node: number; readonly stop: boolean }[]) {
  const { dir, journal } = folder();
  const settings = { ...settingsIn(dir, 0), outfeedEvents: KEPT };
  const run = new Play(journal);
  let projector = new Projector(settings);
  for (const { node, stop } of drawn) {
    run.move(NODES[node]!);
    if (!stop) continue;
    catchUp(projector, journal);
    projector.close();
    projector = new Projector({ ...settings, head: journal.head });
  }
  catchUp(projector, journal);
  return { run, projector, settings: { ...settings, head: journal.head }, journal };
}

test('[OR8] the log of a node has what happened to its work by the numbers of its shard, the newest at least, without the code', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const { run, projector } = play(drawn);
      const logs = NODES.flatMap((node) => readAll(projector, node) ?? []);
      expect(logs).toHaveLength(run.ids.size);
      for (const { page, events } of logs) {
        const ids = run.ids.get(page.node)!;
        expect(page).toMatchObject({ e: EPOCH, first: Math.max(1, ids.length - KEPT + 1), head: ids.length });
        expect(events.map(({ o }) => o)).toEqual(events.map((_, index) => page.first + index));
        expect(events.map(({ work }) => work.id)).toEqual(ids.slice(page.first - 1));
      }
      expect(JSON.stringify(logs)).not.toContain('4711');
      projector.close();
    }),
    { numRuns: 60 },
  );
});

test('[OR8] a ledger that is written again has the same numbers', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const { projector, settings, journal } = play(drawn);
      const before = NODES.map((node) => readAll(projector, node));
      projector.close();
      rmSync(settings.path);
      const again = new Projector(settings);
      again.begin([]);
      catchUp(again, journal);
      expect(NODES.map((node) => readAll(again, node))).toEqual(before);
      again.close();
    }),
    { numRuns: 30 },
  );
});

test('[OR8] a log that begins with a later event says so, and refuses one that leaves a gap', () => {
  const { projector } = play([]);
  const { work } = projector.file;
  const news = (o: number) => ({ o, node: NODES[0]!, op: 'accept', at: START_MS, work: { id: 'w' } as never }) as const;
  work.add(1, START_MS, news(7));
  expect(work.save()).toEqual([{ node: 'n0', e: EPOCH, first: 7, head: 7 }]);
  expect(() => work.add(2, START_MS, news(9))).toThrow(/event 9 of n0 follows 7/);
  projector.close();
});

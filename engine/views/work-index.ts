import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { assert } from '../contract/assert.ts';
import type { NodeId } from '../contract/ids.ts';
import type { WorkLogEvent, WorkLogPage, WorkLogQuery, WorkLogState } from '../contract/work-log.ts';
import type { WorkNews } from '../contract/work-order.ts';

// (node, number) → what happened to its work, written in the commit of the fact. The node's shard numbers its events, so a
// ledger that begins with a later fact than the first has the same numbers, and only `first` says what is missing.

export const WORK_SCHEMA = `
  CREATE TABLE work_logs (node TEXT PRIMARY KEY, first INTEGER NOT NULL, head INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE work_events (
    node TEXT NOT NULL, o INTEGER NOT NULL, row INTEGER NOT NULL, at REAL NOT NULL, news TEXT NOT NULL, PRIMARY KEY (node, o)
  ) STRICT, WITHOUT ROWID;
`;

interface Live {
  readonly node: NodeId;
  first: number;
  head: number;
  /** Journal time of `first`; undefined: nothing is kept. */
  firstAt: number | undefined;
}

export class WorkIndex {
  readonly #db: DatabaseSync;
  readonly #epoch: string;
  readonly #live = new Map<NodeId, Live>();
  /** Those that differ from what their table says. */
  readonly #moved = new Set<Live>();
  readonly #insert: StatementSync;
  readonly #page: StatementSync;
  readonly #atOf: StatementSync;

  constructor(db: DatabaseSync, epoch: string) {
    this.#db = db;
    this.#epoch = epoch;
    this.#insert = db.prepare('INSERT INTO work_events VALUES (?, ?, ?, ?, ?)');
    this.#page = db.prepare('SELECT row, news FROM work_events WHERE node = ? AND o >= ? ORDER BY o LIMIT ?');
    this.#atOf = db.prepare('SELECT at FROM work_events WHERE node = ? AND o = ?');
    for (const row of db.prepare('SELECT node, first, head FROM work_logs').all()) {
      const [node, first, head] = [String(row['node']) as NodeId, Number(row['first']), Number(row['head'])];
      this.#live.set(node, { node, first, head, firstAt: this.#at(node, first) });
    }
  }

  states(): readonly WorkLogState[] {
    return [...this.#live.values()].map((live) => this.#stateOf(live));
  }

  /** Inside a commit. */
  add(row: number, atMs: number, { work, ...news }: WorkNews): void {
    const { node, o } = news;
    const live = this.#live.get(node) ?? { node, first: o, head: o - 1, firstAt: undefined };
    assert(o === live.head + 1, () => `event ${o} of ${node} follows ${live.head}`);
    this.#live.set(node, live);
    live.head = o;
    live.firstAt ??= atMs;
    // Whoever works there asks the customer for the code; it stands in no log.
    const { collectCode: _collectCode, ...shown } = work;
    this.#insert.run(node, o, row, atMs, JSON.stringify({ ...news, work: shown }));
    this.#moved.add(live);
  }

  /** Inside a commit, at its end; the logs that moved. */
  save(): readonly WorkLogState[] {
    const moved = [...this.#moved];
    this.#moved.clear();
    const put = this.#db.prepare('INSERT OR REPLACE INTO work_logs VALUES (?, ?, ?)');
    for (const { node, first, head } of moved) put.run(node, first, head);
    return moved.map((live) => this.#stateOf(live));
  }

  /** Inside a commit: forgets what is older than the moment or beyond so many events, `most` of each node. */
  trim(beforeMs: number, keepEvents: number, most: number): void {
    for (const live of this.#live.values()) {
      if ((live.firstAt ?? Infinity) >= beforeMs && live.head - live.first < keepEvents) continue;
      this.#trimOne(live, { beforeMs, keepEvents, most });
    }
  }

  #trimOne(live: Live, { beforeMs, keepEvents, most }: { beforeMs: number; keepEvents: number; most: number }): void {
    const { node } = live;
    const old = this.#db
      .prepare('SELECT max(o) AS o FROM (SELECT o, at FROM work_events WHERE node = ? ORDER BY o LIMIT ?) WHERE at < ?')
      .get(node, most, beforeMs);
    const wanted = Math.max(Number(old?.['o'] ?? 0) + 1, live.head - keepEvents + 1, live.first);
    live.first = Math.min(wanted, live.first + most);
    this.#db.prepare('DELETE FROM work_events WHERE node = ? AND o < ?').run(node, live.first);
    live.firstAt = this.#at(node, live.first);
    this.#moved.add(live);
  }

  /** Undefined: nothing has happened there. */
  page({ node, from, limit }: WorkLogQuery): WorkLogPage | undefined {
    const live = this.#live.get(node);
    if (live === undefined) return undefined;
    const begin = Math.max(from, live.first);
    const events = this.#page.all(node, begin, limit).map((row): WorkLogEvent => {
      return { row: Number(row['row']), ...(JSON.parse(String(row['news'])) as WorkNews) };
    });
    assert(
      events.every(({ o }, index) => o === begin + index),
      () => `the work of ${node} has a gap behind ${begin}`,
    );
    return { ...this.#stateOf(live), events };
  }

  #stateOf({ node, first, head }: Live): WorkLogState {
    return { node, e: this.#epoch, first, head };
  }

  #at(node: NodeId, o: number): number | undefined {
    const found = this.#atOf.get(node, o);
    return found === undefined ? undefined : Number(found['at']);
  }
}

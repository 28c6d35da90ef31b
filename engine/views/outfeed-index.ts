import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import { assert } from '../contract/assert.ts';
import type { OutfeedPage, OutfeedQuery, OutfeedState } from '../contract/outfeed.ts';
import type { OutfeedRef, ReferenceBatch } from '../contract/reference.ts';
import type { RowsChanged } from '../contract/reference-change.ts';
import { MOVEMENT_COLUMNS, movementOf } from './movement-columns.ts';
import type { Draft } from './movements.ts';
import { type Matches, outfeedFilter } from './outfeed-filter.ts';
import { isKept, OUTFEED_ROWS_SCHEMA, OutfeedRows } from './outfeed-rows.ts';

// (outfeed, offset) → row of the ledger, written in the commit of the row. Definitions come from the same journal, so a
// ledger that is written again from the first fact on has the same offsets under the same epoch; one that begins later
// numbers anew, under another.

export const OUTFEED_SCHEMA = `
  CREATE TABLE outfeeds (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, e TEXT NOT NULL, first INTEGER NOT NULL, head INTEGER NOT NULL, gone INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE outfeed_events (outfeed INTEGER NOT NULL, o INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (outfeed, o))
    STRICT, WITHOUT ROWID;
  ${OUTFEED_ROWS_SCHEMA}
`;

interface Live {
  readonly number: number;
  readonly id: string;
  readonly e: string;
  first: number;
  head: number;
  /** Ledger row of `first`; undefined: the outfeed is empty. */
  firstRow: number | undefined;
}

/** A change of reference data as the book has it. */
export interface BookChange extends RowsChanged {
  readonly before?: readonly (object | null)[];
}

export class OutfeedIndex {
  readonly #db: DatabaseSync;
  readonly #epoch: string;
  readonly #rows: OutfeedRows;
  readonly #live = new Map<string, Live>();
  /** Numbers of outfeeds that are no more, and whose events are still to be deleted. */
  readonly #gone: number[] = [];
  /** Those that differ from what their table says. */
  readonly #moved = new Set<Live>();
  #filters: readonly { readonly live: Live; readonly matches: Matches }[] | undefined;
  readonly #insert: StatementSync;
  readonly #page: StatementSync;

  constructor(db: DatabaseSync, epoch: string) {
    this.#db = db;
    this.#epoch = epoch;
    this.#rows = new OutfeedRows(db);
    this.#insert = db.prepare('INSERT INTO outfeed_events VALUES (?, ?, ?)');
    this.#page = db.prepare(
      `SELECT o, ${MOVEMENT_COLUMNS} FROM outfeed_events JOIN movements USING (row)
       WHERE outfeed = ? AND o >= ? ORDER BY o LIMIT ?`,
    );
    for (const row of db.prepare('SELECT number, id, e, first, head, gone FROM outfeeds ORDER BY number').all()) {
      const [number, first, head] = [Number(row['number']), Number(row['first']), Number(row['head'])];
      if (row['gone'] === 1) this.#gone.push(number);
      else {
        const [id, e] = [String(row['id']), String(row['e'])];
        this.#live.set(id, { number, id, e, first, head, firstRow: this.#rowOf(number, first) });
      }
    }
  }

  states(): readonly OutfeedState[] {
    return [...this.#live.values()].map(stateOf);
  }

  /** Inside a commit: what the book has at this position of the journal. */
  learn({ batch, retire = [], before = [] }: BookChange, position: number): void {
    if (!isKept(batch)) return;
    this.#filters = undefined;
    this.#rows.put(batch, retire);
    if (batch.of !== 'outfeeds') return;
    for (const [index, row] of batch.rows.entries()) {
      const goesOn = this.#live.has(row.id) && isSameSelection(before[index] as OutfeedRef | null | undefined, row);
      if (!goesOn) this.#begin(row.id, position.toString(36));
    }
    for (const id of retire) this.#end(id);
  }

  /** Inside a commit, on a ledger that begins with a later fact than the first: the definitions of now, numbered anew. */
  seed(batches: readonly ReferenceBatch[], { first, head }: { readonly first: number; readonly head: number }): void {
    // With the head: by the next time the definitions may be others, and so would the numbers.
    const mark = `${first.toString(36)}s${head.toString(36)}`;
    for (const batch of batches) {
      if (isKept(batch)) this.#rows.put(batch);
      if (batch.of === 'outfeeds') for (const { id } of batch.rows) this.#begin(id, mark);
    }
    this.#filters = undefined;
  }

  /** Inside a commit. */
  add(row: number, draft: Draft): void {
    if (this.#live.size === 0) return;
    this.#filters ??= this.#makeFilters();
    for (const { live, matches } of this.#filters) {
      if (!matches(draft)) continue;
      live.head += 1;
      live.firstRow ??= row;
      this.#insert.run(live.number, live.head, row);
      this.#moved.add(live);
    }
  }

  /** Inside a commit, at its end; the outfeeds that moved. */
  save(): readonly OutfeedState[] {
    const moved = [...this.#moved];
    this.#moved.clear();
    const update = this.#db.prepare('UPDATE outfeeds SET first = ?, head = ? WHERE number = ?');
    for (const { first, head, number } of moved) update.run(first, head, number);
    return moved.map(stateOf);
  }

  /** Oldest row of the ledger that an outfeed still needs. */
  get oldestRow(): number {
    let oldest = Infinity;
    for (const { firstRow = Infinity } of this.#live.values()) oldest = Math.min(oldest, firstRow);
    return oldest;
  }

  /** Inside a commit: forgets what is older than the row `before` or beyond so many events, `most` rows of each outfeed. */
  trim(before: number, keepEvents: number, most: number): void {
    for (const live of this.#live.values()) {
      if ((live.firstRow ?? Infinity) >= before && live.head - live.first < keepEvents) continue;
      this.#trimOne(live, { before, keepEvents, most });
    }
    const [gone] = this.#gone;
    if (gone === undefined) return;
    const { changes } = this.#db
      .prepare(
        'DELETE FROM outfeed_events WHERE outfeed = ? AND o IN (SELECT o FROM outfeed_events WHERE outfeed = ? ORDER BY o LIMIT ?)',
      )
      .run(gone, gone, most);
    if (Number(changes) > 0) return;
    this.#db.prepare('DELETE FROM outfeeds WHERE number = ?').run(gone);
    this.#gone.shift();
  }

  #trimOne(live: Live, { before, keepEvents, most }: { before: number; keepEvents: number; most: number }): void {
    const old = this.#db
      .prepare(
        'SELECT max(o) AS o FROM (SELECT o, row FROM outfeed_events WHERE outfeed = ? ORDER BY o LIMIT ?) WHERE row < ?',
      )
      .get(live.number, most, before);
    const wanted = Math.max(Number(old?.['o'] ?? 0) + 1, live.head - keepEvents + 1, live.first);
    live.first = Math.min(wanted, live.first + most);
    this.#db.prepare('DELETE FROM outfeed_events WHERE outfeed = ? AND o < ?').run(live.number, live.first);
    live.firstRow = this.#rowOf(live.number, live.first);
    this.#moved.add(live);
  }

  /** Undefined: there is no such outfeed. */
  page({ id, from, limit }: OutfeedQuery): OutfeedPage | undefined {
    const live = this.#live.get(id);
    if (live === undefined) return undefined;
    const begin = Math.max(from, live.first);
    const events = this.#page.all(live.number, begin, limit).map(({ o, ...row }) => ({
      o: Number(o),
      movement: movementOf(row),
    }));
    assert(
      events.every((event, index) => event.o === begin + index),
      () => `outfeed ${id} has a gap behind ${begin}`,
    );
    const { nodes, channels } = this.#rows.outfeeds.get(id) ?? {};
    return { ...stateOf(live), ...(nodes && { nodes }), ...(channels && { channels }), events };
  }

  #begin(id: string, mark: string): void {
    this.#end(id);
    const e = `${this.#epoch}.${mark}`;
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO outfeeds VALUES (NULL, ?, ?, 1, 0, 0)').run(id, e);
    const live: Live = { number: Number(lastInsertRowid), id, e, first: 1, head: 0, firstRow: undefined };
    this.#live.set(id, live);
    this.#moved.add(live);
  }

  #end(id: string): void {
    const live = this.#live.get(id);
    if (live === undefined) return;
    this.#db.prepare('UPDATE outfeeds SET gone = 1 WHERE number = ?').run(live.number);
    this.#live.delete(id);
    this.#moved.delete(live);
    this.#gone.push(live.number);
  }

  #makeFilters(): readonly { readonly live: Live; readonly matches: Matches }[] {
    return [...this.#live.values()].flatMap((live) => {
      const ref = this.#rows.outfeeds.get(live.id);
      return ref === undefined ? [] : [{ live, matches: outfeedFilter(ref, this.#rows) }];
    });
  }

  #rowOf(number: number, o: number): number | undefined {
    const found = this.#db.prepare('SELECT row FROM outfeed_events WHERE outfeed = ? AND o = ?').get(number, o);
    return found === undefined ? undefined : Number(found['row']);
  }
}

/** Whoever may read what is selected now may not, for all we know, read what was selected before. */
function isSameSelection(before: OutfeedRef | null | undefined, now: OutfeedRef): boolean {
  return before !== null && before !== undefined && isDeepStrictEqual(selectionOf(before), selectionOf(now));
}

function selectionOf({ nodes, channels, skus }: OutfeedRef): readonly unknown[] {
  return [nodes, channels, skus].map((list) => list && new Set<string>(list));
}

function stateOf({ id, e, first, head }: Live): OutfeedState {
  return { id, e, first, head };
}

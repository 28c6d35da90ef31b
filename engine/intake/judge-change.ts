import { linkedRows, type LinkedRow } from '../contract/reference-links.ts';
import { refuse, type RefusedRow } from '../contract/outcome.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import {
  CHANGE_ROWS_MAX,
  EFFECTIVE_AHEAD_MS_MAX,
  type ChangeRefused,
  type ReferenceChange,
  type RowsChanged,
} from '../contract/reference-change.ts';
import { judgeKit } from './judge-kit.ts';
import { judgeOutfeed } from './judge-outfeed.ts';
import type { PendingChanges } from './pending-changes.ts';
import { digestOfRow, type ReferenceBook } from './reference-book.ts';
import { rowText } from './row-text.ts';

// May a change be? In the order of REFERENCE_REFUSALS: the change as a whole, then each row.

export interface Judged extends RowsChanged {
  readonly refusedRows: readonly RefusedRow[];
  /** Rows that the file says and that stand so already, or are kept against the file: only what it said is noted. */
  readonly read: readonly (readonly [key: string, digest: number])[];
  /** Keys of rows that are as asked already. */
  readonly standing: readonly string[];
}

interface Known {
  readonly book: ReferenceBook;
  readonly pending: PendingChanges;
}

export function judgeWhole({ book, pending }: Known, change: ReferenceChange, atMs: number): ChangeRefused | undefined {
  const { batch, retire = [], effectiveAt, ifVersion } = change;
  const rows = linkedRows(batch);
  const keys = [...rows.map(({ key }) => key), ...retire];
  if (keys.length === 0 || keys.length > CHANGE_ROWS_MAX || new Set(keys).size < keys.length) {
    return refuse('too-many-rows');
  }
  if (effectiveAt !== undefined) {
    if (effectiveAt <= atMs) return refuse('date-is-past', { field: 'effectiveAt' });
    if (effectiveAt > atMs + EFFECTIVE_AHEAD_MS_MAX) return refuse('date-too-far', { field: 'effectiveAt' });
    if (!pending.hasRoomFor(change)) return refuse('too-many-pending');
  }
  if (ifVersion === undefined) return undefined;
  const [only, ...others] = keys;
  const current = others.length === 0 ? book.versionOf(batch.of, only!) : book.version;
  // A repetition whose answer was lost finds what it asked for, and is answered like the first.
  if (ifVersion === current || isAsAsked(book, batch, rows, retire)) return undefined;
  return { ...refuse('version-conflict'), version: current };
}

function isAsAsked(
  book: ReferenceBook,
  { of }: ReferenceBatch,
  rows: readonly LinkedRow[],
  retire: readonly string[],
): boolean {
  return rows.every(({ key, row }) => book.text(of, key) === rowText(row)) && retire.length === 0;
}

/** `byMs`: rows planned until then count as there. Without a date, rows that stand already are left out. */
export function judgeRows(known: Known, change: RowsChanged & { readonly file?: string }, byMs?: number): Judged {
  const { book } = known;
  const { batch, retire = [], file } = change;
  const { of } = batch;
  const linked = linkedRows(batch);
  const here = new Set(linked.map(({ key }) => key));
  const rows: object[] = [];
  const refusedRows: RefusedRow[] = [];
  const read: [string, number][] = [];
  const standing: string[] = [];
  for (const each of linked) {
    const { key, row } = each;
    const digest = file === undefined ? undefined : digestOfRow(row);
    if (digest !== undefined && digest === book.fileDigest(of, key)) continue;
    if (byMs === undefined && book.text(of, key) === rowText(row)) {
      standing.push(key);
      if (digest !== undefined) read.push([key, digest]);
      continue;
    }
    const refused =
      judgeKit(book, batch, each) ?? judgeOutfeed(book, batch, each) ?? judgeLinks(known, of, each, here, byMs);
    if (refused === undefined) rows.push(row);
    else refusedRows.push(refused);
  }
  const gone: string[] = [];
  const isGoing = new Set(retire);
  for (const key of retire) {
    const refused = judgeRetire(book, of, key, isGoing);
    if (refused === undefined) gone.push(key);
    else refusedRows.push(refused);
  }
  const left = { of, rows } as unknown as ReferenceBatch;
  return { batch: left, ...(gone.length > 0 && { retire: gone }), refusedRows, read, standing };
}

function judgeLinks(
  { book, pending }: Known,
  of: ReferenceBatch['of'],
  { key, links }: LinkedRow,
  here: ReadonlySet<string>,
  byMs: number | undefined,
): RefusedRow | undefined {
  for (const link of links) {
    if (!link.must || book.text(link.of, link.key) !== undefined) continue;
    if (link.of === of && here.has(link.key)) continue;
    if (byMs !== undefined && pending.willHave(link.of, link.key, byMs)) continue;
    return { row: key, code: 'names-unknown', field: link.field, value: link.key };
  }
  return undefined;
}

function judgeRetire(
  book: ReferenceBook,
  of: ReferenceBatch['of'],
  key: string,
  isGoing: ReadonlySet<string>,
): RefusedRow | undefined {
  if (book.text(of, key) === undefined) return { row: key, code: 'unknown-row' };
  if (of === 'channels') return { row: key, code: 'channel-stays' };
  if (of === 'kits') return { row: key, code: 'kit-stays' };
  const namer = book.namerOf(of, key, (kind, name) => kind === of && isGoing.has(name));
  return namer === undefined ? undefined : { row: key, code: 'still-named', value: namer };
}

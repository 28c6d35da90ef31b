import type { IntakeCommand, Outcome } from '../contract/command.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import type { ChangeId } from '../contract/ids.ts';
import type { Decision, ShardRequest } from '../contract/machine.ts';
import { refuse, type RefusedRow } from '../contract/outcome.ts';
import {
  BY_ENGINE,
  keysOf,
  type Actor,
  type ReferenceChange,
  type ReferenceNews,
  type RowsChanged,
  type ShardPart,
} from '../contract/reference-change.ts';
import { Deliveries, type Delivery } from './deliveries.ts';
import { judgeRows, judgeWhole, type Judged } from './judge-change.ts';
import { PendingChanges } from './pending-changes.ts';
import { digestOfRow, ReferenceBook } from './reference-book.ts';

// The reference book's desk: takes changes, writes them into the book, sends them to the stock shards until each has
// answered, and keeps those that are planned.
//
//   change ─► ReferenceApplied (in the book) ─► apply to each shard ─► ChangeTaken by each ─► the caller is answered
//        └──► ChangeScheduled ─ its time ─► ReferenceApplied …  or  ChangeFailed

type Applied = Extract<IntakeFact, { fact: 'ReferenceApplied' }>;
type Decided = Decision<IntakeFact>;

export interface ReferenceDesk {
  readonly book: ReferenceBook;
  readonly pending: PendingChanges;
  readonly deliveries: Deliveries;
  readonly files: Map<string, string>;
  /** Rows that a shard could not take, by the version they came with: they become what they were. */
  readonly putBack: Map<number, PutBack>;
  /** Numbers the changes that are planned. */
  scheduled: number;
}

interface PutBack extends RowsChanged {
  readonly reason: string;
}

/** Whoever waits for all changes at once. */
const ALL_CHANGES = 'c*' as ChangeId;

export function newDesk(shard: number, split: (changed: RowsChanged) => readonly ShardPart[]): ReferenceDesk {
  const deliveries = new Deliveries(shard, split);
  return {
    book: new ReferenceBook(),
    pending: new PendingChanges(),
    deliveries,
    files: new Map(),
    putBack: new Map(),
    scheduled: 0,
  };
}

export function decideChange(desk: ReferenceDesk, change: ReferenceChange, at: number): Decided {
  const refusal = judgeWhole(desk, change, at);
  if (refusal !== undefined) return answer(refusal);
  const { effectiveAt, partial = false } = change;
  const judged = judgeRows(desk, change, effectiveAt);
  const { refusedRows } = judged;
  if (refusedRows.length > 0 && !partial) return answer({ ...refuse(refusedRows[0]!.code), refusedRows });
  return effectiveAt === undefined
    ? applyNow(desk, change, judged, at)
    : schedule(desk, change, judged, effectiveAt, at);
}

function applyNow(desk: ReferenceDesk, change: ReferenceChange, judged: Judged, at: number): Decided {
  const { read, refusedRows, standing } = judged;
  const { of } = judged.batch;
  const facts: IntakeFact[] = read.length === 0 ? [] : [{ fact: 'FileRowsRead', at, of, rows: read }];
  if (judged.batch.rows.length + (judged.retire?.length ?? 0) === 0) {
    // A repetition of what is still on its way is answered when that has arrived.
    const versions = standing.map((key) => desk.book.versionOf(of, key));
    const open = versions.filter((version) => desk.deliveries.get(version) !== undefined);
    if (open.length > 0) return answer({ status: 'under-way', id: changeId(Math.max(...open)) }, facts);
    return answer({ status: 'applied', version: desk.book.version, refusedRows }, facts);
  }
  const about = applied(desk, judged, change, at, change.file !== undefined);
  const made: Applied = { ...about, ...(refusedRows.length > 0 && { refusedRows }) };
  // What no shard is told of has arrived with the book.
  const outcome: Outcome = desk.deliveries.concerns(made)
    ? { status: 'under-way', id: changeId(about.version) }
    : { status: 'applied', version: about.version, refusedRows };
  return { outcome, facts: [...facts, made], requests: sendFirst(desk, made), news: newsOf(made) };
}

function applied(
  desk: ReferenceDesk,
  { batch, retire }: RowsChanged,
  { by, reason }: Actor,
  at: number,
  isFile = false,
): Applied & { readonly version: number } {
  const { of } = batch;
  const before = keysOf({ batch, retire: retire ?? [] }).map((key) => desk.book.row(of, key)?.row ?? null);
  return {
    fact: 'ReferenceApplied',
    at,
    version: desk.book.version + 1,
    by,
    ...(reason !== undefined && { reason }),
    batch,
    ...(retire !== undefined && { retire }),
    ...(before.some((row) => row !== null) && { before }),
    ...(isFile && { fileDigests: batch.rows.map(digestOfRow) }),
  };
}

function schedule(
  desk: ReferenceDesk,
  { by, reason }: ReferenceChange,
  { batch, retire, refusedRows }: Judged,
  effectiveAt: number,
  at: number,
): Decided {
  const id = `p${desk.scheduled + 1}`;
  const fact: IntakeFact = {
    fact: 'ChangeScheduled',
    at,
    id,
    effectiveAt,
    by,
    ...(reason !== undefined && { reason }),
    batch,
    ...(retire !== undefined && { retire }),
  };
  const left = refusedRows.length > 0 ? { refusedRows } : {};
  return answer({ status: 'scheduled', id, effectiveAt, ...left }, [fact]);
}

export function decideCancel(
  desk: ReferenceDesk,
  { id, by, reason }: Extract<IntakeCommand, { do: 'cancel-change' }>,
  at: number,
): Decided {
  const plan = desk.pending.get(id);
  if (plan === undefined) return answer({ status: 'refused', code: 'unknown-change' });
  const { of } = plan.batch;
  const why = reason === undefined ? {} : { reason };
  return answer({ status: 'cancelled' }, [{ fact: 'ChangeCancelled', at, id, of, keys: keysOf(plan), by, ...why }]);
}

export function deskDueAt({ putBack, pending }: ReferenceDesk): number {
  return putBack.size > 0 ? 0 : pending.nextAt;
}

/** One change at a time: the next is judged by what this one leaves. */
export function decideDue(desk: ReferenceDesk, at: number): Decided {
  const [back] = desk.putBack.values();
  if (back !== undefined) return writeDown(desk, applied(desk, back, { by: BY_ENGINE, reason: back.reason }, at));
  const due = desk.pending.list()[0];
  if (due === undefined || due.effectiveAt > at) return answer({ status: 'applied' });
  const { refusedRows } = judgeRows(desk, due, at);
  if (refusedRows.length > 0) {
    return answer({ status: 'applied' }, [{ fact: 'ChangeFailed', at, id: due.id, of: due.batch.of, refusedRows }]);
  }
  return writeDown(desk, { ...applied(desk, due, due, at), scheduled: due.id });
}

function writeDown(desk: ReferenceDesk, made: Applied): Decided {
  return { outcome: { status: 'applied' }, facts: [made], requests: sendFirst(desk, made), news: newsOf(made) };
}

export function decideTaken(
  desk: ReferenceDesk,
  { version, shard, refusedRows }: Extract<IntakeCommand, { do: 'change-taken' }>,
  at: number,
): Decided {
  const open = desk.deliveries.get(version);
  // A repeated answer.
  if (open === undefined || !open.waits.includes(shard)) return answer({ status: 'applied' });
  const refused = refusedRows.length === 0 ? {} : { refusedRows };
  const facts: IntakeFact[] = [{ fact: 'ChangeTaken', at, version, shard, ...refused }];
  const next = desk.deliveries.nextRequest(shard, version);
  if (open.waits.length > 1) return { outcome: { status: 'applied' }, facts, requests: next };
  return settle(desk, open, refusedRows, { facts, requests: next });
}

/** Every shard has it. What some could not take is put back at the next tick. */
function settle(
  desk: ReferenceDesk,
  { version, refusedRows: known }: Delivery,
  last: readonly RefusedRow[],
  about: Pick<Decided, 'facts' | 'requests'>,
): Decided {
  const refusedRows = [...new Map([...known, ...last].map((each) => [each.row, each])).values()];
  const outcome: Outcome = { status: 'applied', version, refusedRows };
  const settled = [{ id: changeId(version), outcome }];
  if (desk.deliveries.size === 1) settled.push({ id: ALL_CHANGES, outcome });
  return { outcome: { status: 'applied' }, ...about, settled };
}

export function decideAwait({ deliveries, book }: ReferenceDesk): Decided {
  if (deliveries.size > 0) return answer({ status: 'under-way', id: ALL_CHANGES });
  return answer({ status: 'applied', version: book.version, refusedRows: [] });
}

function sendFirst(
  { deliveries }: ReferenceDesk,
  { version = 0, by, batch, retire }: Applied,
): readonly ShardRequest[] {
  return deliveries.firstRequests({ version, by, batch, ...(retire !== undefined && { retire }) });
}

/** Told when the book has it: that is durable, and the shards will have it. */
function newsOf({ version = 0, batch, retire }: Applied): readonly ReferenceNews[] {
  return [{ version, batch, ...(retire !== undefined && { retire }) }];
}

function answer(outcome: Outcome, facts: readonly IntakeFact[] = []): Decided {
  return { outcome, facts, requests: [] };
}

function changeId(version: number): ChangeId {
  return `c${version}` as ChangeId;
}

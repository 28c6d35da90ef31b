import { unreachable } from '../contract/assert.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import { rowKey, type ReferenceBatch } from '../contract/reference.ts';
import { keysOf } from '../contract/reference-change.ts';
import type { Delivery } from './deliveries.ts';
import type { ReferenceDesk } from './reference-desk.ts';

export type DeskFact = Extract<
  IntakeFact,
  {
    fact:
      | 'ReferenceApplied'
      | 'FileRowsRead'
      | 'FileNoted'
      | 'ChangeScheduled'
      | 'ChangeCancelled'
      | 'ChangeFailed'
      | 'ChangeTaken';
  }
>;

export function evolveDesk(desk: ReferenceDesk, fact: DeskFact): void {
  switch (fact.fact) {
    case 'ReferenceApplied':
      return write(desk, fact);
    case 'FileRowsRead':
      for (const [key, digest] of fact.rows) desk.book.noteFileRow(fact.of, key, digest);
      return;
    case 'FileNoted':
      desk.files.set(fact.file, fact.digest);
      return;
    case 'ChangeScheduled': {
      const { fact: _, at, ...change } = fact;
      desk.scheduled++;
      return desk.pending.add({ ...change, acceptedAt: at });
    }
    case 'ChangeCancelled':
    case 'ChangeFailed':
      return desk.pending.remove(fact.id);
    case 'ChangeTaken': {
      const done = desk.deliveries.taken(fact.version, fact.shard, fact.refusedRows);
      if (done !== undefined) noteRefused(desk, done);
      return;
    }
    default:
      return unreachable(fact);
  }
}

function write(desk: ReferenceDesk, fact: Extract<DeskFact, { fact: 'ReferenceApplied' }>): void {
  const { version, by, batch, retire, before, refusedRows = [], scheduled, fileDigests } = fact;
  desk.book.put(batch, version ?? 0, fileDigests);
  if (retire !== undefined) desk.book.retire(batch.of, retire, version ?? 0);
  if (scheduled !== undefined) desk.pending.remove(scheduled);
  forgetPutBack(desk, batch, retire ?? []);
  // In a journal from before there was a book the shards were told by main.
  if (version === undefined) return;
  const more = { ...(retire !== undefined && { retire }), ...(before !== undefined && { before }) };
  desk.deliveries.begin({ version, by, batch, refusedRows, ...more });
}

/** Rows that some shard could not take and that nobody has changed since. */
function noteRefused({ book, putBack }: ReferenceDesk, done: Delivery): void {
  const { version, batch, before = [], refusedRows } = done;
  const { of } = batch;
  const refused = new Set(refusedRows.map(({ row }) => row));
  const wrong = keysOf(done)
    .map((key, index) => ({ key, was: before[index] ?? null, isRetired: index >= batch.rows.length }))
    .filter(({ key, isRetired }) => refused.has(key) && book.versionOf(of, key) === (isRetired ? 0 : version));
  if (wrong.length === 0) return;
  const rows = wrong.flatMap(({ was }) => was ?? []);
  const gone = wrong.filter(({ was }) => was === null).map(({ key }) => key);
  const reason = `a shard refused it: ${refusedRows.find(({ row }) => refused.has(row))?.code ?? ''}`;
  putBack.set(version, {
    batch: { of, rows } as unknown as ReferenceBatch,
    ...(gone.length > 0 && { retire: gone }),
    reason,
  });
}

/** What is changed again needs no putting back. */
function forgetPutBack({ putBack }: ReferenceDesk, { of, rows }: ReferenceBatch, retire: readonly string[]): void {
  const keys = new Set([...rows.map((row) => rowKey(of, row)), ...retire]);
  for (const [version, back] of putBack) {
    if (back.batch.of !== of) continue;
    const left = (back.batch.rows as readonly object[]).filter((row) => !keys.has(rowKey(of, row)));
    const gone = (back.retire ?? []).filter((key) => !keys.has(key));
    if (left.length + gone.length === 0) putBack.delete(version);
    else putBack.set(version, { ...back, batch: { of, rows: left } as unknown as ReferenceBatch, retire: gone });
  }
}

import type { ApplyRows, RowsChanged } from './reference-change.ts';
import { rowKey, type ReferenceKind } from './reference.ts';
import type { ShardRequest } from './machine.ts';

// The reference data a shard of orders or nodes decides by: the book's rows of some kinds, as facts have told them.

export interface RowsApplied extends RowsChanged {
  readonly fact: 'RowsApplied';
  readonly at: number;
  readonly version: number;
}

/** Asking for a kind that has no rows must not make one: it would stand in the state of who asked. */
const NO_ROWS: ReadonlyMap<string, object> = new Map();

export class KnownRows {
  /** Of the newest change that was taken. */
  version = 0;
  readonly #kinds = new Map<ReferenceKind, Map<string, object>>();

  /** Rows of a kind by rowKey, in the order they were made known. */
  of<Row extends object>(kind: ReferenceKind): ReadonlyMap<string, Row> {
    return (this.#kinds.get(kind) ?? NO_ROWS) as ReadonlyMap<string, Row>;
  }

  apply({ batch, retire = [], version }: RowsApplied): void {
    const rows = this.#rows(batch.of);
    for (const row of batch.rows) rows.set(rowKey(batch.of, row), row);
    for (const key of retire) rows.delete(key);
    this.version = Math.max(this.version, version);
  }

  #rows(kind: ReferenceKind): Map<string, object> {
    const rows = this.#kinds.get(kind) ?? new Map<string, object>();
    this.#kinds.set(kind, rows);
    return rows;
  }

  save(): readonly (readonly [ReferenceKind, readonly (readonly [string, object])[]])[] {
    return [...this.#kinds].map(([kind, rows]) => [kind, [...rows]] as const);
  }

  load(saved: ReturnType<KnownRows['save']>, version: number): void {
    for (const [kind, rows] of saved) this.#kinds.set(kind, new Map(rows));
    this.version = version;
  }
}

/** What a change of the book makes here: it counts once, by its version, and its sender is answered each time. */
export function takeRows(
  known: KnownRows,
  { sent, asOf, batch, retire }: ApplyRows,
  shard: number,
  at: number,
): { readonly facts: readonly RowsApplied[]; readonly requests: readonly ShardRequest[] } {
  const version = sent?.version ?? asOf ?? known.version;
  if (version < known.version) return { facts: [], requests: [] };
  const isNew = sent === undefined || version > known.version;
  const fact: RowsApplied = { fact: 'RowsApplied', at, version, batch, ...(retire !== undefined && { retire }) };
  const answer = { do: 'change-taken', version, shard, refusedRows: [] } as const;
  return {
    facts: isNew ? [fact] : [],
    requests: sent === undefined ? [] : [{ shard: sent.replyTo, command: answer }],
  };
}

import type { ReferenceRefusal, RefusedRow } from './outcome.ts';
import { rowKey, type ReferenceBatch, type ReferenceKind } from './reference.ts';

// How reference data changes: by whom, why, on which version, and from when on.

/** Rows of one change at most: one fact, which must not be larger than a journal frame may be. */
export const CHANGE_ROWS_MAX = 500;
/** Changes that wait for their time at most, and what they may take together, in characters of JSON. */
export const PENDING_MAX = 1_000;
export const PENDING_CHARS_MAX = 8 * 1024 * 1024;
/** How far ahead a change may be planned, in ms: two years. */
export const EFFECTIVE_AHEAD_MS_MAX = 2 * 365 * 86_400_000;
/** Who changes what a shard could not take. */
export const BY_ENGINE = 'engine';

/** Rows of one kind replace those of the same key; `retire`: keys of rows that shall no longer be. */
export interface RowsChanged {
  readonly batch: ReferenceBatch;
  readonly retire?: readonly string[];
}

/**
 * A change of the reference book on its way to a shard. `sent`: absent for a machine alone, whose version then stays, unless
 * `asOf` says that it now knows everything up to that one.
 */
export type ApplyRows = {
  readonly do: 'apply';
  readonly asOf?: number;
  readonly sent?: { readonly version: number; readonly by: string; readonly replyTo: number };
} & RowsChanged;

/** Of the rows, then of those that are retired. */
export function keysOf({ batch, retire = [] }: RowsChanged): string[] {
  return [...batch.rows.map((row) => rowKey(batch.of, row)), ...retire];
}

/** What one stock shard gets of a change. */
export interface ShardPart extends RowsChanged {
  readonly shard: number;
}

/** Who and why. */
export interface Actor {
  /** A client id, `file:` and its name, or `engine`. */
  readonly by: string;
  readonly reason?: string;
}

export interface ReferenceChange extends RowsChanged, Actor {
  /** Of the one row, 0: it must not be there; of several rows, of the whole reference data. */
  readonly ifVersion?: number;
  /** From then on, ms since the epoch; absent: at once. */
  readonly effectiveAt?: number;
  /** Rows that can be are applied though others cannot; otherwise all or none. */
  readonly partial?: boolean;
  /** The rows are those of this file: one that it said before is passed over, whatever became of it since. */
  readonly file?: string;
}

/** Without `by` it is the engine's own process that changes it. */
export type ChangeOptions = Partial<Omit<ReferenceChange, 'batch'>>;

/** A change that waits for its time. */
export interface PendingChange extends RowsChanged, Actor {
  readonly id: string;
  readonly effectiveAt: number;
  readonly acceptedAt: number;
}

/** A row as the book has it. `version`: of the whole reference data when it changed last. */
export interface ReferenceRow {
  readonly key: string;
  readonly version: number;
  readonly row: object;
}

/** The book has it, and every shard will: in a moment, or after a crash when it starts again. */
export interface ReferenceNews extends RowsChanged {
  readonly version: number;
}

export type ChangeOutcome =
  | {
      readonly status: 'applied';
      /** Of the whole reference data; of the rows too, where they changed. */
      readonly version: number;
      readonly refusedRows: readonly RefusedRow[];
    }
  | {
      readonly status: 'scheduled';
      readonly id: string;
      readonly effectiveAt: number;
      /** With `partial`: rows that are not planned. */
      readonly refusedRows?: readonly RefusedRow[];
    }
  | ChangeRefused;

export interface ChangeRefused {
  readonly status: 'refused';
  readonly code: ReferenceRefusal;
  /** With `version-conflict`: the current one. */
  readonly version?: number;
  readonly refusedRows?: readonly RefusedRow[];
}

export interface RowsQuery {
  readonly of: ReferenceKind;
  /** Key of the last row of the page before. */
  readonly after?: string;
  readonly limit: number;
}

export interface RowsPage {
  readonly rows: readonly ReferenceRow[];
  /** Of the whole reference data. */
  readonly version: number;
}

/** One row of one change, as the audit log has it. `failed`: its time came and it could not be. */
export interface AuditEntry {
  /** Place in the log: later entries have greater ones. Goes into `after`. */
  readonly row: number;
  /** Journal time, ms since the epoch. */
  readonly at: number;
  readonly what: 'applied' | 'retired' | 'planned' | 'cancelled' | 'failed';
  readonly of: ReferenceKind;
  readonly key: string;
  readonly by: string;
  readonly reason?: string;
  /** Of the book, when it was changed. */
  readonly version?: number;
  /** The row as it was; absent: there was none. */
  readonly before?: object;
  /** The row as it is, or shall be; absent: there is none any more. */
  readonly after?: object;
  /** Id of the planned change that this is about. */
  readonly plan?: string;
  readonly effectiveAt?: number;
  /** Why it failed. */
  readonly code?: ReferenceRefusal;
}

export interface AuditQuery {
  readonly of?: ReferenceKind;
  readonly key?: string;
  /** Row of the last entry of the page before; the newest come first. */
  readonly after?: number;
  readonly limit: number;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Journal time at which the log begins; absent: with the first change there ever was. */
  readonly reachesFrom?: number;
}

import type { NumbersSeen } from './number-gaps.ts';
import type { DeadLetter, LetterState } from './dead-letter.ts';
import type { ClientId, NodeId } from './ids.ts';
import type { RefusedRow } from './outcome.ts';
import type { ReferenceKind } from './reference.ts';
import type { Actor, PendingChange, RowsChanged } from './reference-change.ts';
import type { HeartbeatEvent } from './stock-event.ts';
import type { SilenceFact } from './stock-fact.ts';

// Facts of the intake shard: what concerns sources, letters and reference data, not skus.

/** What the book notes of a change: who, and what was there before. */
interface BookEntry extends RowsChanged, Actor {
  /** Rows as they were, of the batch and then of `retire`; null: there was none. Absent: there was none at all. */
  readonly before?: readonly (object | null)[];
  /** Rows of the change that could not be, when the others could. */
  readonly refusedRows?: readonly RefusedRow[];
  /** The scheduled change whose time came. */
  readonly scheduled?: string;
  /** Digests of the rows as the file said them, in the order of the batch (see README, "Files and hands"). */
  readonly fileDigests?: readonly number[];
}

/** The rows of a planned change. */
interface RowKeys {
  readonly of: ReferenceKind;
  readonly keys: readonly string[];
}

export type IntakeFact =
  | SilenceFact
  /** An event of the node's owner counted at a stock shard. */
  | { readonly fact: 'OwnerHeard'; readonly at: number; readonly node: NodeId; readonly heardAt: number }
  /** A stock shard has the newest word about the node. */
  | {
      readonly fact: 'SilenceTold';
      readonly at: number;
      readonly node: NodeId;
      readonly number: number;
      readonly shard: number;
    }
  /** The reference book has it and sends it to the shards. Without `version`: an older journal, of sources and nodes alone. */
  | ({ readonly fact: 'ReferenceApplied'; readonly at: number; readonly version?: number } & BookEntry)
  /** A row the file says is as it is already, or was changed by hand since: what the file said is remembered. */
  | {
      readonly fact: 'FileRowsRead';
      readonly at: number;
      readonly of: ReferenceKind;
      readonly rows: readonly (readonly [key: string, digest: number])[];
    }
  | { readonly fact: 'FileNoted'; readonly at: number; readonly file: string; readonly digest: string }
  | ({ readonly fact: 'ChangeScheduled'; readonly at: number } & Omit<PendingChange, 'acceptedAt'>)
  | ({ readonly fact: 'ChangeCancelled'; readonly at: number; readonly id: string } & RowKeys & Actor)
  /** Its time came and it could not be. */
  | {
      readonly fact: 'ChangeFailed';
      readonly at: number;
      readonly id: string;
      readonly of: ReferenceKind;
      readonly refusedRows: readonly RefusedRow[];
    }
  | {
      readonly fact: 'ChangeTaken';
      readonly at: number;
      readonly version: number;
      readonly shard: number;
      readonly refusedRows?: readonly RefusedRow[];
    }
  | { readonly fact: 'SourceHeard'; readonly at: number; readonly event: HeartbeatEvent }
  /** Numbers arrived that had not yet, or a book snapshot covered some (rule FD5). */
  | { readonly fact: 'NumbersHeard'; readonly at: number; readonly seen: readonly NumbersSeen[] }
  | { readonly fact: 'LetterKept'; readonly at: number; readonly letter: DeadLetter }
  | { readonly fact: 'LetterRepeated'; readonly at: number; readonly id: string }
  | {
      readonly fact: 'LetterClosed';
      readonly at: number;
      readonly id: string;
      readonly as: Exclude<LetterState, 'open'>;
      readonly by: ClientId;
    };

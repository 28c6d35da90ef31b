import type { NumbersSeen } from './number-gaps.ts';
import type { CorrectionOutcome, CorrectionRequest } from './correction.ts';
import type { RepairOutcome, RepairRequest } from './repair.ts';
import type { AllocationOutcome } from './allocation.ts';
import type { ChangeId, ClientId, OrderId, ReservationId } from './ids.ts';
import type { EventOutcome, RefusedRow } from './outcome.ts';
import type { Actor, ChangeOutcome, ReferenceChange, ApplyRows } from './reference-change.ts';
import type { KitRef } from './reference.ts';
import type { NodePortCommand, WorkOutcome } from './node-port.ts';
import type { ActOutcome, OrderCommand, ShopOutcome } from './order-command.ts';
import type {
  ExtendOutcome,
  ExtendRequest,
  MoveOutcome,
  MoveRequest,
  ReleaseOutcome,
  ReserveOutcome,
  ReserveRequest,
} from './reservation.ts';
import type { HeartbeatEvent, StockEvent } from './stock-event.ts';
import type { NodeSilenceCommand, OwnerHeardCommand, SilenceToldCommand } from './silence.ts';
import type { AllocationStep, StockPortCommand, StockPortReply } from './stock-port.ts';
import type { LetterContent, LetterState } from './dead-letter.ts';

// Intentions. A command is complete when it enters a shard: decide() looks nothing up elsewhere.

/** To the shard that holds the reservation. */
type ChangeHold =
  | { readonly do: 'extend'; readonly request: ExtendRequest }
  /** `shard`: owner of the sku. */
  | { readonly do: 'move'; readonly request: MoveRequest; readonly shard: number };

/** To a stock shard: everything about the skus it owns. */
export type StockCommand =
  /** `receivedAt`: ms since the epoch with fractions, start of the push latency. */
  | {
      readonly do: 'record';
      readonly event: Exclude<StockEvent, HeartbeatEvent>;
      readonly receivedAt: number;
      /** Brakes do not hold what somebody has looked at and let through (rule FD12). */
      readonly approvedBy?: ClientId;
    }
  | ApplyRows
  /** All lines belong to this shard. `heldElsewhere`: the client's reservations in other shards; absent: none (rule RS6). */
  | { readonly do: 'reserve'; readonly request: ReserveRequest; readonly heldElsewhere?: number }
  | { readonly do: 'release'; readonly id: ReservationId; readonly client: ClientId }
  | ChangeHold
  | StockPortCommand
  | { readonly do: 'correct'; readonly request: CorrectionRequest }
  | { readonly do: 'repair-sums'; readonly request: RepairRequest }
  | NodeSilenceCommand
  | { readonly do: 'tick' };

/** To a promise shard: reservations whose lines live in several stock shards. */
export type PromiseCommand =
  | {
      readonly do: 'reserve';
      readonly request: ReserveRequest;
      /** Owner shard of each line, same order as request.lines (exploded). */
      readonly shards: readonly number[];
      /** Definitions of the kits among its lines, which are exploded before they are placed (rule AV9). */
      readonly kits?: readonly Pick<KitRef, 'sku' | 'components'>[];
      readonly heldElsewhere?: number;
    }
  | { readonly do: 'release'; readonly id: ReservationId; readonly client: ClientId }
  | ChangeHold
  | Extract<AllocationStep, { do: 'allocate-held' }>
  | StockPortReply
  | { readonly do: 'tick' };

/** To the intake shard: what concerns sources, not skus. */
export type IntakeCommand =
  | { readonly do: 'hear'; readonly event: HeartbeatEvent }
  /** Numbers of events that are durable (rule FD5). */
  | { readonly do: 'hear-numbers'; readonly seen: readonly NumbersSeen[] }
  | { readonly do: 'keep-letters'; readonly letters: readonly LetterContent[] }
  | {
      readonly do: 'close-letter';
      readonly id: string;
      readonly as: Exclude<LetterState, 'open'>;
      readonly by: ClientId;
    }
  | OwnerHeardCommand
  | SilenceToldCommand
  | ({ readonly do: 'change' } & ReferenceChange)
  | ({ readonly do: 'cancel-change'; readonly id: string } & Actor)
  /** All rows of a file were sent; next time it need not be read when it has this digest. */
  | { readonly do: 'note-file'; readonly file: string; readonly digest: string }
  /** A stock shard has taken its part of a change. */
  | {
      readonly do: 'change-taken';
      readonly version: number;
      readonly shard: number;
      readonly refusedRows: readonly RefusedRow[];
    }
  /** Answered when every shard has what the book has. */
  | { readonly do: 'await-changes' }
  | { readonly do: 'tick' };

/** To a node shard: what its nodes have to do. */
export type NodeCommand = NodePortCommand | ApplyRows | { readonly do: 'tick' };

export type Command = StockCommand | PromiseCommand | IntakeCommand | OrderCommand | NodeCommand;

/** What a command's sender is told. `pending`: the answer follows when the saga `id` settles. */
export type Outcome =
  | EventOutcome
  | ReserveOutcome
  | ReleaseOutcome
  | ExtendOutcome
  | MoveOutcome
  | AllocationOutcome
  | ShopOutcome
  | ActOutcome
  | WorkOutcome
  | CorrectionOutcome
  | RepairOutcome
  | { readonly status: 'applied'; readonly refusedRows?: readonly RefusedRow[] }
  | ChangeOutcome
  | { readonly status: 'cancelled' }
  | { readonly status: 'kept'; readonly ids: readonly string[] }
  | { readonly status: 'closed' }
  | {
      readonly status: 'refused';
      readonly code: 'unknown-letter' | 'letter-not-open' | 'too-many-letters' | 'unknown-change';
    }
  | { readonly status: 'pending'; readonly id: ReservationId | OrderId }
  /** The answer follows when every shard has it. */
  | { readonly status: 'under-way'; readonly id: ChangeId };

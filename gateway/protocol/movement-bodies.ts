import type { Fraction } from './fraction.ts';
import type { ComponentInfo } from './stock-bodies.ts';

// A movement: what moved, confirmed or promised units of a sku. The ledger shows them, outfeeds send them.

/** What happened, and so what `units` means: the table in section 4 of PROTOCOL.md. */
type MovementKind =
  | 'snapshot'
  | 'complete'
  | 'delta'
  | 'move'
  | 'inbound'
  | 'void'
  | 'hold'
  | 'release'
  | 'allocate'
  | 'deallocate'
  | 'depart'
  | 'come-back'
  | 'transit'
  | 'await'
  | 'correction'
  | 'repair'
  | 'reference';

/** `d` of an event of `feed:<name>`. */
export interface OutfeedMovement {
  /** Place of the fact in history, `shard.number`. */
  readonly position: string;
  readonly kind: MovementKind;
  /** Source time of the event, ms since the epoch; of what no source said when it was decided. */
  readonly at: number;
  /** Absent: it concerns a whole node, or nobody remembers. */
  readonly sku?: string;
  readonly node?: string;
  /** Units that may be taken at any of several nodes: their group. */
  readonly group?: string;
  /** Of the sku's scale. What they mean depends on `kind`: `snapshot` replaces what there was, `delta` adds to it. */
  readonly units?: number;
  readonly source?: string;
  /** The event's id, as its source names it. */
  readonly id?: string;
  /** When the source booked it. */
  readonly postedAt?: number;
  /** The source's own numbering: stream, epoch, number. */
  readonly stream?: string;
  readonly epoch?: number;
  readonly seq?: number;
  /** Of a delta; of a release how the hold ended; of units that left how; of `reference` the kind of row. */
  readonly reason?: string;
  /** Of an event the source's business reference; of holds the reservation, of allocated units the allocation. */
  readonly ref?: string;
  readonly channel?: string;
  readonly detail?: MovementDetail;
}

/** What only some kinds of movements have. */
interface MovementDetail {
  /** Of `snapshot` and `complete`: somebody looked at the shelf, or the owner's ledger says so. */
  readonly covers?: 'count' | 'book';
  /** Of a snapshot: units that must not be sold, by state, as its source wrote them. */
  readonly states?: Readonly<Record<string, Fraction>>;
  /** On-hand that the sender took for granted, as it wrote it. */
  readonly expected?: Fraction;
  /** Of a move the state, of a transfer the node. */
  readonly from?: string;
  readonly to?: string;
  /** The dated supply, and of `inbound` when it is due. */
  readonly inboundRef?: string;
  readonly dueAt?: number;
  /** What we and the node's own system call the movement. */
  readonly movementRef?: string;
  /** Id of the event that is annulled. */
  readonly voids?: string;
  /** Of a hold: whose it is, and when it ends. Of a correction or repair: who made it. */
  readonly client?: string;
  readonly expiresAt?: number;
  /** Who let an event past the brakes. */
  readonly approvedBy?: string;
  /** Of a repair: which sum, and what it was. */
  readonly sum?: string;
  readonly before?: number;
  readonly nodes?: readonly string[];
  /** Of reference data: who made the change, and that the row is no more. */
  readonly by?: string;
  readonly retired?: true;
  readonly enabled?: boolean;
  readonly components?: readonly ComponentInfo[];
  /** Of a safety rule. */
  readonly department?: string;
  readonly nodeKind?: string;
  readonly beginsAt?: number;
  readonly endsAt?: number;
  /** Of a silence: when the node's owner was heard last; absent: it is heard. */
  readonly silentSince?: number;
}

import type { Departure } from './allocation.ts';
import type { AllocationId, ChannelId, ClientId, GroupId, NodeId, OrderId, ReservationId, Sku } from './ids.ts';
import type { AllocationRefusal, MoveRefusal, Refused, RefusedRow, ReserveRefusal } from './outcome.ts';
import type { RowsChanged } from './reference-change.ts';
import type { Place, Reservation, ReserveLine } from './reservation.ts';
import type { WrongSum } from './repair.ts';
import type { Silence } from './silence.ts';
import type { HeartbeatEvent, StockEvent } from './stock-event.ts';

// Facts of the stock shards: what became true of the skus they own.

/** How a hold ended. */
export type HoldEnd = 'released' | 'expired' | 'abandoned';

/** Units of a held line that are held elsewhere from now on (rule RS7). */
export interface MovedUnits {
  /** Index of the line they come from. */
  readonly line: number;
  /** That line's sku and place, for those who do not keep the lines. */
  readonly sku: Sku;
  readonly from: Place;
  readonly units: number;
  readonly to: Place;
  /** Units that the channel's pool got back from the line, and gave to the new place; absent: none (rule AV2). */
  readonly returned?: number;
  readonly drawn?: number;
}

/** Units of a line that leave it. */
export interface TakenUnits {
  /** Index of the line they come from. */
  readonly line: number;
  /** That line's sku and place. */
  readonly sku: Sku;
  readonly at: Place;
  readonly units: number;
  /** Of them, units that came out of the channel's pool; absent: none. They go back there, or are used up by leaving. */
  readonly drawn?: number;
}

/** Units of one who waits that came: they are allocated to the group from now on (rule OR9). */
export interface ServedUnits {
  readonly id: AllocationId;
  /** Of the shard, growing: who is told the same again knows it. */
  readonly serving: number;
  readonly group: GroupId;
  readonly units: number;
  readonly channel: ChannelId;
  /** Of them, units that came out of the channel's pool; absent: none. */
  readonly drawn?: number;
}

interface DepartedUnits extends TakenUnits {
  /** When they left the node, by the clocks that take counts there: a later count did not see them. ms since the epoch. */
  readonly leftAt: number;
  /** A book snapshot of this time or later has it, whatever it says: the owner posts no later. ms since the epoch. */
  readonly postedBy: number;
}

/**
 * A node went stale, a step of what that does was reached (or reference data changed it), or its owner is heard again
 * (rule AV5). Made by the intake shard and, when it is told, by each stock shard. `number`: see NodeSilenceCommand.
 */
export type SilenceFact =
  | {
      readonly fact: 'NodeWentStale' | 'SilenceStepReached';
      readonly at: number;
      readonly node: NodeId;
      readonly number: number;
      readonly silence: Silence;
    }
  | { readonly fact: 'NodeCameBack'; readonly at: number; readonly node: NodeId; readonly number: number };

export type StockFact =
  /** A compensating entry of staff: on-hand by so many units more or less. */
  | {
      readonly fact: 'StockCorrected';
      readonly at: number;
      readonly keyDigest: string;
      readonly contentDigest: string;
      readonly sku: Sku;
      readonly node: NodeId;
      readonly units: number;
      readonly client: ClientId;
      readonly reason: string;
    }
  /** Sums that were not what their terms give, and what they are from then on (rule AV7). */
  | {
      readonly fact: 'SumsRepaired';
      readonly at: number;
      readonly sku: Sku;
      readonly by: ClientId;
      readonly reason: string;
      readonly repaired: readonly WrongSum[];
    }
  | SilenceFact
  | {
      readonly fact: 'UnitsAllocated';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly channel: ChannelId;
      readonly movementRef: string;
      readonly lines: readonly ReserveLine[];
      /** As in UnitsReserved. */
      readonly drawn?: readonly number[];
    }
  /** A hold, or this shard's part of one, ends as an allocation of these units; its others are given back (rule RS3). */
  | {
      readonly fact: 'HeldAllocated';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly from: ReservationId;
      readonly channel: ChannelId;
      readonly movementRef: string;
      readonly taken: readonly TakenUnits[];
    }
  | {
      readonly fact: 'AllocationMoved';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly moved: MovedUnits;
    }
  | {
      readonly fact: 'AllocationReduced';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly taken: readonly TakenUnits[];
    }
  /** Allocated units left their nodes, whose own systems may not have booked it yet (rule FD8). */
  | {
      readonly fact: 'UnitsDeparted';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly as: Departure;
      readonly movementRef: string;
      readonly happenedAt: number;
      readonly departed: readonly DepartedUnits[];
    }
  /** Units came back to a node, whose own system may not have booked it yet (rule FD8). */
  | {
      readonly fact: 'UnitsCameBack';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly channel: ChannelId;
      readonly movementRef: string;
      readonly sku: Sku;
      readonly node: NodeId;
      readonly units: number;
      /** As of units that depart. */
      readonly leftAt: number;
      readonly postedBy: number;
    }
  /** Units left a node for another one, where they are due (rule FD8). */
  | {
      readonly fact: 'UnitsTransferred';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly channel: ChannelId;
      readonly movementRef: string;
      readonly sku: Sku;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly units: number;
      readonly dueAt: number;
      /** As of units that depart. */
      readonly leftAt: number;
      readonly postedBy: number;
      /** Where they were allocated; absent: nobody was promised them. */
      readonly taken?: readonly TakenUnits[];
      /** They stay allocated, at the receiver. */
      readonly keep?: true;
    }
  | {
      readonly fact: 'UnitsWrittenOff';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly channel: ChannelId;
      readonly movementRef: string;
      readonly sku: Sku;
      readonly to: NodeId;
      readonly units: number;
      readonly reason: string;
    }
  /** Units are sold that are not there yet (rule OR9); more of a sku joins what the allocation waits for, under its terms. */
  | {
      readonly fact: 'UnitsAwaited';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly order: OrderId;
      /** Shard that is told when they come; absent: nobody is. */
      readonly tell?: number;
      readonly channel: ChannelId;
      readonly movementRef: string;
      readonly sku: Sku;
      readonly group: GroupId;
      readonly units: number;
      readonly placedAt: number;
      readonly priority: number;
      readonly dueAt: number;
    }
  | {
      readonly fact: 'WaitingStopped';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly sku: Sku;
      readonly units: number;
    }
  | { readonly fact: 'UnitsServed'; readonly at: number; readonly sku: Sku; readonly served: readonly ServedUnits[] }
  /** The order's shard has written down that units came. */
  | { readonly fact: 'ServingHeard'; readonly at: number; readonly serving: number }
  /** A node could not hand units over (rule OR8): so many of what is sellable there have another state; 0: none were left. */
  | {
      readonly fact: 'ShortDeclared';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly sku: Sku;
      readonly node: NodeId;
      readonly to: 'suspect' | 'damaged';
      readonly units: number;
      /** Now, or just after the newest snapshot there, which did not see it. ms since the epoch. */
      readonly seenAt: number;
    }
  | {
      readonly fact: 'AllocationRefused';
      readonly at: number;
      readonly id: AllocationId;
      readonly step: number;
      readonly refusal: Refused<AllocationRefusal>;
    }
  | {
      readonly fact: 'StockRecorded';
      readonly at: number;
      readonly event: Exclude<StockEvent, HeartbeatEvent>;
      /** Event quantity in units of the sku's scale; for a snapshot the on-hand. */
      readonly units: number;
      /** What FD15 carries to the position's next delta, in millionths of a unit; absent when nothing changes. */
      readonly carryMicros?: number;
      /** Who let it past the brakes (rule FD12). */
      readonly approvedBy?: ClientId;
    }
  | ({
      readonly fact: 'ReferenceApplied';
      readonly at: number;
      /** Of the book's change, and who made it; absent in older journals. */
      readonly version?: number;
      readonly by?: string;
      /** Rows of the change that could not be. */
      readonly refusedRows?: readonly RefusedRow[];
    } & RowsChanged)
  | {
      readonly fact: 'UnitsReserved';
      readonly at: number;
      /** 32 hex digits: digest of client and key (rule RS2). */
      readonly keyDigest: string;
      readonly contentDigest: string;
      readonly reservation: Reservation;
      /** Units of each line that came out of the channel's pool, in the order of the lines; absent: none did (rule AV2). */
      readonly drawn?: readonly number[];
    }
  | {
      /** A no about stock sticks to its key (rule RS2). */
      readonly fact: 'ReservationRefused';
      readonly at: number;
      readonly keyDigest: string;
      readonly contentDigest: string;
      readonly refusal: Refused<ReserveRefusal>;
    }
  | { readonly fact: 'UnitsReleased'; readonly at: number; readonly id: ReservationId; readonly end: HoldEnd }
  | { readonly fact: 'HoldExtended'; readonly at: number; readonly id: ReservationId; readonly expiresAt: number }
  | {
      readonly fact: 'UnitsMoved';
      readonly at: number;
      readonly id: ReservationId;
      readonly keyDigest: string;
      readonly contentDigest: string;
      readonly moved: MovedUnits;
    }
  | {
      readonly fact: 'PartMoved';
      readonly at: number;
      readonly saga: ReservationId;
      readonly move: number;
      readonly moved: MovedUnits;
    }
  | {
      readonly fact: 'PartMoveRefused';
      readonly at: number;
      readonly saga: ReservationId;
      readonly move: number;
      readonly refusal: Refused<MoveRefusal>;
    }
  | {
      readonly fact: 'PartHeld';
      readonly at: number;
      readonly saga: ReservationId;
      /** As in UnitsReserved, and whose it is; absent in older journals. */
      readonly keyDigest?: string;
      readonly client?: ClientId;
      readonly customer?: string;
      readonly channel: ChannelId;
      readonly lines: readonly ReserveLine[];
      /** As in UnitsReserved. */
      readonly drawn?: readonly number[];
    }
  | {
      readonly fact: 'PartRefused';
      readonly at: number;
      readonly saga: ReservationId;
      /** Of a no that sticks to the key. */
      readonly keyDigest?: string;
      readonly refusal: Refused<ReserveRefusal>;
    }
  /** A supply was due, or a first day of sale came, at or before `at`: bands may be others (rule AV6). */
  | { readonly fact: 'BandDatesReached'; readonly at: number }
  /** A safety rule began or ended at or before `at` (rule AV1). */
  | { readonly fact: 'SafetyDatesReached'; readonly at: number }
  /** Also when no part was held: the coordinator may give up before the request arrives, which must then stay without effect. */
  | {
      readonly fact: 'PartEnded';
      readonly at: number;
      readonly saga: ReservationId;
      readonly end: HoldEnd;
      readonly forgetsKey?: true;
    };

import type { AllocationOutcome, Departure } from './allocation.ts';
import type { AllocationId, ChannelId, ClientId, GroupId, NodeId, OrderId, ReservationId, Sku } from './ids.ts';
import type { MoveRefusal, Refused, ReserveRefusal } from './outcome.ts';
import type { Place, ReserveLine } from './reservation.ts';
import type { SkuAtNodes } from './sourcing.ts';

// How a coordinator (promise shard) asks stock shards for their part of a hold, and what they answer.
// Participants are idempotent by (saga, do): the same request again gets the same answer.

/** One step of an allocation. Numbers grow; the same step again has no further effect and gets the same answer. */
interface Step {
  readonly allocation: AllocationId;
  readonly step: number;
  /** Shard that is sent the answer; absent: only the caller gets it. */
  readonly replyTo?: number;
}

/** A line's units, of all those at its place. */
export type LineUnits = Place & { readonly sku: Sku; readonly units: number };

/** What an order asks of the units it has, or wants to have (rules RS3, FD8). */
export type AllocationStep =
  /** Units nobody holds yet; they join what the allocation has. */
  | (Step & {
      readonly do: 'allocate';
      readonly channel: ChannelId;
      readonly lines: readonly ReserveLine[];
      readonly partial: boolean;
      /** What the owner's movements will call it; absent: the allocation's id. Means nothing to one that exists. */
      readonly movementRef?: string;
    })
  /** Held units become allocated, the rest of the hold is given back; nobody can have any of them in between. */
  | (Step & {
      readonly do: 'allocate-held';
      readonly id: ReservationId;
      readonly client: ClientId;
      /** Absent: all lines. */
      readonly lines?: readonly LineUnits[];
      readonly movementRef?: string;
    })
  /** Allocated units find a node, or another one. */
  | (Step & {
      readonly do: 'move-allocated';
      readonly sku: Sku;
      readonly from: Place;
      readonly to: Place;
      readonly units?: number;
    })
  /** Given back; absent: all of it. */
  | (Step & { readonly do: 'reduce-allocated'; readonly lines?: readonly LineUnits[] })
  /** Units of an order came back to a node: a return. `movementRef`, `happenedAt` as above. */
  | (Step & {
      readonly do: 'take-back';
      readonly channel: ChannelId;
      readonly sku: Sku;
      readonly node: NodeId;
      readonly units: number;
      readonly movementRef?: string;
      readonly happenedAt?: number;
    })
  /**
   * Units leave a node for another one (rule FD8): allocated ones, or such as nobody was promised. `channel` is the
   * allocation's when it makes one. They arrive by the receiver's own movement, or by `take-back` there.
   */
  | (Step & {
      readonly do: 'transfer';
      readonly of: 'allocated' | 'available';
      /** Of allocated ones: they stay the allocation's, at the receiver, in nobody's way until they are there. */
      readonly keep?: true;
      readonly channel: ChannelId;
      readonly sku: Sku;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly units: number;
      readonly dueAt: number;
      readonly movementRef?: string;
      readonly happenedAt?: number;
    })
  /** Units in transit to a node are lost. */
  | (Step & {
      readonly do: 'write-off';
      readonly channel: ChannelId;
      readonly sku: Sku;
      readonly to: NodeId;
      readonly units: number;
      readonly reason: string;
      readonly movementRef?: string;
    })
  /**
   * Units that are not there yet are sold, and served the moment they come: the lower priority first, of one priority the
   * oldest promise (rule OR9). More of a sku that the allocation waits for already joins it, under its terms. Answered `waiting` with the date they are due; refused when no supply is known for them.
   */
  | (Step & {
      readonly do: 'await-units';
      readonly order: OrderId;
      readonly channel: ChannelId;
      readonly sku: Sku;
      readonly group: GroupId;
      readonly units: number;
      readonly placedAt: number;
      readonly priority: number;
      readonly movementRef?: string;
    })
  /** Units that wait and are no longer wanted; absent: all that wait. */
  | (Step & { readonly do: 'stop-waiting'; readonly sku: Sku; readonly units?: number })
  /**
   * Units a node was to hand over and could not find, or found unfit to sell (rule OR8). `not-found`: they, as far as they are
   * still promised there, and all that nobody was promised become `suspect`, until somebody counts; `damaged`: so many units
   * become `damaged`. The promises stay.
   */
  | (Step & {
      readonly do: 'declare-short';
      readonly as: 'not-found' | 'damaged';
      readonly sku: Sku;
      readonly node: NodeId;
      readonly units: number;
    })
  /** They left the node. `happenedAt`: when, ms since the epoch; absent: now, so after every snapshot that is known. */
  | (Step & {
      readonly do: 'ship-allocated';
      readonly as: Departure;
      readonly lines: readonly LineUnits[];
      readonly happenedAt?: number;
    });

export type StockPortCommand =
  | AllocationStep
  /** Ends the part: these units become allocated, its others are given back. Never refused, the coordinator has decided. */
  | {
      readonly do: 'allocate-part';
      readonly saga: ReservationId;
      readonly replyTo: number;
      readonly allocation: AllocationId;
      readonly step: number;
      readonly movementRef: string;
      readonly lines: readonly LineUnits[];
    }
  | {
      readonly do: 'hold-part';
      readonly saga: ReservationId;
      /** Where to send the answer. */
      readonly replyTo: number;
      /** Of the saga, ms since the epoch: what comes long after it is refused without a trace. */
      readonly startedAt: number;
      readonly client: ClientId;
      readonly customer?: string;
      /** Of client and key (keyDigestOf): other content for a sku of this shard is refused, before and after (rule RS2). */
      readonly keyDigest: string;
      readonly channel: ChannelId;
      readonly lines: readonly ReserveLine[];
      readonly partial: boolean;
    }
  /** Units of the part go to another place (rule RS7). Participants are idempotent by (saga, move) here. */
  | {
      readonly do: 'move-part';
      readonly saga: ReservationId;
      readonly replyTo: number;
      readonly channel: ChannelId;
      readonly move: number;
      readonly sku: Sku;
      readonly from: Place;
      readonly to: Place;
      readonly units?: number;
    }
  /** Only the coordinator ends a part: a hold over several shards never expires by halves (rule RS4). */
  | {
      readonly do: 'end-part';
      readonly saga: ReservationId;
      readonly replyTo: number;
      readonly reason: 'released' | 'expired' | 'abandoned';
      /** The reservation was refused for what may be put right: its key may be used again (rule RS2). */
      readonly forgetsKey?: true;
    }
  /** Where an order's skus are: advice for sourcing, of nodes of the group only. */
  | {
      readonly do: 'read-nodes';
      readonly replyTo: number;
      readonly order: OrderId;
      readonly ask: number;
      readonly group: GroupId;
      readonly skus: readonly Sku[];
    }
  /** The order's shard has written down that backordered units came; `unwanted`: it has no such order, they go back. */
  | {
      readonly do: 'units-heard';
      readonly allocation: AllocationId;
      readonly sku: Sku;
      readonly serving: number;
      readonly unwanted?: true;
    };

export type StockPortReply =
  | {
      readonly do: 'allocation-answered';
      readonly allocation: AllocationId;
      readonly step: number;
      readonly shard: number;
      readonly outcome: AllocationOutcome;
    }
  | {
      readonly do: 'part-held';
      readonly saga: ReservationId;
      readonly shard: number;
      /** Lines as granted, in the order asked. */
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;
    }
  | {
      readonly do: 'part-moved';
      readonly saga: ReservationId;
      readonly shard: number;
      readonly move: number;
      /** All lines of the part as they are held now. */
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<MoveRefusal>;
    }
  | { readonly do: 'part-ended'; readonly saga: ReservationId; readonly shard: number };

/** To an order shard. */
export type StockToOrder =
  | {
      readonly do: 'nodes-read';
      readonly order: OrderId;
      readonly ask: number;
      readonly shard: number;
      readonly skus: readonly SkuAtNodes[];
    }
  /** Backordered units have come and are the order's, at no certain node yet. Sent again until `units-heard`. */
  | {
      readonly do: 'units-came';
      readonly order: OrderId;
      readonly allocation: AllocationId;
      readonly shard: number;
      /** Number of the serving, growing within the shard: the same again has no effect. */
      readonly serving: number;
      readonly sku: Sku;
      readonly units: number;
    };

import type { NodeStock, SkuStock } from './change.ts';
import type { AllocationId, ChannelId, ClientId, NodeId, ReservationId, SafetyId, Sku } from './ids.ts';
import type { Movement } from './ledger.ts';
import type { Silence } from './silence.ts';
import type { KitComponent } from './reference.ts';
import type { UnavailableState } from './stock-event.ts';

// Why a number is what it is (rule AV8). First what a shard knows of a sku beyond its numbers, then the explanation that
// is made of it and of the ledger.

/** The snapshot a number rests on. `complete`: it was the end of a complete snapshot of the node, which keeps no id here. */
export interface SnapshotBase {
  readonly source: string;
  readonly id: string;
  readonly at: number;
  /** -1 when the source does not number its events. */
  readonly seq: number;
  readonly covers: 'count' | 'book';
  readonly complete: boolean;
}

/** Where units are promised: at one node, or to whichever of several. */
export type PromisedAt = { readonly node: NodeId } | { readonly nodes: readonly NodeId[] };

/** A hold on the sku that has not ended. */
export type OpenHold = PromisedAt & {
  readonly id: ReservationId;
  readonly units: number;
  /** Absent for a part of a reservation over several shards; its coordinator knows them. */
  readonly client?: ClientId;
  readonly expiresAt?: number;
};

/** Units of an order that have not left. */
export type OpenAllocation = PromisedAt & {
  readonly id: AllocationId;
  readonly channel: ChannelId;
  readonly movementRef: string;
  readonly units: number;
};

/** A movement of ours that is open at a node (rule FD8): allocated A, away S, booked B, and what of S a snapshot covers. */
export interface OpenMovement {
  readonly movementRef: string;
  /** Units leave the node, or come to it. */
  readonly direction: 'out' | 'in';
  readonly allocated: number;
  readonly away: number;
  readonly booked: number;
  readonly covered: number;
  /** What of it is in `departed`: max(0, away − max(booked, covered)), negative for units that come. */
  readonly departed: number;
  /** Of units sent to the node: what is in its `inbound`, and what was written off (rule FD8). */
  readonly inTransit?: number;
  /** Of what is in transit, allocated here: neither in `allocated` nor in `inbound` before it has come. */
  readonly kept?: number;
  readonly lost?: number;
}

export interface NodeTerms {
  /** Newest 100 of those that count for something. */
  readonly movements: readonly OpenMovement[];
  readonly node: NodeId;
  readonly nodeEnabled: boolean;
  readonly itemEnabled: boolean;
  /** The item at this node. */
  readonly positionEnabled: boolean;
  readonly base?: SnapshotBase;
  /** The newest snapshot that named states. */
  readonly statesBase?: SnapshotBase;
  /** The newest count: what `suspect` rests on. */
  readonly countBase?: SnapshotBase;
  /** The safety rule that holds here; absent: the node's own figure does. */
  readonly safetyRule?: SafetyId;
  /** The node is stale. */
  readonly silence?: Silence;
}

/** A channel's pool of the sku, all its rows together. */
interface PoolTerms {
  readonly channel: ChannelId;
  /** Of the channel. */
  readonly nodes: readonly NodeId[];
  readonly quota: number;
  /** Units of the channel's holds that came out of it. */
  readonly drawn: number;
}

/** One shard's word on a sku at one moment. */
export interface SkuTerms {
  readonly stock: SkuStock;
  /** Facts of the shard that are in it. */
  readonly lsn: number;
  /** Decimals the sku is counted in. */
  readonly scale: number;
  readonly nodes: readonly NodeTerms[];
  readonly channels: readonly { readonly channel: ChannelId; readonly nodes: readonly NodeId[] }[];
  /** Promised to nodes of a set, by set (rule AV2). */
  readonly demand: readonly { readonly nodes: readonly NodeId[]; readonly units: number }[];
  /** Quotas of channels; what is left of one is demand against every other channel. */
  readonly pools: readonly PoolTerms[];
  /** The newest 1,000. */
  readonly holds: readonly OpenHold[];
  readonly allocations: readonly OpenAllocation[];
}

/** Units that an event added; for a void, that it took back. */
export interface Cause {
  readonly units: number;
  readonly movement: Movement;
}

/**
 * `units` = base + Σ counted + folded. Of what counts the newest are listed, `more` says how many are not.
 * `folded`: units of movements that left their late-event window or were merged by the minute before the base came, and
 * of those older than the ledger (rule FD4).
 */
export interface SummedTerm {
  readonly units: number;
  readonly base?: Cause;
  readonly counted: number;
  readonly causes: readonly Cause[];
  readonly more: number;
  readonly folded: number;
}

/** Holds behind units, the newest 100; `more`: units of the others. */
export interface HeldTerm {
  readonly units: number;
  readonly holds: readonly OpenHold[];
  readonly more: number;
}

/** Allocations behind units, the newest 100; `more`: units of the others, less what the node's own system booked first. */
export interface AllocatedTerm {
  readonly units: number;
  readonly allocations: readonly OpenAllocation[];
  readonly more: number;
}

/** Rule AV1, term by term: available = max(0, onHand − unavailable − departed − reserved − allocated − safety). */
export interface NodeExplanation {
  readonly node: NodeId;
  /** Switched off, so available is 0 whatever the terms say. */
  readonly nodeEnabled: boolean;
  readonly itemEnabled: boolean;
  readonly positionEnabled: boolean;
  readonly onHand: SummedTerm;
  /** Σ of the states, each at least 0. */
  readonly unavailable: {
    readonly units: number;
    readonly states: readonly (SummedTerm & { readonly state: UnavailableState })[];
  };
  /** units = Σ departed of the movements + more. */
  readonly departed: { readonly units: number; readonly movements: readonly OpenMovement[]; readonly more: number };
  readonly reserved: HeldTerm;
  readonly allocated: AllocatedTerm;
  /**
   * `rule`: 'node', its own figure, or the id of the safety rule that holds. `since`: the reference data that set it.
   * `silence`: the node is stale, and `widenUnits` of the units are there because of that.
   */
  readonly safety: {
    readonly units: number;
    readonly rule: string;
    readonly since?: Movement;
    readonly silence?: Silence;
  };
  readonly available: number;
  readonly short: number;
  readonly asOf: NodeStock['asOf'];
  readonly uncertain: boolean;
}

/**
 * A demand group. Unplaced demand has holds behind it; what is left of a pool has none: units = max(0, quota − drawn), and
 * `pool` is its channel, for which it is no demand.
 */
export interface DemandExplanation extends HeldTerm {
  /** Of orders: units = Σ holds + Σ allocations + more. */
  readonly allocations: readonly OpenAllocation[];
  readonly nodes: readonly NodeId[];
  readonly pool?: ChannelId;
  readonly quota?: number;
  readonly drawn?: number;
}

/** Rule AV2: headroom = available − demand of the tightest choice of demand groups, ats = max(0, headroom − threshold). */
export interface ChannelExplanation {
  readonly channel: ChannelId;
  readonly nodes: readonly NodeId[];
  readonly tightest: {
    /** Places in the explanation's `demand`; none when the channel's own nodes are what limits it. */
    readonly groups: readonly number[];
    /** The channel's nodes and those of the groups, as far as the sku has a position there. */
    readonly nodes: readonly NodeId[];
    readonly available: number;
    readonly demand: number;
  };
  readonly headroom: number;
  /** Units of every sku kept back from the channel. */
  readonly threshold: number;
  readonly ats: number;
  readonly band: string;
}

/** A kit is what its components make (rule AV9): ats = the smallest of `kits`; `limitedBy` names whose it is. */
export interface KitExplanation {
  readonly components: readonly KitComponent[];
  readonly channels: readonly {
    readonly channel: ChannelId;
    readonly ats: number;
    readonly band: string;
    readonly components: readonly {
      readonly sku: Sku;
      readonly units: number;
      /** Of the component. */
      readonly ats: number;
      /** floor(ats / units). */
      readonly kits: number;
    }[];
    readonly limitedBy: readonly Sku[];
  }[];
}

export interface Explanation {
  readonly sku: Sku;
  readonly position: string;
  readonly revision: number;
  readonly nodes: readonly NodeExplanation[];
  readonly channels: readonly ChannelExplanation[];
  /** Unplaced demand, and behind it what is left of each pool. */
  readonly demand: readonly DemandExplanation[];
  /** Of a kit, which has no nodes, channels or demand of its own; explain its components for theirs. */
  readonly kit?: KitExplanation;
  /** Journal time at which the ledger begins; absent when it reaches back to the first fact. */
  readonly reachesFrom?: number;
}

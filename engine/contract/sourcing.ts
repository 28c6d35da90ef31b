import type { ChannelId, GroupId, NodeId, Sku } from './ids.ts';
import type { NodeGroupRef, NodeKind, NodeRef } from './reference.ts';
import type { Minor, OrderMethod } from './shop-order.ts';
import type { NodeLoad } from './work-order.ts';

// How an order finds its nodes (rules OR5, OR6): rules that business users edit, and the record of each decision.

export type RankBy = 'cost' | 'distance' | 'priority' | 'balance' | 'open-work';

/** One step of the waterfall: for whom it is, who may serve, in what order, under which constraints, and what when it fails. */
export interface SourcingStep {
  /** Unique within the set, shown in explanations. */
  readonly name: string;
  /** All that are given must hold; absent: every order. */
  readonly match?: {
    readonly channels?: readonly ChannelId[];
    readonly methods?: readonly OrderMethod[];
    /** At least one of them. */
    readonly tags?: readonly string[];
    readonly valueMinorMin?: Minor;
    readonly valueMinorMax?: Minor;
    readonly countries?: readonly string[];
    /** Beginning of the postcode. */
    readonly postcodes?: readonly string[];
    /** At least one line's department is one of them. */
    readonly departments?: readonly string[];
  };
  readonly candidates?: {
    readonly kinds?: readonly NodeKind[];
    readonly groups?: readonly GroupId[];
    readonly nodes?: readonly NodeId[];
    readonly except?: readonly NodeId[];
    readonly kmMax?: number;
  };
  /** Of plans that cost the same the first in this order; with `cost` first the cheapest plan is taken, otherwise the best ranked. */
  readonly rank: readonly RankBy[];
  /** For `priority`: lower is better; nodes that are not named come last. */
  readonly priorities?: Readonly<Record<NodeId, number>>;
  readonly constraints?: {
    /** Nodes that one order may be split over, >= 1; absent: any number. */
    readonly nodesMax?: number;
    /** Below that value of the order it is not split. */
    readonly splitValueMinorMin?: Minor;
    /** Units of one line stay together; absent: they may be split. */
    readonly wholeLines?: boolean;
    /** Lines of these departments come from one node. */
    readonly keepTogether?: readonly (readonly string[])[];
    /** Nodes whose owner is silent are left out (rule AV5); absent: yes. */
    readonly staleOut?: boolean;
    /** Units that stay on the shelf of a store for its own customers; absent: 0. */
    readonly leaveUnits?: number;
    /** A plan may miss the promised date; absent: no. */
    readonly mayBeLate?: boolean;
    /** What cannot be served is left and the rest goes; absent: all or nothing. */
    readonly partial?: boolean;
  };
  /** What when no plan is feasible; absent: the next step, and behind the last the queue `unfillable`. */
  readonly otherwise?: 'next' | 'queue' | 'backorder' | { readonly cancelAfterMs: number };
}

/** Cost model, in minor units of one currency: a plan costs Σ shipments (base + weight × zone) + handling + penalties. */
interface CostModel {
  /** Each further node of an order. */
  readonly splitMinor: Minor;
  /** Each whole unit picked, by kind of node; of what is weighed its share. */
  readonly handlingMinor: Readonly<Record<NodeKind, Minor>>;
  /** Added to a node's shipments at full capacity, in proportion to the share of it that is used, squared. */
  readonly pressureMinor: Minor;
}

/** A set of rules: one row of the reference kind `sourcing`. The row `live` decides, `shadow` is tried beside it. */
export interface SourcingRef {
  readonly id: string;
  readonly name: string;
  readonly steps: readonly SourcingStep[];
  readonly costs: CostModel;
  /** Without an accept of the node by then the work is pulled back, in ms; absent: never. */
  readonly acceptMs?: number;
  /** What is ready and not collected goes back on the shelf after that, in ms; absent: 7 days. */
  readonly collectMs?: number;
  /** The same short line is sourced again so often at most, then it is a person's. */
  readonly attemptsMax?: number;
}

/** A carrier's zones by distance: one row of the reference kind `carriers`. */
export interface CarrierRef {
  readonly id: string;
  readonly name: string;
  /** Kinds of node that it fetches from; absent: all. */
  readonly from?: readonly NodeKind[];
  readonly countries?: readonly string[];
  /** Ascending by kmMax; what is farther than the last is not served. */
  readonly zones: readonly CarrierZone[];
  /** Grams of one parcel at most. */
  readonly gramsMax?: number;
  /** Weekdays it drives, 1 Monday … 7 Sunday; absent: Monday to Friday. */
  readonly days?: readonly number[];
}

export interface CarrierZone {
  readonly zone: string;
  readonly kmMax: number;
  readonly baseMinor: Minor;
  readonly perKgMinor: Minor;
  /** Working days from the day it leaves. */
  readonly days: number;
}

export interface SourcingNeed {
  readonly line: string;
  readonly sku: Sku;
  readonly units: number;
  /** Of one whole unit. */
  readonly grams?: number;
  readonly department?: string;
}

/** Everything a decision is made of: with the rules it is all `source` sees. */
export interface SourcingOrder {
  readonly channel: ChannelId;
  readonly method: OrderMethod;
  readonly pickupNode?: NodeId;
  readonly tags: readonly string[];
  readonly valueMinor: Minor;
  readonly country?: string;
  readonly postcode?: string;
  readonly lat?: number;
  readonly lon?: number;
  /** What was promised, ms since the epoch. */
  readonly promisedAt?: number;
  readonly needs: readonly SourcingNeed[];
  /** Nodes that have already failed it. */
  readonly excluded: readonly { readonly node: NodeId; readonly why: string }[];
  /** Nodes it is served by already: they are no further shipment. */
  readonly with?: readonly NodeId[];
  /** Steps whose plans stock or nodes have refused too often: they are passed over. */
  readonly failedSteps?: readonly string[];
}

/** What a stock shard says of a sku: advice, its answer to a step decides. */
export interface SkuAtNodes {
  readonly sku: Sku;
  /** Of one whole unit, e.g. of one kg. */
  readonly grams?: number;
  /** Decimals of its unit: 3 means that 1250 units are 1.250 kg. Absent: 0. */
  readonly scale?: number;
  readonly department?: string;
  /** Nodes with available > 0; `stale`: the owner is silent. */
  readonly nodes: readonly { readonly node: NodeId; readonly available: number; readonly stale?: true }[];
}

/** Why a node was out, in the order they are checked. */
export type OutBecause =
  | 'excluded'
  | 'not-in-group'
  | 'switched-off'
  | 'cannot-ship'
  | 'cannot-pick-up'
  | 'not-a-candidate'
  | 'too-far'
  | 'no-carrier'
  | 'stale'
  | 'capacity-reached'
  | 'too-late'
  | 'no-units';

export interface CandidateRecord {
  readonly node: NodeId;
  readonly km?: number;
  readonly out?: OutBecause;
  /** Of each line needed what it has; absent for a node that is out and has nothing. */
  readonly available?: Readonly<Record<string, number>>;
  /** Its load, where the question was asked about it. */
  readonly open?: number;
  readonly today?: number;
  /** Its owner was silent. */
  readonly stale?: true;
}

export interface PlanPart {
  readonly node: NodeId;
  readonly carrier?: string;
  readonly zone?: string;
  readonly grams: number;
  readonly leavesAt?: number;
  readonly arrivesAt?: number;
  readonly costMinor: Minor;
  readonly lines: readonly { readonly line: string; readonly sku: Sku; readonly units: number }[];
}

export interface SourcingPlan {
  readonly parts: readonly PlanPart[];
  readonly costMinor: Minor;
  readonly splitMinor: Minor;
  readonly pressureMinor: Minor;
  /** Units nobody serves; empty: it serves all. */
  readonly missing: readonly { readonly line: string; readonly sku: Sku; readonly units: number }[];
}

export interface SourcingDecision {
  readonly rules: string;
  /** Step that decided; absent: none had a plan. */
  readonly step?: string;
  readonly plan?: SourcingPlan;
  readonly otherwise?: 'queue' | 'backorder' | { readonly cancelAfterMs: number };
  /** Each step that was tried, with why it did not decide. */
  readonly tried: readonly { readonly step: string; readonly why: string }[];
  /** 100 at most, those in first. */
  readonly candidates: readonly CandidateRecord[];
  readonly candidatesInAll: number;
  /** The plans that were compared, cheapest first, 5 at most; the chosen one is `plan`. */
  readonly compared: readonly SourcingPlan[];
  /** True when the search was ended by its bound: there may be a cheaper plan. */
  readonly bounded: boolean;
}

/** The book's rows a decision looks at, by rowKey. */
export interface SourcingWorld {
  readonly rules: SourcingRef;
  readonly carriers: ReadonlyMap<string, CarrierRef>;
  readonly nodes: ReadonlyMap<string, NodeRef>;
  readonly groups: ReadonlyMap<string, NodeGroupRef>;
  /** Nodes that may serve the order: those of its channel's group. */
  readonly group: readonly NodeId[];
}

/** Finds the nodes of an order. Pure: the same arguments give the same decision, whatever order their rows come in (rules OR5, OR6). */
export type Source = (
  world: SourcingWorld,
  order: SourcingOrder,
  skus: readonly SkuAtNodes[],
  loads: readonly NodeLoad[],
  atMs: number,
) => SourcingDecision;

import type { AutomationRef } from './automation.ts';
import type { ChannelId, NodeId, OrderId, Sku } from './ids.ts';
import type { Minor, OrderMethod } from './shop-order.ts';
import type { SourcingRef } from './sourcing.ts';

// What rules would do, without any effect (rule OR6).

/** An order nobody has placed. */
export interface DraftOrder {
  readonly channel: ChannelId;
  readonly method: OrderMethod;
  readonly pickupNode?: NodeId;
  readonly tags: readonly string[];
  readonly valueMinor: Minor;
  readonly country?: string;
  readonly postcode?: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly lines: readonly { readonly sku: Sku; readonly units: number }[];
}

/** Orders placed at `from` or later and before `to`, ms since the epoch, the newest first, `limit` at most. */
export interface TrialAsked {
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  /** Only of these; absent: of all. */
  readonly channels?: readonly ChannelId[];
}

/** Orders that one trial looks at, at most. */
export const TRIAL_ORDERS_MAX = 2_000;

/** What a set of rules made of all orders that were compared. */
export interface SourcingTally {
  /** Orders it had no plan for. */
  readonly unfillable: number;
  /** Units it left, of orders with a plan too. */
  readonly missingUnits: number;
  /** Orders from several nodes. */
  readonly splits: number;
  /** Nodes that ship, or hand over, over all orders. */
  readonly shipments: number;
  /** Σ km of shipments, as far as it is known where they go. */
  readonly km: number;
  /** By the costs of the live rules, whichever set decided: what is compared must be measured alike. */
  readonly costMinor: Minor;
}

/** What became of one order. */
export interface TriedPlan {
  /** Absent: no step had a plan. */
  readonly step?: string;
  readonly nodes: readonly NodeId[];
  readonly missingUnits: number;
  readonly km: number;
  readonly costMinor: Minor;
  /** When the last of it arrives. */
  readonly arrivesAt?: number;
}

export interface SourcingDifference {
  readonly order: OrderId;
  readonly number: string;
  readonly placedAt: number;
  readonly live: TriedPlan;
  readonly tried: TriedPlan;
}

export interface SourcingComparison {
  /** Orders compared; their first decision each. */
  readonly orders: number;
  /** Orders of that time without such a decision: not sourced yet, or nothing to source. */
  readonly passedOver: number;
  readonly live: SourcingTally;
  readonly tried: SourcingTally;
  /** Orders that went elsewhere, or not. */
  readonly differ: number;
  /** Of them such as would arrive later, or sooner, by a day or more. */
  readonly later: number;
  readonly sooner: number;
  /** The first 100. */
  readonly differences: readonly SourcingDifference[];
}

export interface AutomationAsked extends TrialAsked {
  readonly automation: AutomationRef;
}

export interface AutomationTrial {
  /** Orders looked at. */
  readonly orders: number;
  /** For how many of them it would have run. */
  readonly runs: number;
  /** The first 100 of these. */
  readonly ran: readonly { readonly order: OrderId; readonly number: string; readonly placedAt: number }[];
}

export interface SimulationAsked extends TrialAsked {
  readonly rules: SourcingRef;
}

// Bodies of the routes under /v1/sourcing: what rules would do, without any effect (rule OR6).

/** What a set of rules made of all orders that were compared. */
interface SourcingTallyInfo {
  /** Orders it had no plan for. */
  readonly unfillable: number;
  /** Units it left. */
  readonly missingUnits: number;
  /** Orders from several nodes. */
  readonly splits: number;
  /** Nodes that ship, or hand over, over all orders. */
  readonly shipments: number;
  /** Sum over shipments, as far as it is known where they go. */
  readonly km: number;
  /** By the costs of the live rules, whichever set decided. */
  readonly costMinor: number;
}

/** What became of one order; without `step` nothing decided. */
interface TriedPlanInfo {
  readonly step?: string;
  readonly nodes: readonly string[];
  readonly missingUnits: number;
  readonly km: number;
  readonly costMinor: number;
  /** When the last of it arrives, ms since the epoch. */
  readonly arrivesAt?: number;
}

interface SourcingDifferenceInfo {
  readonly order: string;
  readonly number: string;
  readonly placedAt: number;
  readonly live: TriedPlanInfo;
  readonly tried: TriedPlanInfo;
}

/** `POST /v1/sourcing/simulate`, `GET /v1/sourcing/shadow?from=&to=&limit=`. */
export interface SourcingComparisonInfo {
  /** Orders compared, by their first decision each. */
  readonly orders: number;
  /** Orders of that time that were passed over: not sourced yet, or nothing to compare. */
  readonly passedOver: number;
  readonly live: SourcingTallyInfo;
  readonly tried: SourcingTallyInfo;
  /** Orders that would go elsewhere. */
  readonly differ: number;
  /** Of them such as would arrive later, or sooner, by a day or more. */
  readonly later: number;
  readonly sooner: number;
  /** The first 100. */
  readonly differences: readonly SourcingDifferenceInfo[];
}

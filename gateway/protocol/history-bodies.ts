import type { OutfeedMovement } from './movement-bodies.ts';
import type { ComponentInfo } from './stock-bodies.ts';

// Bodies of the routes that explain numbers: ledger and explanation (rule AV8).

/** One row of the movement ledger. */
export interface MovementInfo extends OutfeedMovement {
  /** Place in the ledger; goes into `after`. */
  readonly row: number;
  /** Journal time, ms since the epoch; `at` is the source's time. */
  readonly recordedAt: number;
}

/**
 * `GET /v1/ledger?sku=&node=&kind=&from=&to=&after=&order=&limit=&minPosition=` (staff), newest first unless
 * `order=oldest`; `from` and `to` are journal times. With `Accept: text/csv` the same rows as a file.
 */
export interface LedgerInfo {
  readonly movements: readonly MovementInfo[];
  /** Goes into `after`; absent when there is no more. */
  readonly next?: number;
  /** Journal time at which the ledger begins; absent when it reaches back to the first fact. */
  readonly reachesFrom?: number;
}

/** Units that a movement added to a term; for a void, what it took back. */
export interface CauseInfo {
  readonly units: number;
  readonly movement: MovementInfo;
}

/** units = base + counted + folded; `causes` are the newest of what counts, `more` says how many are not listed. */
export interface SummedInfo {
  readonly units: number;
  readonly base?: CauseInfo;
  readonly counted: number;
  readonly causes: readonly CauseInfo[];
  readonly more: number;
  /** Units of movements that left their window before the base came, or that are older than the ledger. */
  readonly folded: number;
}

/** units = Σ holds + more. */
export interface HeldInfo {
  readonly units: number;
  readonly holds: readonly {
    readonly id: string;
    readonly units: number;
    readonly node?: string;
    readonly nodes?: readonly string[];
    readonly client?: string;
    readonly expiresAt?: number;
  }[];
  readonly more: number;
}

interface AllocationInfo {
  readonly id: string;
  readonly channel: string;
  readonly movementRef: string;
  readonly units: number;
  readonly node?: string;
  readonly nodes?: readonly string[];
}

/** units = Σ departed + more (rule FD8). */
interface DepartedInfo {
  readonly units: number;
  readonly movements: readonly {
    readonly movementRef: string;
    readonly direction: 'out' | 'in';
    readonly allocated: number;
    readonly away: number;
    readonly booked: number;
    readonly covered: number;
    readonly departed: number;
    /** Of units sent to the node: in its inbound still, and written off. */
    readonly inTransit?: number;
    /** Of these, allocated here: neither in allocated nor in inbound before they have come. */
    readonly kept?: number;
    readonly lost?: number;
  }[];
  readonly more: number;
}

/** Rule AV1, term by term. */
export interface NodeExplained {
  readonly node: string;
  readonly nodeEnabled: boolean;
  readonly itemEnabled: boolean;
  readonly positionEnabled: boolean;
  readonly onHand: SummedInfo;
  readonly unavailable: {
    readonly units: number;
    readonly states: readonly (SummedInfo & { readonly state: string })[];
  };
  readonly departed: DepartedInfo;
  readonly reserved: HeldInfo;
  /** units = Σ allocations + more, which is below 0 while the node's own system is ahead of us. */
  readonly allocated: {
    readonly units: number;
    readonly allocations: readonly AllocationInfo[];
    readonly more: number;
  };
  /** `rule`: 'node', or the id of the safety rule that holds. `silence`: the node is stale, which adds its `widenUnits`. */
  readonly safety: {
    readonly units: number;
    readonly rule: string;
    readonly since?: MovementInfo;
    readonly silence?: {
      readonly source: string;
      readonly since: number;
      readonly widenUnits: number;
      readonly switchedOff: boolean;
    };
  };
  readonly available: number;
  readonly short: number;
  readonly asOf: Readonly<Record<string, number>>;
  readonly uncertain: boolean;
}

/** Rule AV2: headroom = tightest.available − tightest.demand; ats = max(0, headroom − threshold). */
export interface ChannelExplained {
  readonly channel: string;
  readonly nodes: readonly string[];
  /** The choice of demand groups that leaves least; `groups` are places in `demand`. */
  readonly tightest: {
    readonly groups: readonly number[];
    readonly nodes: readonly string[];
    readonly available: number;
    readonly demand: number;
  };
  readonly headroom: number;
  readonly threshold: number;
  readonly ats: number;
  readonly band: string;
}

/** Unplaced demand, or what is left of the pool of channel `pool`: max(0, quota − drawn), no holds behind it. */
export interface DemandExplained extends HeldInfo {
  /** Of orders: units = Σ holds + Σ allocations + more. */
  readonly allocations: readonly AllocationInfo[];
  readonly nodes: readonly string[];
  readonly pool?: string;
  readonly quota?: number;
  readonly drawn?: number;
}

interface KitExplained {
  readonly components: readonly ComponentInfo[];
  readonly channels: readonly {
    readonly channel: string;
    readonly ats: number;
    readonly band: string;
    readonly components: readonly (ComponentInfo & { readonly ats: number; readonly kits: number })[];
    readonly limitedBy: readonly string[];
  }[];
}

/** `GET /v1/stock/{sku}/explain?channel=&node=` (staff): every term with the events and holds behind it. */
export interface StockExplained {
  readonly sku: string;
  readonly e: string;
  readonly r: number;
  readonly position: string;
  readonly nodes: readonly NodeExplained[];
  readonly channels: readonly ChannelExplained[];
  readonly demand: readonly DemandExplained[];
  /** Of a kit, which has no nodes and channels of its own: the smallest of `kits` is its ats, `limitedBy` whose it is. */
  readonly kit?: KitExplained;
  /** Journal time at which the ledger begins; absent when it reaches back to the first fact. */
  readonly reachesFrom?: number;
}

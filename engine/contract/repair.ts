import type { ChannelId, ClientId, NodeId, Sku } from './ids.ts';
import type { Refused, RepairRefusal } from './outcome.ts';

// A compensating entry for what the invariant watch reports: a sum that is kept beside its terms is worked out from them
// again (rule AV7). Terms are events, holds and allocations; nothing of them is changed.

/** `allocated-for` one reference; `channel-sum` of what is available at a channel's nodes; flags are 0 or 1. */
export type SumName =
  | 'reserved'
  | 'unavailable'
  | 'allocated-for'
  | 'allocated'
  | 'departed'
  | 'available'
  | 'short'
  | 'shortfall'
  | 'filled'
  | 'channel-sum'
  | 'demand'
  | 'drawn';

/** A sum that is not what its terms give. */
export interface WrongSum {
  readonly sum: SumName;
  readonly node?: NodeId;
  /** Of `allocated-for`. */
  readonly ref?: string;
  /** Of `channel-sum`, and of what was `drawn` of its pool. */
  readonly channel?: ChannelId;
  /** Of `demand`: the nodes that may serve it. */
  readonly nodes?: readonly NodeId[];
  readonly before: number;
  readonly after: number;
}

/** Sums put right at once; more are left for the next time somebody asks. */
export const REPAIRED_MAX = 1_000;

export interface RepairRequest {
  readonly sku: Sku;
  /** Who asks for it, and why: up to 200 characters. */
  readonly by: ClientId;
  readonly reason: string;
}

export type RepairOutcome =
  | { readonly status: 'repaired'; readonly position: string; readonly repaired: readonly WrongSum[] }
  | Refused<RepairRefusal>;

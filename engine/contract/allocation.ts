import type { AllocationId, ChannelId } from './ids.ts';
import type { AllocationRefusal, Refused } from './outcome.ts';
import type { ReserveLine } from './reservation.ts';

/** Units that an order has for good: no expiry (rule RS3). */
export interface Allocation {
  readonly id: AllocationId;
  readonly channel: ChannelId;
  /** What the owner's own movements call it (rule FD8). */
  readonly movementRef: string;
  /** What has not left yet; a line on a group has no node so far. Empty when all was shipped or given back. */
  readonly lines: readonly ReserveLine[];
}

/** How units left us: handed to a carrier, or to the customer at the node. */
export type Departure = 'shipped' | 'collected';

/** The allocation as the step left it. */
export type AllocationOutcome =
  | { readonly status: 'allocated'; readonly allocation: Allocation }
  /** Sold, and due by then (ms since the epoch); `units` wait in all. */
  | { readonly status: 'waiting'; readonly dueAt: number; readonly units: number }
  | Refused<AllocationRefusal>;

/** Newest ship times remembered one by one per position and reference; older ones are joined (rule FD8). */
export const DEPARTURES_MAX = 32;

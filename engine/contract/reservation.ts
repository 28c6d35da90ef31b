import type { ChannelId, ClientId, GroupId, NodeId, ReservationId, Sku } from './ids.ts';
import type { Refused, ReservationRefusal, ReserveRefusal } from './outcome.ts';

/** Units of a sku at one node, or at whichever nodes of a group turn out to have them. */
export type ReserveLine =
  | { readonly sku: Sku; readonly units: number; readonly node: NodeId }
  | { readonly sku: Sku; readonly units: number; readonly group: GroupId };

export interface ReserveRequest {
  /** Makes a retry safe: same client, key and content get the first answer (rule RS2). */
  readonly key: string;
  readonly client: ClientId;
  readonly channel: ChannelId;
  readonly lines: readonly ReserveLine[];
  readonly holdMs: number;
  /** true: as much of each line as there is, instead of all or none. */
  readonly partial: boolean;
}

/** Default hold, in ms: 15 minutes covers a checkout with a second look (rule RS4). */
export const HOLD_MS_DEFAULT = 15 * 60_000;
/** Longest hold, in ms: longer is an order, not a cart (rule RS4). */
export const HOLD_MS_MAX = 4 * 3_600_000;
/** Lines of one reservation at most: the largest real basket seen in the samples has 137. */
export const LINES_MAX = 200;

export type ReservationState = 'held' | 'allocated' | 'released' | 'expired';

export interface Reservation {
  readonly id: ReservationId;
  readonly client: ClientId;
  readonly channel: ChannelId;
  readonly state: ReservationState;
  /** With `partial`, `units` is what was granted, which may be less than asked. */
  readonly lines: readonly ReserveLine[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

export type ReserveOutcome =
  | { readonly status: 'reserved'; readonly reservation: Reservation; readonly position: string }
  | Refused<ReserveRefusal>;

export type ReleaseOutcome =
  | { readonly status: 'released'; readonly reservation: Reservation }
  | Refused<ReservationRefusal>;

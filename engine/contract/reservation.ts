import type { ChannelId, ClientId, GroupId, NodeId, ReservationId, Sku } from './ids.ts';
import { digestHex } from './digest.ts';
import type { KitLine } from './kit.ts';
import type { ExtendRefusal, MoveRefusal, Refused, ReservationRefusal, ReserveRefusal } from './outcome.ts';

/** Units of a sku at one node, or at whichever nodes of a group turn out to have them. */
export type ReserveLine =
  | { readonly sku: Sku; readonly units: number; readonly node: NodeId }
  | { readonly sku: Sku; readonly units: number; readonly group: GroupId };

/** Where a line's units are held. */
export type Place = { readonly node: NodeId } | { readonly group: GroupId };

export interface ReserveRequest {
  /** Makes a retry safe: same client, key and content get the first answer (rule RS2). */
  readonly key: string;
  readonly client: ClientId;
  /** Whom the client buys for, by a name of its own; quotas are counted for each (rule RS6). Absent: for itself. */
  readonly customer?: string;
  readonly channel: ChannelId;
  readonly lines: readonly ReserveLine[];
  readonly holdMs: number;
  /** true: as much of each line as there is, instead of all or none. */
  readonly partial: boolean;
}

/** The line by its fields alone and in this order, whoever wrote it: digests are over them, and the byte codec reads them so. */
export function lineOf(line: ReserveLine, units = line.units): ReserveLine {
  const { sku } = line;
  return 'node' in line ? { sku, units, node: line.node } : { sku, units, group: line.group };
}

/** As `lineOf`: a caller may write fields in any order, facts and state have one. */
export function requestOf({ key, client, customer, channel, lines, holdMs, partial }: ReserveRequest): ReserveRequest {
  const whom = customer === undefined ? { key, client } : { key, client, customer };
  return { ...whom, channel, lines: lines.map((line) => lineOf(line)), holdMs, partial };
}

/** By what stock shards know a client's key, also one whose reservation spans shards (rule RS2). 32 hex digits. */
export function keyDigestOf({ client, key }: Pick<ReserveRequest, 'client' | 'key'>): string {
  return digestHex(`${client}\u0000${key}`);
}

/** Default hold, in ms: 15 minutes covers a checkout with a second look (rule RS4). */
export const HOLD_MS_DEFAULT = 15 * 60_000;
/** Longest hold, in ms: longer is an order, not a cart (rule RS4). */
export const HOLD_MS_MAX = 4 * 3_600_000;
/** Lines of one reservation at most: the largest real basket seen in the samples has 137. */
export const LINES_MAX = 200;

/** Extensions of one reservation at most: a checkout that needs more is abandoned (rule RS6). */
export const EXTENSIONS_MAX = 10;
/** Moves of one reservation at most, so that what a hold remembers of their keys is bounded (rule RS6). */
export const MOVES_MAX = 50;

export type ReservationState = 'held' | 'allocated' | 'released' | 'expired';

export interface Reservation {
  readonly id: ReservationId;
  readonly client: ClientId;
  readonly customer?: string;
  readonly channel: ChannelId;
  readonly state: ReservationState;
  /** With `partial`, `units` is what was granted, which may be less than asked. */
  readonly lines: readonly ReserveLine[];
  /** Kits as they were asked; their components are held among the lines (rule AV9). Absent: none. */
  readonly kits?: readonly KitLine[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** How often it was extended; absent: never. */
  readonly extensions?: number;
}

/** Where a page of reservations begins: behind this one, in the order of `newestPage`. */
export interface ReservationsAfter {
  readonly createdAt: number;
  readonly id: string;
}

/** Held reservations, of one client or of all; of these channels only, with a line at one of these nodes only. */
export interface ReservationsAsked {
  readonly client?: ClientId;
  readonly channels?: readonly string[];
  readonly nodes?: readonly string[];
  readonly after?: ReservationsAfter;
  readonly limit: number;
}

/** The newest first, of one moment by id: an order that no later reservation changes. */
export function newestPage(all: readonly Reservation[], asked: ReservationsAsked): Reservation[] {
  const { after, limit } = asked;
  const wanted = all.filter((one) => isAskedFor(one, asked) && (after === undefined || newestFirst(after, one) < 0));
  return wanted.toSorted(newestFirst).slice(0, limit);
}

function isAskedFor({ channel, lines }: Reservation, { channels, nodes }: ReservationsAsked): boolean {
  if (channels !== undefined && !channels.includes(channel)) return false;
  return nodes === undefined || lines.some((line) => 'node' in line && nodes.includes(line.node));
}

function newestFirst(a: ReservationsAfter, b: ReservationsAfter): number {
  // A longer id is of a shard with a longer number or made later in it.
  return b.createdAt - a.createdAt || b.id.length - a.id.length || (a.id > b.id ? -1 : Number(a.id < b.id));
}

export type ReserveOutcome =
  | { readonly status: 'reserved'; readonly reservation: Reservation; readonly position: string }
  | Refused<ReserveRefusal>;

export type ReleaseOutcome =
  | { readonly status: 'released'; readonly reservation: Reservation }
  | Refused<ReservationRefusal>;

export interface ExtendRequest {
  readonly id: ReservationId;
  readonly client: ClientId;
  /** Hold time in all, from when the reservation was made, ms: sent twice it means the same (rule RS4). */
  readonly holdMs: number;
}

export type ExtendOutcome = { readonly status: 'extended'; readonly reservation: Reservation } | Refused<ExtendRefusal>;

/** Units of a held line go to another place (rule RS7). */
export interface MoveRequest {
  /** Makes a retry safe: the same move again has no further effect. */
  readonly key: string;
  readonly id: ReservationId;
  readonly client: ClientId;
  readonly sku: Sku;
  readonly from: Place;
  readonly to: Place;
  /** Absent: all units of the line. */
  readonly units?: number;
}

export type MoveOutcome = { readonly status: 'moved'; readonly reservation: Reservation } | Refused<MoveRefusal>;

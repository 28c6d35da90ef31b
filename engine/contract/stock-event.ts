import type { ChannelId, EventId, NodeId, Sku, SourceId } from './ids.ts';

// What an ingestor hands to the engine: one thing a source system said about one sku at one node (SPEC.md §3).

/** Units inside on-hand that must not be sold, by state. */
export const UNAVAILABLE_STATES = ['damaged', 'quality-hold', 'display', 'suspect', 'other'] as const;
export type UnavailableState = (typeof UNAVAILABLE_STATES)[number];

export const DELTA_REASONS = [
  'sale',
  'return',
  'receipt',
  'shipment',
  'transfer-in',
  'transfer-out',
  'count',
  'damage',
  'other',
] as const;
export type DeltaReason = (typeof DELTA_REASONS)[number];

interface EventHead {
  readonly source: SourceId;
  /** Unique per source and sku; the same line sent again carries the same id (rule FD1). */
  readonly id: EventId;
  /** When it happened, by the source's clock, ms since the epoch. */
  readonly at: number;
  /** When the source booked it, ms since the epoch; absent where the source does not say (rule FD2). */
  readonly postedAt?: number;
  /** The source's own numbering of its events, where it has one: stream (a till, say), epoch (restarts), number. */
  readonly stream?: string;
  readonly epoch?: number;
  readonly seq?: number;
  /** Where the movement came from, when it is a sale or return of a channel. */
  readonly channel?: ChannelId;
  /** The source's business reference: receipt number, delivery number. */
  readonly ref?: string;
}

/** Absolute quantity of one sku at one node. */
export interface SnapshotEvent extends EventHead {
  readonly kind: 'snapshot';
  readonly sku: Sku;
  readonly node: NodeId;
  /** In sellable units, decimals allowed up to the sku's scale. */
  readonly quantity: number;
  /** `count`: somebody looked at the shelf. `book`: the owner's ledger (rule FD2). */
  readonly covers: 'count' | 'book';
  /** `available` is a number another system already netted; it is never taken for on-hand (rule FD14). */
  readonly carries: 'on-hand' | 'available';
  /** When given, the whole split of unavailable units: states not named are 0. When absent, states are left as they are. */
  readonly states?: Readonly<Partial<Record<UnavailableState, number>>>;
  /** On-hand the sender takes for granted, in sellable units: another number refuses the event (rule FD6). */
  readonly expected?: number;
}

/**
 * Ends a complete snapshot of a node: every position there without a snapshot of this time or later becomes 0.
 * Sent after the rows of the message it completes, in a call of its own, and only when all of them were taken: its brakes
 * (rule FD12) are judged by what those rows left.
 */
export interface CompleteEvent extends EventHead {
  readonly kind: 'complete';
  readonly node: NodeId;
  readonly covers: 'count' | 'book';
}

export interface DeltaEvent extends EventHead {
  readonly kind: 'delta';
  readonly sku: Sku;
  readonly node: NodeId;
  /** Signed: a sale is negative. */
  readonly quantity: number;
  readonly reason: DeltaReason;
  /** Reference of the inbound supply this receipt fulfils, if any. */
  readonly inboundRef?: string;
  /** As of a snapshot. */
  readonly expected?: number;
  /** The shipment or order of ours that this movement carries out, by the reference we gave it (rule FD8). */
  readonly movementRef?: string;
}

/** Units change state inside on-hand. */
export interface MoveEvent extends EventHead {
  readonly kind: 'move';
  readonly sku: Sku;
  readonly node: NodeId;
  readonly quantity: number;
  readonly from: UnavailableState | 'sellable';
  readonly to: UnavailableState | 'sellable';
}

/** Sets the dated supply known by `inboundRef`; the newest `at` wins, quantity 0 cancels. */
export interface InboundEvent extends EventHead {
  readonly kind: 'inbound';
  readonly sku: Sku;
  readonly node: NodeId;
  readonly inboundRef: string;
  readonly quantity: number;
  readonly dueAt: number;
}

/** Annuls an earlier delta, move or inbound event of the same source by its id; may arrive before it. */
export interface VoidEvent extends EventHead {
  readonly kind: 'void';
  readonly sku: Sku;
  readonly node: NodeId;
  readonly voids: EventId;
}

/** The source is alive and has nothing to say. */
export interface HeartbeatEvent extends EventHead {
  readonly kind: 'heartbeat';
  readonly node?: NodeId;
}

type PositionEvent = SnapshotEvent | DeltaEvent | MoveEvent | InboundEvent | VoidEvent;
export type StockEvent = PositionEvent | CompleteEvent | HeartbeatEvent;

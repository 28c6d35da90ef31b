import type { ChannelId, NodeId, Sku, SourceId } from './ids.ts';
import type { Shortfall } from './shortfall.ts';
import type { ChannelRef, KitComponent } from './reference.ts';
import type { UnavailableState } from './stock-event.ts';

// What a stock shard says to the world about a sku, once the facts behind it are durable.

/** Public view of a channel's stock (rule AV6). The last two: nothing is there, and what is due may be sold. */
export type Band = 'in-stock' | 'low-stock' | 'out-of-stock' | 'back-order' | 'pre-order';

/** A channel's band became another one. */
export interface BandCrossing {
  readonly channel: ChannelId;
  readonly was: Band;
  readonly band: Band;
  /** The shard's fact that did it; with the channel it names the crossing, however often it is told. */
  readonly revision: number;
}

/** What is switched off, so that nothing is available: the node, by hand or because it is stale; the item; or the item at the node. The first of them is named. */
export type SwitchedOff = 'node' | 'silence' | 'item' | 'position';

/** The terms of rule AV1 at one node, in units of the sku's scale. */
export interface NodeStock {
  readonly node: NodeId;
  readonly onHand: number;
  readonly unavailable: number;
  readonly states: Readonly<Partial<Record<UnavailableState, number>>>;
  readonly departed: number;
  readonly reserved: number;
  readonly allocated: number;
  readonly safety: number;
  /** Units of the safety stock that the silence of the node's owner adds; absent: 0 (rule AV5). */
  readonly safetyWidened?: number;
  /** The node is stale: its owner was heard last then; absent: it is not (rule AV5). */
  readonly silentSince?: number;
  /** Units of the safety stock that demand has eaten into; absent: 0 (rule AV4). */
  readonly safetyUsed?: number;
  /** Absent: switched on (rule AV1). */
  readonly off?: SwitchedOff;
  readonly available: number;
  /** Units promised beyond what is there, >= 0: a feed took them away (rule AV7). */
  readonly short: number;
  /** Σ dated supply still open. */
  readonly inbound: number;
  /** Newest source time that moved or confirmed this number, per source system, ms since the epoch (rule AV5). */
  readonly asOf: Readonly<Record<SourceId, number>>;
  /** True when a snapshot had to be judged by source time alone (rule FD2). */
  readonly uncertain: boolean;
}

export interface ChannelStock {
  readonly channel: ChannelId;
  /** Available to sell, units >= 0 (rule AV2). */
  readonly ats: number;
  /** Units promised to the channel's node groups that have no node yet. */
  readonly unplaced: number;
  /** Units of other channels' pools that have a claim on this channel's nodes; absent: 0. */
  readonly pools?: number;
  /** What is left of the channel's own pool; absent: 0. */
  readonly ownPool?: number;
  /** Units kept back from the channel; absent: 0. */
  readonly threshold?: number;
  readonly band: Band;
  /** Every node of the channel that has the sku is stale, the last of them since then; absent: one at least is not (rule AV5). */
  readonly silentSince?: number;
  /** Newest source time over the channel's nodes for this sku, ms since the epoch; 0 when nobody has said anything. */
  readonly asOf: number;
}

/** A kit as its shard has it: what its numbers are made of beside its components' (rule AV9). */
export interface KitRow {
  readonly components: readonly KitComponent[];
  /** How often it was defined, from 1. */
  readonly version: number;
  /** The item is switched off. */
  readonly isOff: boolean;
  readonly limits: readonly Pick<ChannelRef, 'id' | 'lowAt' | 'clearAt'>[];
}

/** A sku's whole stock: what `GET /v1/stock/{sku}` shows to staff (rule AV4). */
export interface SkuStock {
  readonly sku: Sku;
  /** Position of the last fact that touched the sku, opaque to callers. */
  readonly position: string;
  /** Grows with every fact that touches the sku, never repeats within an epoch. */
  readonly revision: number;
  readonly channels: readonly ChannelStock[];
  readonly nodes: readonly NodeStock[];
  readonly inbound: readonly InboundStock[];
  /** When the sku is a kit (rule AV9). */
  readonly kit?: KitRow;
}

export interface InboundStock {
  readonly node: NodeId;
  readonly inboundRef: string;
  /** Still open: ordered less received, units >= 0. */
  readonly units: number;
  readonly dueAt: number;
  /** On its way from another node; `inboundRef` is the transfer's reference (rule FD8). */
  readonly inTransit?: true;
}

/** Published after each batch, one per sku the batch touched: whole channel states, and the nodes that moved. */
export interface StockChange {
  readonly sku: Sku;
  readonly revision: number;
  readonly position: string;
  /** When the engine decided it, ms since the epoch. */
  readonly at: number;
  /** When the oldest event in it was received, ms since the epoch with fractions: start of the push latency. 0 when no event did. */
  readonly receivedAt: number;
  /** Facts folded into this change. */
  readonly facts: number;
  /** Bands that were crossed, in order, the newest 64; absent: none. After a restart those of the last facts may come again. */
  readonly crossings?: readonly BandCrossing[];
  readonly channels: readonly ChannelStock[];
  readonly nodes: readonly NodeStock[];
  /** Shortfalls that opened, grew, shrank or were resolved (0 units): what re-sourcing acts on. Absent: none (rule AV7). */
  readonly shortfalls?: readonly Shortfall[];
}

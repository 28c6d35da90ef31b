import type { ChannelId, NodeId } from '../../engine/contract/ids.ts';
import type { SourceRef } from '../../engine/contract/reference.ts';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import type { FormatContext, ReadEvent, RefusedPart } from '../source.ts';

// What turns a channel's own messages into ours (rule OR1): like the formats of stock, pure functions from bytes.

export interface OrderContext {
  readonly channel: ChannelId;
  /** What the channel calls the message, where it says so beside the body: `orders/updated`, `order.created`. */
  readonly topic?: string;
  /** Who its stock events come from, its time zone, and its own codes of our nodes. */
  readonly source: Pick<SourceRef, 'id' | 'timeZone' | 'nodeCodes'>;
  readonly nodes: FormatContext['nodes'];
  readonly hasItem?: (sku: string) => boolean;
  /** Where write-offs and returns of an invoice list happen: it names no place. */
  readonly warehouse?: NodeId;
}

export interface ReadMessage {
  readonly message: ShopMessage;
  /** Where it stood, in the words of LetterContent.place. */
  readonly place: string;
  /** Original text that reads as this message again, for a dead letter should the order shard refuse it. */
  readonly original: () => string;
  /** How many refused parts of the body stood before it, so that both can be told in the body's order. */
  readonly refusedBefore: number;
}

/** What a format makes of one body. Never throws for bad input. */
export interface OrderReading {
  readonly messages: readonly ReadMessage[];
  /** What an invoice list says of stock and of no order: write-offs, finds, returns without a sale. */
  readonly events: readonly ReadEvent[];
  readonly refused: readonly RefusedPart[];
  /** Understood and rightly without effect; each reason is among the warnings, with how often. */
  readonly ignored: number;
  readonly warnings: readonly string[];
}

export type OrderFormat = (bytes: Uint8Array, context: OrderContext) => OrderReading;

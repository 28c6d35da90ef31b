import type { LetterContent } from '../engine/contract/dead-letter.ts';
import type { ClientId } from '../engine/contract/ids.ts';
import type { ShopOutcome } from '../engine/contract/order-command.ts';
import type { EventOutcome } from '../engine/contract/outcome.ts';
import type { NodeRef, SourceRef } from '../engine/contract/reference.ts';
import type { ShopMessage } from '../engine/contract/shop-order.ts';
import type { StockEvent } from '../engine/contract/stock-event.ts';

// Where events come from and go to. The engine satisfies EventSink; ingest does not know it.

/** Takes events and dead letters; both are durable when the promise resolves. */
export interface EventSink {
  /** With `approvedBy` the brakes hold nothing (rule FD12). */
  record(events: readonly StockEvent[], receivedAt: number, approvedBy?: ClientId): Promise<readonly EventOutcome[]>;
  keepLetters(letters: readonly LetterContent[]): Promise<readonly string[]>;
}

/** Takes messages of channels about orders too; durable when the promise resolves. */
export interface OrderSink extends EventSink {
  shopMessage(client: ClientId, message: ShopMessage): Promise<ShopOutcome>;
}

/** What a format may look up while it reads: plain data, so it can be sent to a pool thread. */
export interface FormatContext {
  readonly source: SourceRef;
  /** Nodes by id, for time zones and to resolve the source's codes. */
  readonly nodes: ReadonlyMap<string, Pick<NodeRef, 'id' | 'timeZone'>>;
  /** Scales are the engine's business; formats only need to know which items exist when a message offers several codes. */
  readonly hasItem?: (sku: string) => boolean;
}

/** A part of the input that is no event, with its place and its original text. */
export interface RefusedPart {
  readonly code: string;
  readonly message: string;
  readonly place: string;
  readonly original: string;
  /** What the sender can use to correct it, e.g. the on-hand there is (rule FD6). */
  readonly units?: number;
}

export interface ReadEvent {
  readonly event: StockEvent;
  /** Where it stood, in the words of LetterContent.place. */
  readonly place: string;
  /** Its original text, for a dead letter should the engine refuse it. A thunk: most are never needed. */
  readonly original: () => string;
}

/** What a format makes of one body. Pure: bytes in, this out; never throws for bad input. */
export interface FormatResult {
  readonly events: readonly ReadEvent[];
  readonly refused: readonly RefusedPart[];
  /** Understood and rightly without effect on stock: training transactions, sign-ons. */
  readonly ignored: number;
  /** Oddities that did not stop anything: wrong counts where the source is not strict. */
  readonly warnings: readonly string[];
}

export type Format = (bytes: Uint8Array, context: FormatContext) => FormatResult;

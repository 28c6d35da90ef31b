import type { NodeRef, OrderFormatName, SourceRef } from '../engine/contract/reference.ts';
import type { OrderContext } from './orders/source.ts';
import type { PlacedEvent, PlacedMessage } from './reading.ts';
import type { RefusedPart } from './source.ts';
import type { MessagePort } from 'node:worker_threads';

// Messages between the main thread and a parse worker, over one port per body:
//
//   task →                worker parses
//   ← started             a thread is at it
//   ← read                counts, refusals, codes of items it would like to know
//   reread → ← read       at most once, when some of those items are known
//   events → ← events     as fast as the sink takes them: the worker never runs ahead
//   messages → ← messages likewise, of a body about orders
//   originals → ← texts   for those the sink refused
//   port closed           the worker forgets the body and is free

/** A body about orders, as it is to be read. */
export interface OrderBody {
  readonly format: OrderFormatName;
  readonly about: Omit<OrderContext, 'nodes' | 'hasItem'>;
}

export interface ParseTask {
  readonly bytes: Uint8Array;
  /** A feed of this source, or a body about orders. */
  readonly as: { readonly feed: SourceRef } | { readonly orders: OrderBody };
  readonly nodes: readonly Pick<NodeRef, 'id' | 'timeZone'>[];
  readonly port: MessagePort;
}

export type ReadList = 'events' | 'messages';

export type ParseRequest =
  | { readonly want: 'reread'; readonly known: ReadonlySet<string> }
  | { readonly want: ReadList; readonly from: number; readonly to: number }
  | { readonly want: 'originals'; readonly of: ReadList; readonly indices: readonly number[] };

export type ParseReply =
  | { readonly give: 'started' }
  | {
      readonly give: 'read';
      readonly counts: Readonly<Record<ReadList, number>>;
      readonly refused: readonly RefusedPart[];
      readonly ignored: number;
      readonly warnings: readonly string[];
      readonly asked: readonly string[];
    }
  | { readonly give: 'events'; readonly events: readonly PlacedEvent[] }
  | { readonly give: 'messages'; readonly messages: readonly PlacedMessage[] }
  | { readonly give: 'originals'; readonly texts: readonly string[] };

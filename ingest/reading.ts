import { setImmediate as nextTurn } from 'node:timers/promises';

import type { ShopMessage } from '../engine/contract/shop-order.ts';
import type { StockEvent } from '../engine/contract/stock-event.ts';
import { cutToKeep } from './formats/text.ts';
import type { OrderReading } from './orders/source.ts';
import type { FormatResult, RefusedPart } from './source.ts';

// What a format made of a body, wherever it was parsed: here, or in a pool thread that hands it over in chunks.

export interface PlacedEvent {
  readonly event: StockEvent;
  readonly place: string;
}

export interface PlacedMessage {
  readonly message: ShopMessage;
  readonly place: string;
  readonly refusedBefore: number;
}

export interface Pages<Placed> {
  readonly count: number;
  /** From index `from` up to, not including, `to`. */
  chunk(from: number, to: number): Promise<readonly Placed[]>;
  /** Original texts of these, in the order asked. */
  originals(indices: readonly number[]): Promise<readonly string[]>;
}

interface Whole {
  readonly refused: readonly RefusedPart[];
  readonly ignored: number;
  readonly warnings: readonly string[];
  /** Must be called once, whatever happened: a pool thread waits for it. */
  close(): void;
}

/** Of a feed. */
export interface Reading extends Pages<PlacedEvent>, Whole {}

/** Of a body about orders. */
export interface OrderPages extends Whole {
  readonly messages: Pages<PlacedMessage>;
  readonly events: Pages<PlacedEvent>;
}

export function readingOf({ events, refused, ignored, warnings }: FormatResult): Reading {
  return { ...pagesOf(events), refused, ignored, warnings, close: () => undefined };
}

export function orderPagesOf({ messages, events, refused, ignored, warnings }: OrderReading): OrderPages {
  return { messages: pagesOf(messages), events: pagesOf(events), refused, ignored, warnings, close: () => undefined };
}

function pagesOf<Placed extends { readonly original: () => string }>(parts: readonly Placed[]): Pages<Placed> {
  return {
    count: parts.length,
    chunk: (from, to) => Promise.resolve(parts.slice(from, to)),
    originals: (indices) => originalsOf(parts, indices),
  };
}

/** Characters built before other work gets its turn: about 5 ms. */
const CHARS_PER_TURN = 2_000_000;

/** Each may repeat a large envelope, so a thousand of them are a second of work. */
async function originalsOf(
  parts: readonly { readonly original: () => string }[],
  indices: readonly number[],
): Promise<readonly string[]> {
  const texts: string[] = [];
  let built = 0;
  for (const index of indices) {
    const original = parts[index]?.original() ?? '';
    texts.push(cutToKeep(original));
    built += original.length;
    if (built < CHARS_PER_TURN) continue;
    built = 0;
    await nextTurn();
  }
  return texts;
}

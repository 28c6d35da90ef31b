import { setImmediate as nextTurn } from 'node:timers/promises';

import type { StockEvent } from '../engine/contract/stock-event.ts';
import { cutToKeep } from './formats/text.ts';
import type { FormatResult, RefusedPart } from './source.ts';

// What a format made of a body, wherever it was parsed: here, or in a pool thread that hands it over in chunks.

export interface PlacedEvent {
  readonly event: StockEvent;
  readonly place: string;
}

export interface Reading {
  readonly count: number;
  readonly refused: readonly RefusedPart[];
  readonly ignored: number;
  readonly warnings: readonly string[];
  /** Events from index `from` up to, not including, `to`. */
  chunk(from: number, to: number): Promise<readonly PlacedEvent[]>;
  /** Original texts of these events, in the order asked. */
  originals(indices: readonly number[]): Promise<readonly string[]>;
  /** Must be called once, whatever happened: a pool thread waits for it. */
  close(): void;
}

export function readingOf(result: FormatResult): Reading {
  const { events, refused, ignored, warnings } = result;
  return {
    count: events.length,
    refused,
    ignored,
    warnings,
    chunk: (from, to) => Promise.resolve(events.slice(from, to)),
    originals: (indices) => originalsOf(events, indices),
    close: () => undefined,
  };
}

/** Characters built before other work gets its turn: about 5 ms. */
const CHARS_PER_TURN = 2_000_000;

/** Each may repeat a large envelope, so a thousand of them are a second of work. */
async function originalsOf(events: FormatResult['events'], indices: readonly number[]): Promise<readonly string[]> {
  const texts: string[] = [];
  let built = 0;
  for (const index of indices) {
    const original = events[index]?.original() ?? '';
    texts.push(cutToKeep(original));
    built += original.length;
    if (built < CHARS_PER_TURN) continue;
    built = 0;
    await nextTurn();
  }
  return texts;
}

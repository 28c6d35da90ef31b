import type { FormatResult, ReadEvent, RefusedPart } from '../source.ts';
import { cutToKeep } from './text.ts';

// What a format collects while it reads. Bounded: a body of garbage must not become millions of dead letters.

/** Refused parts listed per body. Beyond it reading stops with `too-many-refused`: the sender has the file and is told. */
export const REFUSED_MAX = 10_000;
/**
 * Characters of their originals, likewise: each repeats the envelope it needs to be replayed alone, so half a megabyte
 * of header around 10,000 bad rows would otherwise become gigabytes.
 */
const REFUSED_CHARS_MAX = 32 * 1024 * 1024;

export class Gather {
  readonly events: ReadEvent[] = [];
  readonly refused: RefusedPart[] = [];
  ignored = 0;
  private readonly warned = new Map<string, number>();
  private refusedChars = 0;
  private stopped = false;

  /** False when nothing more may be refused: the caller stops reading and calls `stop`. */
  refuse(part: RefusedPart): boolean {
    const original = cutToKeep(part.original);
    this.refused.push({ ...part, original });
    this.refusedChars += original.length;
    return this.refused.length < REFUSED_MAX && this.refusedChars < REFUSED_CHARS_MAX;
  }

  /** Says from where on nothing was read; only the first word counts, which is the innermost. */
  stop(place: string, rest: string): void {
    if (this.stopped) return;
    this.stopped = true;
    const message = `${this.refused.length} parts of this body were refused, more than one body may have; from here on it was not read. Correct it and send it again`;
    this.refused.push({ code: 'too-many-refused', message, place, original: cutToKeep(rest) });
  }

  /** The same words again only raise their count. */
  warn(words: string, times = 1): void {
    const known = this.warned.get(words);
    if (known === undefined && this.warned.size >= WARNINGS_MAX) return;
    this.warned.set(words, (known ?? 0) + times);
  }

  result(): FormatResult {
    const warnings = [...this.warned].map(([words, times]) => (times === 1 ? words : `${words} (${times} times)`));
    return { events: this.events, refused: this.refused, ignored: this.ignored, warnings };
  }
}

/** Different warnings kept per body; further ones add nothing a reader would act on. */
const WARNINGS_MAX = 50;

/** A body of which nothing could be read. */
export function refuseWhole(code: string, message: string, original: string): FormatResult {
  return {
    events: [],
    refused: [{ code, message, place: 'whole body', original: cutToKeep(original) }],
    ignored: 0,
    warnings: [],
  };
}

import type { FormatResult, ReadEvent, RefusedPart } from '../source.ts';

// What a format collects while it reads. Bounded: a body of garbage must not become millions of dead letters.

/** Refused parts listed per body. Beyond it reading stops with `too-many-refused`: the sender has the file and is told. */
export const REFUSED_MAX = 10_000;

export class Gather {
  readonly events: ReadEvent[] = [];
  readonly refused: RefusedPart[] = [];
  ignored = 0;
  private readonly warned = new Map<string, number>();

  /** False when nothing more may be refused: the caller stops reading and calls `stop`. */
  refuse(part: RefusedPart): boolean {
    this.refused.push(part);
    return this.refused.length < REFUSED_MAX;
  }

  stop(place: string, rest: string): void {
    const message = `more than ${REFUSED_MAX} parts of this body were refused; from here on it was not read. Correct it and send it again`;
    this.refused.push({ code: 'too-many-refused', message, place, original: rest });
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
  return { events: [], refused: [{ code, message, place: 'whole body', original }], ignored: 0, warnings: [] };
}

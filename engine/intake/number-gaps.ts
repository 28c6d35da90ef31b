import type { SourceId } from '../contract/ids.ts';
import {
  STREAMS_MAX,
  type NumberedStream,
  type NumbersSeen,
  type SourceGaps,
  type StreamGaps,
} from '../contract/number-gaps.ts';
import { coverTo, hasSeen, missingOf, seeRange, type StreamNumbers } from './stream-numbers.ts';

interface KnownStream {
  readonly of: NumberedStream;
  readonly numbers: StreamNumbers;
}

export interface NumberGapsSaved {
  readonly streams: readonly KnownStream[];
  readonly forgotten: readonly (readonly [SourceId, number])[];
}

/** Numbers of all streams (rule FD5), the one heard longest ago first. */
export class NumberGaps {
  readonly #streams = new Map<string, KnownStream>();
  readonly #forgotten = new Map<SourceId, number>();

  /** What of it says something new; nothing else needs a fact. */
  news(seen: readonly NumbersSeen[]): NumbersSeen[] {
    return seen.filter((each) => {
      const numbers = this.#streams.get(keyOf(each))?.numbers;
      if (numbers === undefined) return true;
      return (each.coveredTo ?? -1) > numbers.covered || each.ranges.some((range) => !hasSeen(numbers, range));
    });
  }

  hear(seen: readonly NumbersSeen[], atMs: number): void {
    for (const each of seen) this.#hearOne(each, atMs);
  }

  #hearOne({ ranges, coveredTo, ...of }: NumbersSeen, atMs: number): void {
    const key = keyOf(of);
    let numbers = this.#streams.get(key)?.numbers;
    for (const range of ranges) {
      const changed = seeRange(numbers, range, atMs);
      this.#forget(of.source, changed.forgotten);
      numbers = changed.numbers;
    }
    if (coveredTo !== undefined) {
      const changed = coverTo(numbers, coveredTo, atMs);
      this.#forget(of.source, changed.forgotten);
      numbers = changed.numbers;
    }
    if (numbers === undefined) return;
    // Set anew, so that the order is that of hearing.
    this.#streams.delete(key);
    this.#streams.set(key, { of, numbers });
    if (this.#streams.size > STREAMS_MAX) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const [key, { of, numbers }] of this.#streams) {
      this.#streams.delete(key);
      return this.#forget(of.source, missingOf(numbers.gaps));
    }
  }

  #forget(source: SourceId, numbers: number): void {
    if (numbers > 0) this.#forgotten.set(source, (this.#forgotten.get(source) ?? 0) + numbers);
  }

  /** Streams of the source that miss numbers, the most missing first. */
  of(source: SourceId, limit: number): StreamGaps[] {
    const missing = [...this.#missing()].filter((stream) => stream.source === source);
    return missing.toSorted((a, b) => b.missing - a.missing).slice(0, limit);
  }

  *#missing(): Generator<StreamGaps> {
    for (const { of, numbers } of this.#streams.values()) {
      const { first, last, gaps } = numbers;
      if (gaps.length > 0) yield { ...of, first, last, missing: missingOf(gaps), gaps };
    }
  }

  /** Sources of which something is missing or was given up. */
  summary(): SourceGaps[] {
    const sums = new Map<SourceId, SourceGaps>();
    for (const [source, forgotten] of this.#forgotten) sums.set(source, { ...NONE, source, forgotten });
    for (const { source, missing, gaps } of this.#missing()) {
      const sum = sums.get(source) ?? { ...NONE, source };
      const since = Math.min(sum.since ?? Infinity, ...gaps.map((gap) => gap.since));
      sums.set(source, { ...sum, streams: sum.streams + 1, missing: sum.missing + missing, since });
    }
    return [...sums.values()];
  }

  save(): NumberGapsSaved {
    return { streams: [...this.#streams.values()], forgotten: [...this.#forgotten] };
  }

  load({ streams, forgotten }: NumberGapsSaved): void {
    for (const stream of streams) this.#streams.set(keyOf(stream.of), stream);
    for (const [source, numbers] of forgotten) this.#forgotten.set(source, numbers);
  }
}

const NONE = { streams: 0, missing: 0, since: null, forgotten: 0 } as const;

function keyOf({ source, stream, epoch }: NumberedStream): string {
  return `${source}\n${stream === undefined ? '' : `:${stream}`}\n${epoch ?? ''}`;
}

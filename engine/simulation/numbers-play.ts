import type { SourceId } from '../contract/ids.ts';
import type { NumbersSeen, StreamGaps } from '../contract/number-gaps.ts';
import type { Chance } from './chance.ts';
import { POS, WMS } from './retailer.ts';
import { requireSame } from './violation.ts';

// Rule FD5 in the simulation: what main tells the intake shard, against a set of every number.

/** Numbers go so far, so that gaps close again. */
const NUMBERS = 30;

export function draftNumbers(chance: Chance): NumbersSeen {
  const of = {
    source: chance.pick([WMS, POS]),
    ...(chance.yes(0.7) && { stream: chance.pick(['s1', 's2']), epoch: chance.below(2) }),
  };
  const from = chance.below(NUMBERS);
  const range = [from, Math.min(NUMBERS, from + chance.below(4))] as const;
  if (chance.yes(0.9)) return { ...of, ranges: [range] };
  return { ...of, ranges: chance.yes(0.5) ? [range] : [], coveredTo: chance.below(NUMBERS) };
}

interface ModelStream {
  readonly of: Pick<NumbersSeen, 'source' | 'stream' | 'epoch'>;
  readonly arrived: ReadonlySet<number>;
  readonly covered: number;
  /** Missing number -> since when. */
  readonly missing: ReadonlyMap<number, number>;
}

export class NumbersModel {
  #streams = new Map<string, ModelStream>();

  /** Streams are never changed in place. */
  clone(): NumbersModel {
    const copy = new NumbersModel();
    copy.#streams = new Map(this.#streams);
    return copy;
  }

  hear(seen: readonly NumbersSeen[], atMs: number): void {
    for (const { ranges, coveredTo = -1, ...of } of seen) {
      const key = JSON.stringify([of.source, of.stream, of.epoch]);
      const known = this.#streams.get(key) ?? { of, arrived: new Set(), covered: -1, missing: new Map() };
      const arrived = new Set(known.arrived);
      for (const [from, to] of ranges) for (let number = from; number <= to; number++) arrived.add(number);
      const covered = Math.max(known.covered, coveredTo);
      this.#streams.set(key, { of, arrived, covered, missing: missingOf({ ...known, arrived, covered }, atMs) });
    }
  }

  of(source: SourceId): object[] {
    const streams = [...this.#streams.values()].filter(({ of, missing }) => of.source === source && missing.size > 0);
    return streams.map(({ of, missing }) => ({ ...of, missing: [...missing].toSorted(([a], [b]) => a - b) }));
  }
}

/** What lies between the smallest and the greatest number, did not arrive, and is above what a snapshot had. */
function missingOf({ arrived, covered, missing }: ModelStream, atMs: number): Map<number, number> {
  const known = covered < 0 ? [...arrived] : [...arrived, covered];
  const now = new Map<number, number>();
  for (let number = Math.min(...known); number < Math.max(...known); number++) {
    if (!arrived.has(number) && number > covered) now.set(number, missing.get(number) ?? atMs);
  }
  return now;
}

export function compareNumbers(ask: (source: SourceId) => readonly StreamGaps[], model: NumbersModel): void {
  const order = (streams: object[]): string[] => streams.map((stream) => JSON.stringify(stream)).toSorted();
  for (const source of [WMS, POS]) {
    const seen = ask(source).map(({ gaps, stream, epoch }) => {
      const missing = gaps.flatMap(({ from, to, since }) =>
        Array.from({ length: to - from + 1 }, (_, index) => [from + index, since]),
      );
      return { source, ...(stream !== undefined && { stream, epoch }), missing };
    });
    requireSame(order(seen), order(model.of(source)), () => `numbers that ${source} misses (FD5)`);
  }
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SourceId } from '../contract/ids.ts';
import { GAPS_MAX, STREAMS_MAX, type NumbersSeen } from '../contract/number-gaps.ts';
import { NumberGaps } from './number-gaps.ts';

const TILL = 'till' as SourceId;
type Ranges = NumbersSeen['ranges'];
const seen = (ranges: Ranges, more: Partial<NumbersSeen> = {}): NumbersSeen => ({ source: TILL, ranges, ...more });

test('[FD5] a gap is said from the moment a later number arrives until it arrives or a snapshot covers it', () => {
  const gaps = new NumberGaps();
  const ledger: readonly (readonly [at: number, what: NumbersSeen, missing: readonly (readonly number[])[]])[] = [
    [1, seen([[5, 7]]), []],
    [2, seen([[10, 10]]), [[8, 9, 2]]],
    [
      3,
      seen([[15, 16]]),
      [
        [8, 9, 2],
        [11, 14, 3],
      ],
    ],
    [
      4,
      seen([[12, 12]]),
      [
        [8, 9, 2],
        [11, 11, 3],
        [13, 14, 3],
      ],
    ],
    [
      5,
      seen([[8, 9]]),
      [
        [11, 11, 3],
        [13, 14, 3],
      ],
    ],
    // Numbers below the first one that arrived: the stream began earlier than we heard.
    [
      6,
      seen([[2, 2]]),
      [
        [3, 4, 6],
        [11, 11, 3],
        [13, 14, 3],
      ],
    ],
    [7, seen([], { coveredTo: 13 }), [[14, 14, 3]]],
    [8, seen([[1, 1]]), [[14, 14, 3]]],
    [9, seen([], { coveredTo: 20 }), []],
    [10, seen([[22, 22]]), [[21, 21, 10]]],
  ];
  for (const [at, what, missing] of ledger) {
    gaps.hear([what], at);
    const [stream] = gaps.of(TILL, 1);
    expect(stream?.gaps.map(({ from, to, since }) => [from, to, since]) ?? []).toEqual(missing);
  }
  expect(gaps.summary()).toEqual([{ source: TILL, streams: 1, missing: 1, since: 10, forgotten: 0 }]);
});

test('[FD5] each stream and epoch counts for itself: a till that is started again restarts its numbers', () => {
  const gaps = new NumberGaps();
  const at = (epoch: number): Partial<NumbersSeen> => ({ stream: 's', epoch });
  gaps.hear(
    [
      seen([[1, 900]], at(1)),
      seen(
        [
          [1, 2],
          [4, 4],
        ],
        at(2),
      ),
      seen([[7, 7]]),
    ],
    1,
  );
  expect(gaps.of(TILL, 9)).toEqual([
    { source: TILL, stream: 's', epoch: 2, first: 1, last: 4, missing: 1, gaps: [{ from: 3, to: 3, since: 1 }] },
  ]);
});

test('[FD5] what is known is no news; gaps and streams are bounded, and what is given up is said', () => {
  const gaps = new NumberGaps();
  gaps.hear(
    [
      seen([
        [1, 3],
        [5, 6],
      ]),
    ],
    1,
  );
  expect(gaps.news([seen([[1, 2]]), seen([[4, 4]]), seen([[6, 7]]), seen([[2, 3]], { coveredTo: 0 })])).toHaveLength(3);
  const every2nd = Array.from({ length: GAPS_MAX + 10 }, (_, index) => [10 + index * 2, 10 + index * 2] as const);
  gaps.hear([seen(every2nd)], 2);
  expect(gaps.of(TILL, 1)[0]?.gaps).toHaveLength(GAPS_MAX);
  const [sum] = gaps.summary();
  expect(sum!.missing + sum!.forgotten).toBe(4 + GAPS_MAX + 9);
  for (let stream = 0; stream < STREAMS_MAX; stream++) gaps.hear([seen([[1, 1]], { stream: `${stream}` })], 3);
  expect(gaps.of(TILL, 1)).toEqual([]);
  expect(gaps.summary()).toEqual([{ source: TILL, streams: 0, missing: 0, since: null, forgotten: 4 + GAPS_MAX + 9 }]);
});

test('[FD5] in any order and any batches the same numbers are missing at the end', () => {
  const range = fc.tuple(fc.nat(40), fc.nat(4)).map(([from, more]) => [from, from + more] as const);
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 40, size: 'max' }), fc.nat(60), (ranges, covered) => {
      const coveredTo = covered - 15;
      const arrived = new Set(
        ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
      );
      const known = [...arrived, ...(coveredTo >= 0 ? [coveredTo] : [])];
      const missing = Array.from({ length: 60 }, (_, number) => number).filter(
        (number) =>
          number > Math.max(Math.min(...known), coveredTo) && number < Math.max(...known) && !arrived.has(number),
      );
      for (const order of [ranges, ranges.toReversed()]) {
        const gaps = new NumberGaps();
        order.forEach((each, at) => gaps.hear([seen([each], at === 3 && coveredTo >= 0 ? { coveredTo } : {})], at));
        if (order.length <= 3 && coveredTo >= 0) gaps.hear([seen([], { coveredTo })], 9);
        const numbers = gaps
          .of(TILL, 1)
          .flatMap(({ gaps: each }) =>
            each.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
          );
        expect(numbers).toEqual(missing);
        const copy = new NumberGaps();
        copy.load(JSON.parse(JSON.stringify(gaps.save())) as ReturnType<NumberGaps['save']>);
        expect(copy.save()).toEqual(gaps.save());
      }
    }),
  );
});

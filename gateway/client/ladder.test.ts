import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ladderOf, nextLadder, WAYS, wayOf } from './ladder.ts';
import type { Ladder, LadderEvent, Way } from './ladder.ts';

const FAILED: LadderEvent = { is: 'failed' };

function after(events: readonly LadderEvent[], from = ladderOf(WAYS)): Ladder {
  return events.reduce(nextLadder, from);
}

test('two failures, or one that hung, lead from the websocket to the stream; one leads on', () => {
  expect(wayOf(after([FAILED]))).toBe('websocket');
  expect(wayOf(after([FAILED, FAILED]))).toBe('sse');
  expect(wayOf(after([{ is: 'failed', hung: true }]))).toBe('sse');
  expect(wayOf(after([FAILED, FAILED, FAILED]))).toBe('polling');
  expect(wayOf(after([FAILED, FAILED, FAILED, FAILED]))).toBe('websocket');
});

test('a way that the server greeted on is left after five failures, as it is more likely the server that is away', () => {
  const proven = after([{ is: 'greeted' }]);
  expect(
    wayOf(
      after(
        Array.from({ length: 4 }, () => FAILED),
        proven,
      ),
    ),
  ).toBe('websocket');
  expect(
    wayOf(
      after(
        Array.from({ length: 5 }, () => FAILED),
        proven,
      ),
    ),
  ).toBe('sse');
});

test('a link that stood forgives what failed before', () => {
  expect(wayOf(after([FAILED, { is: 'stood' }, FAILED]))).toBe('websocket');
});

test('in another network everything is tried from the top, and nothing is proven', () => {
  expect(after([{ is: 'greeted' }, FAILED, { is: 'moved' }])).toEqual(ladderOf(WAYS));
});

const someWays = fc.subarray([...WAYS], { minLength: 1 });

test('whatever happens, the rung is one of the ladder', () => {
  const event = fc.oneof(
    fc.constantFrom<LadderEvent>({ is: 'greeted' }, { is: 'stood' }, FAILED, { is: 'failed', hung: true }),
    fc.constant<LadderEvent>({ is: 'moved' }),
  );
  fc.assert(
    fc.property(someWays, fc.array(event), (ways, events) => {
      const ladder = after(events, ladderOf(ways));
      return ways.includes(wayOf(ladder)) && ladder.rung < ways.length;
    }),
  );
});

test('in any network that lets something through, a way that works is found within a few attempts', () => {
  fc.assert(
    fc.property(someWays, fc.subarray([...WAYS], { minLength: 1 }), (ways, open) => {
      if (!ways.some((way) => open.includes(way))) return true;
      return attemptsUntil(ladderOf(ways), open) <= 4;
    }),
  );
});

function attemptsUntil(from: Ladder, open: readonly Way[]): number {
  let ladder = from;
  for (let attempts = 1; attempts <= 20; attempts++) {
    if (open.includes(wayOf(ladder))) return attempts;
    ladder = nextLadder(ladder, FAILED);
  }
  return Infinity;
}

test('while nothing gets through, every way comes up again and again', () => {
  fc.assert(
    fc.property(someWays, fc.integer({ min: 0, max: 30 }), (ways, before) => {
      let ladder = after(
        Array.from({ length: before }, () => FAILED),
        ladderOf(ways),
      );
      const seen = new Set<Way>();
      for (let attempt = 0; attempt < 5; attempt++) {
        seen.add(wayOf(ladder));
        ladder = nextLadder(ladder, FAILED);
      }
      return seen.size === ways.length;
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClock, STEP_MS_MAX, STEP_TRUSTED_MS } from './clock.ts';

const START = 1_795_486_061_000;

function fakeClock() {
  const sources = { wall: START, mono: 50, lines: [] as string[] };
  const clock = createClock({
    wallMs: () => sources.wall,
    monotonicMs: () => sources.mono,
    log: (line) => sources.lines.push(line),
  });
  const pass = (ms: number, leap = 0): number => {
    sources.wall += ms + leap;
    sources.mono += ms;
    return clock.now();
  };
  return { clock, sources, pass };
}

test('[RS4] a clock set ahead by an hour does not move time', () => {
  const { pass, sources } = fakeClock();
  expect(pass(1_000, 3_600_000)).toBe(START + 1_000);
  expect(pass(2_000)).toBe(START + 3_000);
  expect(sources.lines).toHaveLength(1);
});

test('[RS4] a leap ahead that stays is followed after a minute: the machine slept', () => {
  const { pass } = fakeClock();
  pass(0, 3_600_000);
  expect(pass(STEP_TRUSTED_MS - 1)).toBe(START + STEP_TRUSTED_MS - 1);
  expect(pass(1)).toBe(START + STEP_TRUSTED_MS + 3_600_000);
});

test('[RS4] a clock set back goes on by the monotonic clock', () => {
  const { pass } = fakeClock();
  expect(pass(10, -3_600_000)).toBe(START + 10);
  expect(pass(STEP_TRUSTED_MS * 2)).toBe(START + 10 + STEP_TRUSTED_MS * 2);
});

test('a leap ahead and back leaves no trace', () => {
  const { pass } = fakeClock();
  pass(10, 86_400_000);
  expect(pass(10, -86_400_000)).toBe(START + 20);
  expect(pass(STEP_TRUSTED_MS)).toBe(START + 20 + STEP_TRUSTED_MS);
});

test('time already written down is never undercut', () => {
  const { clock, pass } = fakeClock();
  clock.notBefore(START + 9_000);
  expect(pass(1_000)).toBe(START + 9_000);
  expect(pass(9_000)).toBe(START + 10_000);
});

test('whatever the wall clock does, time never runs backwards and never leaps further than allowed within a minute', () => {
  const steps = fc.array(
    fc.record({ ms: fc.integer({ min: 0, max: 500 }), leap: fc.integer({ min: -1e8, max: 1e8 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (moves) => {
      const { pass, clock } = fakeClock();
      let last = clock.now();
      for (const { ms, leap } of moves) {
        const at = pass(ms, leap);
        expect(at).toBeGreaterThanOrEqual(last);
        // Small leaps are followed; large ones are held off, the rest of a leap there and back may remain.
        expect(at - last).toBeLessThanOrEqual(ms + 3 * STEP_MS_MAX);
        last = at;
      }
    }),
  );
});

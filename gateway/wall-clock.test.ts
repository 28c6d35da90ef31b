import { expect, test } from 'vitest';
import { wallClock } from './wall-clock.ts';

test('the wall clock keeps the fractions of the steady one, and follows when the machine’s was set or slept', () => {
  let [steadyMs, dateMs] = [1_000.25, 1_000];
  const now = wallClock(
    () => steadyMs,
    () => dateMs,
  );
  expect(now()).toBe(1_000.25);
  [steadyMs, dateMs] = [1_010.75, 1_011];
  expect(now()).toBe(1_010.75);

  // An hour of sleep, of which the steady clock knows nothing.
  dateMs += 3_600_000;
  expect(now()).toBe(3_601_011);
  steadyMs += 0.5;
  expect(now()).toBe(3_601_011.5);
  dateMs -= 7_200_000;
  expect(now()).toBe(-3_598_989);
});

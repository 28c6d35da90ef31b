import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SourceId } from '../contract/ids.ts';
import { delta } from '../stock/test-retailer.ts';
import { BEHIND_MS_MIN, EVENTS_MIN, SourceClocks } from './source-clocks.ts';

const NOW_MS = 1_767_600_000_000;
const MINUTE_MS = 60_000;
const known = (): boolean => true;

function clocksOf(delaysMs: readonly number[], stepMs = 100): SourceClocks {
  const clocks = new SourceClocks();
  for (const [index, delayMs] of delaysMs.entries()) {
    const receivedAt = NOW_MS + index * stepMs;
    clocks.note([delta({ id: `${index}`, at: receivedAt - delayMs, quantity: 1 })], receivedAt, known);
  }
  return clocks;
}

const many = (delayMs: number): number[] => Array.from({ length: EVENTS_MIN }, () => delayMs);

test('[FD10] a source whose events are all long past when they arrive is said to run behind, by the least of it', () => {
  expect(clocksOf([...many(12 * MINUTE_MS), 11 * MINUTE_MS]).slow(NOW_MS)).toEqual([
    { source: 'wms', behindMs: 11 * MINUTE_MS },
  ]);
  expect(clocksOf(many(BEHIND_MS_MIN - 1)).slow(NOW_MS), 'a few minutes are no news').toEqual([]);
  expect(clocksOf(many(HOUR_MS).slice(1)).slow(NOW_MS), 'too few to say').toEqual([]);
  // A till that was offline uploads old sales, but what it sells now is punctual.
  expect(clocksOf([...many(HOUR_MS), 3_000]).slow(NOW_MS)).toEqual([]);
  expect(clocksOf(many(HOUR_MS)).slow(NOW_MS + HOUR_MS), 'what was long ago is over').toEqual([]);
});

const HOUR_MS = 60 * MINUTE_MS;

test('[FD10] no source without a slow clock is accused: whenever one event of the window was punctual', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(2 * HOUR_MS), { minLength: EVENTS_MIN, maxLength: 60, size: 'max' }),
      fc.nat(BEHIND_MS_MIN - 1),
      (delaysMs, punctualMs) => {
        const least = Math.min(...delaysMs);
        const should = least >= BEHIND_MS_MIN ? [{ source: 'wms' as SourceId, behindMs: least }] : [];
        expect(clocksOf(delaysMs).slow(NOW_MS)).toEqual(should);
        expect(clocksOf([...delaysMs, punctualMs]).slow(NOW_MS)).toEqual([]);
      },
    ),
  );
});

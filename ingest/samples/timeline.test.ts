import fc from 'fast-check';
import { expect, test } from 'vitest';
import { continued, simOf, wallOf, writtenOf } from './timeline.ts';
import type { Anchor } from './timeline.ts';

const HOUR = 3_600_000;

test('an hour at 6,000 times its pace takes 0.6 s', () => {
  const anchors = [{ sim: 0, wall: 1_000_000, speed: 6_000 }];
  expect(wallOf(anchors, HOUR)).toBe(1_000_600);
  expect(simOf(anchors, 1_000_600)).toBe(HOUR);
});

/** A replay that was stopped and went on, each time later and at another pace. */
const history = fc
  .array(
    fc.record({
      ran: fc.integer({ min: 0, max: 1e9 }),
      paused: fc.nat(1e8),
      speed: fc.integer({ min: 1, max: 20_000 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((stretches) => {
    let anchors: readonly Anchor[] = [];
    let sim = 0;
    let now = 1_800_000_000_000;
    for (const { ran, paused, speed } of stretches) {
      anchors = continued(anchors, sim, now, speed);
      sim += ran + 1;
      now = wallOf(anchors, sim) + paused;
    }
    return anchors;
  });

test('time never runs backwards, whatever stops and paces came between', () => {
  fc.assert(
    fc.property(history, fc.nat(6e9), fc.nat(1e6), (anchors, sim, later) => {
      expect(wallOf(anchors, sim + later)).toBeGreaterThanOrEqual(wallOf(anchors, sim));
    }),
  );
});

test('[FD1] what was written before a restart is written the same after it, due dates in the future included', () => {
  fc.assert(
    fc.property(history, fc.nat(2e9), fc.nat(2e9), fc.nat(1e9), (anchors, sentAt, sim, paused) => {
      const horizon = Math.max(sentAt, (anchors.at(-1) as Anchor).sim);
      const after = continued(anchors, horizon + 1, wallOf(anchors, horizon) + paused, 1_234);
      expect(writtenOf(after, sim, sentAt)).toBe(writtenOf(anchors, sim, sentAt));
    }),
  );
});

import { expect, test } from 'vitest';
import type { OpsState } from '../../gateway/protocol/wire.ts';
import { SAMPLES_MAX, withSample } from './history.ts';
import type { Sample } from './history.ts';

function second(at: number, pushMs: OpsState['pushMs'] = null): OpsState {
  return {
    at,
    eventsPerSec: at,
    pushesPerSec: 0,
    pushMs,
    sockets: 0,
    journal: { commitMicrosP50: 0 },
  } as unknown as OpsState;
}

test('keeps the newest samples, in order, and no more than its bound', () => {
  let samples: readonly Sample[] = [];
  for (let at = 1; at <= SAMPLES_MAX + 50; at++) samples = withSample(samples, second(at));
  expect(samples).toHaveLength(SAMPLES_MAX);
  expect([samples[0]?.at, samples.at(-1)?.at]).toEqual([51, SAMPLES_MAX + 50]);
});

test('a state that is sent again after a reconnect adds nothing', () => {
  const samples = withSample([], second(5));
  expect(withSample(samples, second(5))).toBe(samples);
  expect(withSample(samples, second(4))).toBe(samples);
});

test('without pushes the latency is a gap, not a zero', () => {
  const samples = withSample(withSample([], second(1)), second(2, { p50: 3, p99: 9 }));
  expect(samples.map(({ p50, p99 }) => [p50, p99])).toEqual([
    [null, null],
    [3, 9],
  ]);
});

test('rates are means of the last five seconds, and unknown until one second has passed', () => {
  let samples: readonly Sample[] = [];
  const rates = [77, 0, 0, 160, 0, 40, 200].map((events, index) => {
    samples = withSample(samples, { ...second(1_000 * (index + 1)), eventsPerSec: events, pushesPerSec: 2 * events });
    return [samples.at(-1)?.eventsPerSec, samples.at(-1)?.pushesPerSec];
  });
  expect(rates).toEqual([
    [null, null],
    [0, 0],
    [0, 0],
    [160 / 3, 320 / 3],
    [40, 80],
    [40, 80],
    [80, 160],
  ]);
});

test('what happened before a gap does not count into the seconds after it', () => {
  const before = withSample(withSample([], second(1_000)), { ...second(2_000), eventsPerSec: 500 });
  expect(withSample(before, { ...second(60_000), eventsPerSec: 10 }).at(-1)?.eventsPerSec).toBe(10);
});

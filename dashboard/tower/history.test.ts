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

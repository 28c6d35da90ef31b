import { expect, test } from 'vitest';
import { intendedTimes, loadPlan, watchedSkus } from './plan.ts';

const options = { rate: 2000, seconds: 2, skus: 400, lanes: 4, skew: 'uniform', seed: 3 } as const;

test('a plan has all its events, spread evenly over its ticks', () => {
  const plan = loadPlan(options);
  expect(plan.events).toBe(4000);
  expect(plan.ticks).toBe(200);
  for (let tick = 0; tick < plan.ticks; tick++) expect(plan.firstOfTick[tick + 1]! - plan.firstOfTick[tick]!).toBe(20);
});

test('a sku is always on the same lane, so its events keep their order', () => {
  for (const skew of ['uniform', 'zipf'] as const) {
    const plan = loadPlan({ ...options, skew });
    for (let tick = 0; tick < plan.ticks; tick++) {
      for (let e = plan.firstOfTick[tick]!; e < plan.firstOfTick[tick + 1]!; e++) {
        expect(plan.skuOf[e]! % 4).toBe(tick % 4);
      }
    }
  }
});

test('two processes with the same seed know the same times', () => {
  const times = intendedTimes(loadPlan(options), [0, 1, 2, 3]);
  expect(times).toEqual(intendedTimes(loadPlan(options), [0, 1, 2, 3]));
  const all = intendedTimes(
    loadPlan(options),
    Array.from({ length: 400 }, (_, i) => i),
  );
  expect([...all.values()].reduce((sum, list) => sum + list.length, 0)).toBe(4000);
});

test('a rate that is no multiple of the ticks loses no event', () => {
  const plan = loadPlan({ ...options, rate: 333, seconds: 1 });
  expect(plan.firstOfTick[plan.ticks]).toBe(333);
});

test('each client watches its own skus, the best sellers are among them', () => {
  const watched = watchedSkus({ clients: 50, keys: 5, skus: 400, seed: 1 });
  expect(watched.every((keys) => new Set(keys).size === 5)).toBe(true);
  expect(watched.slice(0, 20).map((keys) => keys[0])).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

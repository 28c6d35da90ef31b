import { expect, test } from 'vitest';
import { seeded, zipf } from './random.ts';

test('the same seed makes the same choices, another seed others', () => {
  const draw = (seed: number): number[] => ((chance) => Array.from({ length: 20 }, () => chance.next()))(seeded(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('zipf draws rank r about 1/(r+1) as often as rank 0', () => {
  const draw = zipf(1000, seeded(1));
  const counts = new Uint32Array(1000);
  for (let i = 0; i < 200_000; i++) counts[draw()]!++;
  const first = counts[0]!;
  expect(first / counts[1]!).toBeCloseTo(2, 0);
  expect(first / counts[9]!).toBeGreaterThan(8);
  expect(first / counts[9]!).toBeLessThan(12);
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(200_000);
});

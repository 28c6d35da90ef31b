import { expect, test } from 'vitest';

import { measure } from './parse-speed.bench.ts';

test('the bodies of the speed measurement are read whole, and the same each time', () => {
  const [first, second] = [measure(1), measure(1)];
  expect(first.map(({ events }) => events)).toEqual(first.map(() => 200));
  expect(second.map((speed) => speed.digest)).toEqual(first.map((speed) => speed.digest));
  // The same rows as JSON and as CSV are the same events.
  expect(first[2]?.digest).toBe(first[1]?.digest);
  expect(new Set(first.map((speed) => speed.digest)).size).toBe(5);
});

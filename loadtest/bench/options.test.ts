import { expect, test } from 'vitest';
import { GROUPS, readOptions } from './options.ts';

test('options have defaults, and a wrong one is named with what is allowed', () => {
  expect(readOptions([])).toEqual({
    operations: 300_000,
    runs: 1,
    only: [...GROUPS],
    json: false,
    positions: [100_000, 1_000_000, 10_000_000],
  });
  expect(readOptions(['--only', 'redis', '--runs', '3', '--json'])).toMatchObject({
    only: ['redis'],
    runs: 3,
    json: true,
  });
  expect(readOptions(['--only', 'mysql'])).toBe('--only must be of engine, http, redis, postgres, scale, got mysql');
  expect(readOptions(['--runs', '0'])).toBe('--runs must be a whole number from 1 to 99, got 0');
});

import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('without options both sku choices run, with and without conflation', () => {
  expect(readOptions(['--rate', '500'])).toMatchObject({
    rate: 500,
    clients: 1000,
    skews: ['uniform', 'zipf'],
    conflations: [0, undefined],
  });
});

test.each([
  ['--rate', '0', '--rate must be a whole number from 1 to 1000000, got 0'],
  ['--clients', 'many', '--clients must be a whole number from 1 to 20000, got many'],
  ['--skew', 'flat', '--skew must be uniform or zipf, got flat'],
])('%s %s is refused with what is allowed', (option, value, message) => {
  expect(readOptions([option, value])).toBe(message);
});

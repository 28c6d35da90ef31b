import fc from 'fast-check';
import { expect, test } from 'vitest';

import { tryRead } from './fields.ts';
import { allocate, decimalsOf, toMinor } from './money.ts';

const minor = (value: unknown, currency: string): unknown => {
  const made = tryRead(() => ({ minor: toMinor(value, currency) }));
  return 'code' in made ? made.code : made.minor;
};

test.each([
  ['19.99', 'USD', 1999],
  ['0.1', 'USD', 10],
  ['1.125', 'USD', 113],
  ['-1.125', 'USD', -113],
  ['-0.00', 'USD', 0],
  ['500', 'JPY', 500],
  ['500.50', 'JPY', 501],
  ['1.2345', 'KWD', 1235],
  ['0.0001', 'UYW', 1],
  [19.99, 'USD', 1999],
  [3, 'USD', 300],
  ['100000000', 'USD', 10_000_000_000],
])('[CS5] %s %s is %d minor units', (text, currency, expected) => {
  expect(minor(text, currency)).toBe(expected);
});

test.each([
  '',
  ' ',
  '1e3',
  '0x1F',
  '1,000',
  '1.2.3',
  'NaN',
  '9'.repeat(400),
  '100000000.01',
  1e21,
  Number.NaN,
  null,
  {},
  [],
  true,
])('[CS5] %s is no amount', (value) => {
  expect(minor(value, 'USD')).toBe('malformed-money');
});

test('[CS5] every whole amount of minor units is read back from its text', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e10, max: 1e10 }),
      fc.constantFrom('USD', 'JPY', 'KWD', 'CLF'),
      (amount, currency) => {
        const decimals = decimalsOf(currency);
        const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
        const whole = digits.slice(0, digits.length - decimals);
        const text = `${amount < 0 ? '-' : ''}${whole}${decimals === 0 ? '' : `.${digits.slice(-decimals)}`}`;
        expect(minor(text, currency)).toBe(amount);
      },
    ),
  );
});

test('[CS5] what is spread adds up to the cent, and no part is a cent from its share', () => {
  fc.assert(
    fc.property(fc.nat(1e10), fc.array(fc.nat(1e10), { minLength: 1, maxLength: 40 }), (amount, weights) => {
      const parts = allocate(amount, weights);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      if (sum === 0) return;
      for (const [index, part] of parts.entries()) {
        const exact = BigInt(amount) * BigInt(weights[index]!);
        const off = BigInt(part) * BigInt(sum) - exact;
        expect(off > -BigInt(sum) && off < BigInt(sum)).toBe(true);
      }
    }),
  );
});

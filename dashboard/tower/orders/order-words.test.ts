import { expect, test } from 'vitest';
import { count, money, outWords, sentence } from './order-words.ts';

test('money has the decimals of its currency, and survives one that nobody knows', () => {
  expect(money(123_456, 'USD')).toBe('$1,234.56');
  expect(money(1_235, 'JPY')).toBe('¥1,235');
  expect(money(-50, 'GBP')).toBe('-£0.50');
  expect(money(1_050, 'no money')).toBe('10.50 no money');
});

test('counts and codes read like sentences', () => {
  expect([count(1, 'unit'), count(1_200, 'unit')]).toEqual(['1 unit', '1,200 units']);
  expect(sentence('pull-back')).toBe('Pull back');
  expect([outWords('too-far'), outWords('brand-new')]).toEqual(['too far away', 'brand new']);
});

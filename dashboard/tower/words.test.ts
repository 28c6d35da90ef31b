import { expect, test } from 'vitest';
import { ageOf, bytes, countOf, countdown, figure, shortFigure, span } from './words.ts';

test.each([
  [0, '0'],
  [3.42, '3.4'],
  [937.4, '937'],
  [1_284_113, '1,284,113'],
])('figure %d', (value, said) => {
  expect(figure(value)).toBe(said);
});

test('short figures keep three digits that mean something', () => {
  expect([9_999, 20_902, 1_284_113].map(shortFigure)).toEqual(['9,999', '20.9K', '1.28M']);
});

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1 KiB'],
  [812_344_321, '775 MiB'],
])('%d bytes', (value, said) => {
  expect(bytes(value)).toBe(said);
});

test.each([
  [-5, '0:00'],
  [1, '0:01'],
  [754_000, '12:34'],
  [4 * 3_600_000, '4:00:00'],
])('countdown of %d ms never shows less time than there is', (ms, said) => {
  expect(countdown(ms)).toBe(said);
});

test('ages and spans', () => {
  expect([ageOf(null, 5), ageOf(0, 5), ageOf(1_000, 61_000), span(600_000)]).toEqual([
    'never',
    'never',
    '1 min ago',
    '10 min',
  ]);
});

test('a list that holds fewer than there are says so', () => {
  expect([countOf(7, 7, 'open'), countOf(1204, 20, 'open')]).toEqual(['7 open', '1,204 open, newest 20 shown']);
});

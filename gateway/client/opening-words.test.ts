import { expect, test } from 'vitest';
import { openingInWords } from './opening-words.ts';

const WEEK = [1, 2, 3, 4, 5, 6].map((day) => ({ day, open: 420, close: day === 6 ? 1440 : 1350 }));
const OHIO = { hours: WEEK, timeZone: 'America/New_York' };

/** 23 November 2026 is a Monday; Ohio is five hours behind. */
const ohio = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, 22 + day, hour + 5, minute);

test.each([
  ['in the middle of the day', ohio(1, 12), 'Open until 10:30 PM'],
  ['on the minute it opens', ohio(1, 7), 'Open until 10:30 PM'],
  ['a minute before', ohio(1, 6, 59), 'Opens at 7 AM'],
  ['on the minute it closes', ohio(1, 22, 30), 'Opens Tue at 7 AM'],
  ['until midnight', ohio(6, 23, 59), 'Open until midnight'],
  ['on a day it stays closed', ohio(7, 12), 'Opens Mon at 7 AM'],
  ['before a closed day', ohio(7, 0), 'Opens Mon at 7 AM'],
])('%s', (_name, nowMs, words) => {
  // Node and browsers differ in the kind of space before PM.
  expect(openingInWords(OHIO, nowMs, 'en-US').replaceAll(/\s/g, ' ')).toBe(words);
});

test('a store without hours never closes, one that opens once a week says which day', () => {
  expect(openingInWords({ ...OHIO, hours: [] }, 0, 'en-US')).toBe('Open 24 hours');
  const mondays = { ...OHIO, hours: [{ day: 1, open: 420, close: 480 }] };
  expect(openingInWords(mondays, ohio(1, 9), 'en-GB')).toBe('Opens Mon at 07');
});

test('hours are said in the language of the page', () => {
  expect(openingInWords(OHIO, ohio(1, 12), 'de-DE')).toBe('Open until 22:30');
});

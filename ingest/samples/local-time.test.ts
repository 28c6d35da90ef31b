import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOf, instantOf, localText, momentOf, needsOffset, offsetText } from './local-time.ts';

test('[FD13] the repeated hour of autumn is the later one, the missing hour of spring is shifted', () => {
  expect(new Date(instantOf('2017-11-05T01:30:00')).toISOString()).toBe('2017-11-05T06:30:00.000Z');
  expect(new Date(instantOf('2017-03-12T02:30:00')).toISOString()).toBe('2017-03-12T07:30:00.000Z');
});

test('[FD13] a moment written as a till writes it is read as the same moment', () => {
  const year = { min: Date.UTC(2017, 0, 1), max: Date.UTC(2027, 0, 1) };
  fc.assert(
    fc.property(fc.integer(year), (at) => {
      const text = localText(at);
      const read = needsOffset(at) ? Date.parse(text + offsetText(at)) : instantOf(text);
      expect(read).toBe(at);
    }),
  );
});

test('only the first pass of the repeated hour needs its offset said', () => {
  expect(needsOffset(Date.parse('2017-11-05T05:30:00Z'))).toBe(true);
  expect(needsOffset(Date.parse('2017-11-05T06:30:00Z'))).toBe(false);
  expect(needsOffset(Date.parse('2017-11-05T04:59:59Z'))).toBe(false);
});

test('days begin at local midnight, on the days of 23 and 25 hours too', () => {
  for (const day of [0, 70, 71, 307, 308, 364]) {
    expect(dayOf(momentOf(day, 0))).toBe(day);
    expect(dayOf(momentOf(day, 0) - 1)).toBe(day - 1);
    expect(dayOf(momentOf(day, 1439))).toBe(day);
  }
});

import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';

import { testContext } from './test-context.ts';
import { Clock, wallOf } from './local-time.ts';

const read = (value: unknown, node?: string): unknown => new Clock(testContext({ format: 'json' })).read(value, node);
const iso = (value: unknown, node?: string): string => new Date(read(value, node) as number).toISOString();

test('[FD13] a local time is read in the zone of its node', () => {
  expect(iso('2017-10-01T02:02:54', 'S-09')).toBe('2017-10-01T06:02:54.000Z');
  expect(iso('2017-12-01T02:02:54.5', 'S-09')).toBe('2017-12-01T07:02:54.500Z');
  expect(iso('2017-12-01 02:02', 'DC-BERLIN')).toBe('2017-12-01T01:02:00.000Z');
});

test('[FD13] in the repeated hour of autumn the later instant, counted', () => {
  const clock = new Clock(testContext({ format: 'json' }));
  expect(new Date(clock.read('2026-11-01T01:30:00', 'S-09') as number).toISOString()).toBe('2026-11-01T06:30:00.000Z');
  expect(clock.warnings()).toEqual([
    { words: 'local time in the repeated hour of autumn, read as the later instant', times: 1 },
  ]);
});

test('[FD13] in the missing hour of spring the shifted instant, counted', () => {
  const clock = new Clock(testContext({ format: 'json' }));
  expect(new Date(clock.read('2026-03-08T02:30:00', 'S-09') as number).toISOString()).toBe('2026-03-08T07:30:00.000Z');
  expect(clock.warnings()).toEqual([{ words: 'local time in the missing hour of spring, shifted forward', times: 1 }]);
});

test('an offset in the text wins over the zone', () => {
  expect(iso('2017-10-01T02:02:54Z', 'S-09')).toBe('2017-10-01T02:02:54.000Z');
  expect(iso('2005-04-03T20:33:31.116000-06:00', 'S-09')).toBe('2005-04-04T02:33:31.116Z');
  expect(iso('2005-04-03T20:33:31+0530', 'S-09')).toBe('2005-04-03T15:03:31.000Z');
});

test('ms since the epoch are taken as they are', () => {
  expect(read(1_795_486_000_000)).toBe(1_795_486_000_000);
});

test('without any zone a local time is refused and says so', () => {
  const context = testContext({ format: 'json' });
  const { timeZone, ...source } = context.source;
  const refusal = new Clock({ ...context, source }).read('2017-10-01T02:02:54', 'NOWHERE');
  expect(timeZone).toBeDefined();
  expect(refusal).toMatchObject({ code: 'no-time-zone' });
});

test('what is no day and no time is refused', () => {
  for (const wrong of [
    '2017-02-29T10:00:00Z',
    '2017-13-01T10:00:00Z',
    '2017-04-31T10:00:00Z',
    '2017-01-01T24:00:00Z',
    '2017-01-01T10:60:00Z',
    '2017-01-01T10:00:00+19:00',
    '2017-01-01',
    'yesterday',
    '',
    null,
    {},
    Number.NaN,
    '9'.repeat(5000),
  ]) {
    expect({ wrong, is: read(wrong, 'S-09') }).toMatchObject({ wrong, is: { code: 'malformed-time' } });
  }
});

test('[FD13] every local minute of any zone agrees with Temporal', () => {
  const zones = [
    'America/New_York',
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/St_Johns',
    'UTC',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2040, 0) }),
      (zone, wall) => {
        const context = testContext({ format: 'json' });
        const source = { ...context.source, timeZone: zone };
        const is = new Clock({ ...context, source }).readLocal(wall, undefined);
        const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
        expect(is).toBe(local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds);
      },
    ),
    { numRuns: 500 },
  );
});

test('[FD13] the hours around each change of offset agree with Temporal too', () => {
  for (const [zone, days] of [
    ['America/New_York', [Date.UTC(2026, 2, 8), Date.UTC(2026, 10, 1)]],
    ['Europe/Berlin', [Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25)]],
    ['Australia/Lord_Howe', [Date.UTC(2026, 3, 5), Date.UTC(2026, 9, 4)]],
  ] as const) {
    const context = testContext({ format: 'json' });
    const clock = new Clock({ ...context, source: { ...context.source, timeZone: zone } });
    for (const day of days) {
      for (let minute = -120; minute < 6 * 60; minute += 5) {
        const wall = day + minute * 60_000;
        const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
        const judge = local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
        expect({ zone, wall, is: clock.readLocal(wall, undefined) }).toEqual({ zone, wall, is: judge });
      }
    }
  }
});

test('a day that does not exist is not rolled over', () => {
  expect(wallOf({ year: 2026, month: 2, day: 29 }, { hour: 0, minute: 0, second: 0 })).toBeUndefined();
  expect(wallOf({ year: 2028, month: 2, day: 29 }, { hour: 0, minute: 0, second: 0 })).toBe(Date.UTC(2028, 1, 29));
});

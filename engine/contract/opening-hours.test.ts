import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { afterOpenMs, openMs, type Place } from './opening-hours.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const at = (iso: string): number => Temporal.Instant.from(iso).epochMilliseconds;

const weekdays = (open: number, close: number): Place['hours'] =>
  [1, 2, 3, 4, 5].map((day) => ({ day, open: open * 60, close: close * 60 }));
const NEW_YORK: Place = { timeZone: 'America/New_York', hours: weekdays(9, 17) };

describe('opening hours', () => {
  test('[AV5] open time is local to the place: nights and weekends do not count', () => {
    // 2026-11-27 is a Friday; New York is 5 hours behind UTC.
    const rows: (readonly [string, string, number])[] = [
      ['2026-11-27T14:00:00Z', '2026-11-27T15:00:00Z', 1],
      ['2026-11-27T12:00:00Z', '2026-11-27T15:00:00Z', 1],
      ['2026-11-27T21:30:00Z', '2026-11-30T14:30:00Z', 1],
      ['2026-11-28T00:00:00Z', '2026-11-30T14:00:00Z', 0],
      ['2026-11-27T15:00:00Z', '2026-11-27T14:00:00Z', 0],
    ];
    for (const [from, to, hours] of rows) {
      expect([from, openMs(NEW_YORK, at(from), at(to)) / HOUR_MS]).toEqual([from, hours]);
    }
    expect(afterOpenMs(NEW_YORK, at('2026-11-27T21:30:00Z'), HOUR_MS)).toBe(at('2026-11-30T14:30:00Z'));
    expect(afterOpenMs(NEW_YORK, at('2026-11-27T21:30:00Z'), HOUR_MS / 2)).toBe(at('2026-11-27T22:00:00Z'));
  });

  test('[AV5] without hours a place is always open; a place that hardly opens is never waited for', () => {
    expect(openMs({ timeZone: 'UTC', hours: [] }, 5, 12)).toBe(7);
    expect(afterOpenMs({ timeZone: 'UTC', hours: [] }, 5, 7)).toBe(12);
    const rare: Place = { timeZone: 'UTC', hours: [{ day: 1, open: 0, close: 1 }] };
    expect(afterOpenMs(rare, at('2026-11-24T00:00:00Z'), 100 * MINUTE_MS)).toBe(Infinity);
  });

  test('[AV5] [FD13] a day of 25 hours counts 25, opening in the repeated hour is the later one', () => {
    const night: Place = { timeZone: 'America/New_York', hours: [{ day: 7, open: 0, close: 1440 }] };
    expect(openMs(night, at('2026-11-01T00:00:00Z'), at('2026-11-03T00:00:00Z')) / HOUR_MS).toBe(25);
    const late: Place = { timeZone: 'America/New_York', hours: [{ day: 7, open: 60, close: 120 }] };
    expect(afterOpenMs(late, at('2026-11-01T00:00:00Z'), HOUR_MS)).toBe(at('2026-11-01T07:00:00Z'));
  });

  test('[AV5] hours that overlap count once, and a zone nobody knows is read as UTC', () => {
    const hours = [
      { day: 2, open: 600, close: 720 },
      { day: 2, open: 540, close: 660 },
    ];
    const place: Place = { timeZone: 'Mars/Olympus', hours };
    expect(openMs(place, at('2026-11-24T00:00:00Z'), at('2026-11-25T00:00:00Z')) / HOUR_MS).toBe(3);
  });

  test('[AV5] any place and span: as many minutes as a clock on the wall shows open, and their end is where they have passed', () => {
    const hour = fc.constantFrom(0, 4, 7, 9, 12, 17, 20, 24);
    const row = fc
      .record({ day: fc.integer({ min: 1, max: 7 }), open: hour, close: hour })
      .filter(({ open, close }) => open < close)
      .map(({ day, open, close }) => ({ day, open: open * 60, close: close * 60 }));
    const zone = fc.constantFrom('America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Auckland', 'UTC');
    // Around both changes of clocks of 2026, and a plain week.
    const start = fc.constantFrom('2026-03-06T00:00:00Z', '2026-10-30T00:00:00Z', '2026-04-03T00:00:00Z');
    const span = fc.record({ start, after: fc.nat(2 * 1440), minutes: fc.nat(3 * 1440) });
    const property = fc.property(
      zone,
      fc.array(row, { minLength: 1, maxLength: 6 }),
      span,
      (timeZone, hours, { start: from, after, minutes }) => {
        const place = { timeZone, hours };
        const begin = at(from) + after * MINUTE_MS;
        let open = 0;
        const passed: [minutes: number, at: number][] = [];
        for (let minute = 0; minute < minutes; minute++) {
          if (!isOpen(place, begin + minute * MINUTE_MS)) continue;
          open++;
          if (open % 97 === 1) passed.push([open, begin + (minute + 1) * MINUTE_MS]);
        }
        for (const [ms, end] of passed) expect(afterOpenMs(place, begin, ms * MINUTE_MS)).toBe(end);
        expect(openMs(place, begin, begin + minutes * MINUTE_MS)).toBe(open * MINUTE_MS);
      },
    );
    fc.assert(property, { numRuns: 40 });
  });
});

const clocks = new Map<string, Intl.DateTimeFormat>();
const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Slow and obvious: looks at a clock in the zone. */
function isOpen({ timeZone, hours }: Place, ms: number): boolean {
  const options = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-US', options);
  clocks.set(timeZone, clock);
  const parts = Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, value]));
  const minute = Number(parts.hour) * 60 + Number(parts.minute);
  return hours.some(({ day, open, close }) => DAYS[day] === parts.weekday && open <= minute && minute < close);
}

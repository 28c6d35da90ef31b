import { expect, test } from 'vitest';
import { deliveryDate, isLate, readyDate, type Dispatcher } from './delivery-date.ts';
import { PARCEL } from './test-network.ts';

const at = (iso: string): number => Date.parse(iso);
const weekdays = [1, 2, 3, 4, 5].map((day) => ({ day, open: 540, close: 1_020 }));
const OHIO: Dispatcher = { timeZone: 'America/New_York', hours: weekdays };
const [NEXT_DAY] = PARCEL.zones;

test('[OR5] what is released by the cut-off leaves that day, otherwise the next day the node works and the carrier drives', () => {
  // 2026-11-27 is a Friday; Ohio is 5 hours behind UTC, on 2026-03-08 its clocks go forward to 4.
  const rows: readonly (readonly [node: Dispatcher, released: string, leaves: string, arrives: string])[] = [
    [OHIO, '2026-11-24T20:00Z', '2026-11-24T22:00Z', '2026-11-26T01:00Z'],
    [OHIO, '2026-11-24T22:00Z', '2026-11-24T22:00Z', '2026-11-26T01:00Z'],
    [OHIO, '2026-11-24T22:01Z', '2026-11-25T22:00Z', '2026-11-27T01:00Z'],
    [{ ...OHIO, cutOff: 720 }, '2026-11-24T17:01Z', '2026-11-25T17:00Z', '2026-11-27T01:00Z'],
    [{ ...OHIO, cutOff: 1_200 }, '2026-11-24T22:01Z', '2026-11-25T22:00Z', '2026-11-27T01:00Z'],
    [OHIO, '2026-11-27T23:00Z', '2026-11-30T22:00Z', '2026-12-02T01:00Z'],
    [{ ...OHIO, hours: [] }, '2026-11-28T12:00Z', '2026-12-01T05:00Z', '2026-12-02T01:00Z'],
    [OHIO, '2026-03-07T12:00Z', '2026-03-09T21:00Z', '2026-03-11T00:00Z'],
  ];
  for (const [node, released, leaves, arrives] of rows) {
    const date = deliveryDate(node, PARCEL, NEXT_DAY!, at(released))!;
    const told = [date.leavesAt, date.arrivesAt].map((ms) => new Date(ms).toISOString().replace(':00.000Z', 'Z'));
    expect([released, ...told]).toEqual([released, leaves, arrives]);
  }
  const sundays = { ...OHIO, hours: [{ day: 7, open: 0, close: 1_440 }] };
  expect(deliveryDate(sundays, PARCEL, NEXT_DAY!, at('2026-11-24T20:00Z'))).toBeUndefined();
});

test('[OR5] a promise is kept until the end of its day, as the node counts days', () => {
  const date = deliveryDate(OHIO, PARCEL, NEXT_DAY!, at('2026-11-24T20:00Z'))!;
  expect(isLate(OHIO, date, undefined)).toBe(false);
  // Midnight in Ohio is 5:00 UTC: the 25th lasts until then.
  expect(isLate(OHIO, date, at('2026-11-25T05:00Z'))).toBe(false);
  expect(isLate(OHIO, date, at('2026-11-25T04:59Z'))).toBe(true);
});

test('[OR5] what is collected is ready after two open hours', () => {
  expect(readyDate(OHIO, at('2026-11-24T21:00Z'))?.leavesAt).toBe(at('2026-11-25T15:00Z'));
  expect(readyDate({ ...OHIO, hours: [{ day: 1, open: 0, close: 1 }] }, at('2026-11-24T21:00Z'))).toBeUndefined();
});

import { Temporal } from 'temporal-polyfill';

// The demo retailer lives in one zone. Tills write local times without offset; both directions follow rule FD13.

export const ZONE = 'America/New_York';
const HOUR_MS = 3_600_000;

/** Instant of a local time: in the repeated hour of autumn the later one, in the missing hour of spring the shifted one. */
export function instantOf(local: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE, { disambiguation: 'later' }).epochMilliseconds;
}

// Offsets change on the whole hour, so one look-up per hour is enough.
const offsets = new Map<number, number>();
/** Hours remembered at most: a year and a half; beyond it the table starts anew. */
const OFFSETS_MAX = 13_000;

/** Local time less UTC, in ms. */
export function offsetMs(at: number): number {
  const hour = Math.floor(at / HOUR_MS);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  if (offsets.size >= OFFSETS_MAX) offsets.clear();
  const zoned = Temporal.Instant.fromEpochMilliseconds(hour * HOUR_MS).toZonedDateTimeISO(ZONE);
  const offset = zoned.offsetNanoseconds / 1_000_000;
  offsets.set(hour, offset);
  return offset;
}

/** `2017-03-04T17:05:09`, with a fraction only when there is one. */
export function localText(at: number): string {
  const text = new Date(at + offsetMs(at)).toISOString().slice(0, -1);
  return text.endsWith('.000') ? text.slice(0, -4) : text;
}

/** `-05:00` */
export function offsetText(at: number): string {
  const minutes = offsetMs(at) / 60_000;
  const abs = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(abs / 60))}:${two(abs % 60)}`;
}

/** True in the first pass of autumn's repeated hour: its local text alone would be read as the second. */
export function needsOffset(at: number): boolean {
  return offsetMs(at + HOUR_MS) < offsetMs(at);
}

/** Local midnight of the day `days` after 1 January 2017, plus minutes. */
export function momentOf(day: number, minutes: number): number {
  const utc = new Date(Date.UTC(2017, 0, 1 + day, 0, minutes));
  return instantOf(utc.toISOString().slice(0, 19));
}

/** Days since 1 January 2017, local. */
export function dayOf(at: number): number {
  return Math.floor((at + offsetMs(at) - Date.UTC(2017, 0, 1)) / 86_400_000);
}

/** `20170304` */
export function dateText(at: number): string {
  return localText(at).slice(0, 10).replaceAll('-', '');
}

import { Temporal } from 'temporal-polyfill';
import type { NodeRef, OpeningHours } from './reference.ts';

// Open time: how much of it lies between two moments, and when so much of it has passed. Pure: the zone's rules are data.

export type Place = Pick<NodeRef, 'timeZone' | 'hours'>;

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** Days looked ahead. What has not passed by then is taken as never: a place open one minute a week would be walked for years. */
const DAYS_MAX = 400;

/** Open ms from `from` until before `to`. */
export function openMs(place: Place, from: number, to: number): number {
  if (place.hours.length === 0) return Math.max(0, to - from);
  let ms = 0;
  for (const { opensAt, closesAt } of openings(place, from)) {
    if (opensAt >= to) break;
    ms += Math.min(closesAt, to) - opensAt;
  }
  return ms;
}

/** The first moment at which `ms` of open time have passed since `from`; Infinity when that is over a year away. */
export function afterOpenMs(place: Place, from: number, ms: number): number {
  if (place.hours.length === 0) return from + ms;
  let left = ms;
  for (const { opensAt, closesAt } of openings(place, from)) {
    if (closesAt - opensAt >= left) return opensAt + left;
    left -= closesAt - opensAt;
  }
  return Infinity;
}

/** Times the place is open at or after `from`, the one under way cut to it, in order and apart. */
function* openings({ hours, timeZone }: Place, from: number): Generator<{ opensAt: number; closesAt: number }> {
  const sorted = hours.toSorted((a, b) => a.open - b.open);
  // A zone is a day ahead of UTC or behind it at most.
  const first = Math.floor(from / DAY_MS) - 1;
  let earliest = from;
  for (let day = first; day < first + DAYS_MAX; day++) {
    for (const { open, close } of sorted.filter((row) => row.day === weekdayOf(day))) {
      const opensAt = Math.max(earliest, instantOf(timeZone, day * DAY_MS + open * MINUTE_MS));
      const closesAt = instantOf(timeZone, day * DAY_MS + close * MINUTE_MS);
      if (closesAt <= opensAt) continue;
      yield { opensAt, closesAt };
      // Hours that overlap count once.
      earliest = closesAt;
    }
  }
}

/** 1 Monday … 7 Sunday; day 0, 1970-01-01, was a Thursday. */
export function weekdayOf(day: number): OpeningHours['day'] {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Answers kept, at most: a week of 1,000 zones and hours. When full it is emptied; only speed depends on it. */
const INSTANTS_MAX = 20_000;
const instants = new Map<string, number>();

/** The moment a clock in the zone shows these figures, given as ms in UTC; in a repeated hour the later, in a missing one shifted (rule FD13). */
export function instantOf(timeZone: string, wallMs: number): number {
  const key = `${timeZone} ${wallMs}`;
  const known = instants.get(key);
  if (known !== undefined) return known;
  if (instants.size >= INSTANTS_MAX) instants.clear();
  const found = findInstant(timeZone, wallMs);
  instants.set(key, found);
  return found;
}

/** What a clock in the zone shows then, as ms in UTC. */
function wallMsOf(timeZone: string, ms: number): number {
  const at = Temporal.Instant.fromEpochMilliseconds(ms);
  try {
    return ms + at.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
  } catch {
    return ms;
  }
}

/** No zone's day begins elsewhere than at a quarter of an hour. */
const QUARTER_MS = 900_000;
const days = new Map<string, number>();

/** The day it is in the zone then, counted from 1970-01-01. */
export function localDayOf(timeZone: string, ms: number): number {
  const key = `${timeZone} ${Math.floor(ms / QUARTER_MS)}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  if (days.size >= INSTANTS_MAX) days.clear();
  const day = Math.floor(wallMsOf(timeZone, ms) / DAY_MS);
  days.set(key, day);
  return day;
}

function findInstant(timeZone: string, wallMs: number): number {
  const utc = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO('UTC');
  try {
    return utc.toPlainDateTime().toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds;
  } catch {
    // The files refuse a zone that nobody knows; one that came another way must not stop the shard for good.
    return wallMs;
  }
}

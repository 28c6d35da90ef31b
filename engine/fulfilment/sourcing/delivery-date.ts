import {
  afterOpenMs,
  DAY_MS,
  instantOf,
  localDayOf,
  MINUTE_MS,
  weekdayOf,
  type Place,
} from '../../contract/opening-hours.ts';
import type { CarrierRef, CarrierZone } from '../../contract/sourcing.ts';

// When units leave a node and when they arrive. Days are the node's own; a promise is a day, so one that is kept by nodes of
// two time zones is the same day in both.

export interface DeliveryDate {
  /** The carrier fetches then. */
  readonly leavesAt: number;
  readonly arrivesAt: number;
  /** The day of arrival, counted from 1970-01-01. */
  readonly arrivesOn: number;
}

export type Dispatcher = Place & { readonly cutOff?: number };

/** When carriers have come by, in minutes after midnight: 20:00, so that the day is the same in zones up to 4 hours apart. */
const ARRIVES_MINUTE = 1_200;
const MONDAY_TO_FRIDAY: readonly number[] = [1, 2, 3, 4, 5];
/** Days looked ahead for one on which the node works and the carrier drives: holidays of a week and more fit. */
const DAYS_MAX = 30;
/** Open time in which a store has units ready that are collected there: what shops promise. */
const READY_MS = 2 * 3_600_000;

/** Of what is released at `atMs`; undefined when no day is one on which the node works and the carrier drives. */
export function deliveryDate(
  node: Dispatcher,
  carrier: CarrierRef,
  zone: CarrierZone,
  atMs: number,
): DeliveryDate | undefined {
  const drives = carrier.days ?? MONDAY_TO_FRIDAY;
  const leaves = nextDeparture(node, drives, atMs);
  if (leaves === undefined) return undefined;
  const arrivesOn = afterDays(leaves.day, zone.days, drives);
  const arrivesAt = instantOf(node.timeZone, arrivesOn * DAY_MS + ARRIVES_MINUTE * MINUTE_MS);
  return { leavesAt: leaves.at, arrivesAt: Math.max(arrivesAt, leaves.at), arrivesOn };
}

/** Of what is handed over where it lies; undefined when the node hardly opens. */
export function readyDate(node: Dispatcher, atMs: number): DeliveryDate | undefined {
  const readyAt = afterOpenMs(node, atMs, READY_MS);
  if (readyAt === Infinity) return undefined;
  return { leavesAt: readyAt, arrivesAt: readyAt, arrivesOn: localDayOf(node.timeZone, readyAt) };
}

/** A promise is kept until the end of its day, as the node counts days. */
export function isLate(node: Place, { arrivesOn }: DeliveryDate, promisedAt: number | undefined): boolean {
  return promisedAt !== undefined && arrivesOn > localDayOf(node.timeZone, promisedAt);
}

function nextDeparture(
  node: Dispatcher,
  drives: readonly number[],
  atMs: number,
): { readonly day: number; readonly at: number } | undefined {
  const first = localDayOf(node.timeZone, atMs);
  for (let day = first; day < first + DAYS_MAX; day++) {
    const weekday = weekdayOf(day);
    if (!drives.includes(weekday)) continue;
    const closes = closingMinute(node, weekday);
    if (closes === undefined) continue;
    const at = instantOf(node.timeZone, day * DAY_MS + Math.min(closes, node.cutOff ?? closes) * MINUTE_MS);
    if (at >= atMs) return { day, at };
  }
  return undefined;
}

/** Minutes after midnight; undefined on a day it does not work. */
function closingMinute({ hours }: Place, weekday: number): number | undefined {
  if (hours.length === 0) return 1_440;
  let closes: number | undefined;
  for (const row of hours) if (row.day === weekday && row.close > (closes ?? 0)) closes = row.close;
  return closes;
}

/** Counts days on which the carrier drives; the day it leaves is day 0. */
function afterDays(from: number, count: number, drives: readonly number[]): number {
  let day = from;
  for (let left = count; left > 0;) if (drives.includes(weekdayOf(++day))) left--;
  return day;
}

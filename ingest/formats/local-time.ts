import { Temporal } from 'temporal-polyfill';

import type { FormatContext } from '../source.ts';
import { shown } from './text.ts';

// Times of messages to ms since the epoch. A time without offset is read in its node's zone (rule FD13):
// in the repeated hour of autumn the later instant, in the missing hour of spring the shifted one, both counted.

export interface TimeRefusal {
  readonly code: 'malformed-time' | 'no-time-zone';
  readonly message: string;
}

/** Whose zones a time may be in. */
interface ZonesContext extends Pick<FormatContext, 'nodes'> {
  readonly source: Pick<FormatContext['source'], 'id' | 'timeZone'>;
}

/** Reads the times of one body; knows how many were ambiguous when the body ends. */
export class Clock {
  private readonly context: ZonesContext;
  private repeated = 0;
  private missing = 0;

  constructor(context: ZonesContext) {
    this.context = context;
  }

  /** ISO 8601 text or ms since the epoch; `node` names the zone of a time without offset. */
  read(value: unknown, node: string | undefined): number | TimeRefusal {
    if (typeof value === 'number') return Number.isFinite(value) ? value : malformed(value);
    if (typeof value !== 'string' || value.length > TIME_CHARS_MAX) return malformed(value);
    const match = ISO.exec(value);
    if (match === null) return malformed(value);
    const wall = wallMs(match);
    if (wall === undefined) return malformed(value);
    const offset = match[8];
    if (offset === undefined) return this.readLocal(wall, node);
    const offsetMs = offsetOf(offset);
    return offsetMs === undefined ? malformed(value) : wall - offsetMs;
  }

  /** A wall time, as ms of the same figures in UTC, in the zone of the node or else of the source. */
  readLocal(wall: number, node: string | undefined): number | TimeRefusal {
    const zone =
      (node === undefined ? undefined : this.context.nodes.get(node)?.timeZone) ?? this.context.source.timeZone;
    if (zone === undefined) {
      const message = `the time has no offset, and neither node ${node ?? '(none)'} nor the source has a time zone`;
      return { code: 'no-time-zone', message };
    }
    const slot = slotOf(zone, wall);
    if (slot === undefined) return { code: 'no-time-zone', message: `${zone} is no IANA time zone` };
    if (slot.kind === 'repeated') this.repeated += 1;
    if (slot.kind === 'missing') this.missing += 1;
    return wall - slot.offsetMs;
  }

  warnings(): readonly { readonly words: string; readonly times: number }[] {
    const found = [];
    if (this.repeated > 0) {
      found.push({
        words: 'local time in the repeated hour of autumn, read as the later instant',
        times: this.repeated,
      });
    }
    if (this.missing > 0) {
      found.push({ words: 'local time in the missing hour of spring, shifted forward', times: this.missing });
    }
    return found;
  }
}

/** Longest time we look at, in characters: nine digits of fraction and an offset fit. */
const TIME_CHARS_MAX = 40;
const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

function malformed(value: unknown): TimeRefusal {
  return {
    code: 'malformed-time',
    message: `a time must be ms since the epoch or ISO 8601 like 2026-11-24T18:05:00-05:00, got ${shown(value)}`,
  };
}

function wallMs(match: RegExpExecArray): number | undefined {
  const fraction = match[7] === undefined ? 0 : Math.floor(Number(`0.${match[7]}`) * 1000);
  return wallOf(
    { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) },
    { hour: Number(match[4]), minute: Number(match[5]), second: Number(match[6] ?? 0), ms: fraction },
  );
}

/** Figures of a calendar and a clock as if they were UTC, ms since the epoch; undefined when there is no such day or time. */
export function wallOf(
  date: { readonly year: number; readonly month: number; readonly day: number },
  time: { readonly hour: number; readonly minute: number; readonly second: number; readonly ms?: number },
): number | undefined {
  // Date.UTC rolls 31 April over to 1 May and reads year 26 as 1926; a message that says so is wrong, not generous.
  const { year, month, day } = date;
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined;
  // Second 60 (a leap second) becomes the next minute's 0, as clocks that smear do.
  if (!(time.hour <= 23 && time.minute <= 59 && time.second <= 60)) return undefined;
  return Date.UTC(year, month - 1, day, time.hour, time.minute, time.second, time.ms ?? 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || 0);
  if (hours > 18 || minutes > 59) return undefined;
  const ms = (hours * 60 + minutes) * 60_000;
  return text.startsWith('-') ? -ms : ms;
}

interface Slot {
  readonly kind: 'plain' | 'repeated' | 'missing';
  readonly offsetMs: number;
}

/** Zones change their offset at whole quarters of an hour only, so one answer serves a quarter. */
const QUARTER_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Answers kept, at most: a year of 30 zones by day, or the days of change by quarter. When full it is emptied; only speed depends on it. */
const SLOTS_MAX = 20_000;
const slots = new Map<string, Slot | 'changes' | undefined>();

function slotOf(zone: string, wall: number): Slot | undefined {
  // Nearly every day has one offset from midnight to midnight: one look at the zone serves all its times.
  const day = cached(zone, Math.floor(wall / DAY_MS) * DAY_MS, 'day', findDay);
  if (day !== 'changes') return day;
  const quarter = cached(zone, Math.floor(wall / QUARTER_MS) * QUARTER_MS, 'quarter', findQuarter);
  return quarter === 'changes' ? undefined : quarter;
}

type Find = (zone: string, wall: number) => Slot | 'changes' | undefined;

function cached(zone: string, wall: number, span: string, find: Find): Slot | 'changes' | undefined {
  const key = `${zone} ${span} ${wall}`;
  const known = slots.get(key);
  if (known !== undefined || slots.has(key)) return known;
  if (slots.size >= SLOTS_MAX) slots.clear();
  const found = find(zone, wall);
  slots.set(key, found);
  return found;
}

function findDay(zone: string, wall: number): Slot | 'changes' | undefined {
  const first = findQuarter(zone, wall);
  const last = findQuarter(zone, wall + DAY_MS);
  if (first === undefined || last === undefined) return undefined;
  const plain = first.kind === 'plain' && last.kind === 'plain' && first.offsetMs === last.offsetMs;
  return plain ? first : 'changes';
}

function findQuarter(zone: string, wall: number): Slot | undefined {
  try {
    const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
    const later = local.toZonedDateTime(zone, { disambiguation: 'later' });
    const offsetMs = wall - later.epochMilliseconds;
    if (!later.toPlainDateTime().equals(local)) return { kind: 'missing', offsetMs };
    const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
    return { kind: earlier.epochMilliseconds === later.epochMilliseconds ? 'plain' : 'repeated', offsetMs };
  } catch {
    return undefined;
  }
}

import type { NodeInfo } from '../protocol/stock-bodies.ts';

const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

type Store = Pick<NodeInfo, 'hours' | 'timeZone'>;

/** Whether a store is open now, in its own time: "Open until 10 PM", "Opens at 7 AM", "Opens Mon at 7:30 AM". */
export function openingInWords({ hours, timeZone }: Store, nowMs: number, lang: string): string {
  const now = minuteOfWeek(nowMs, timeZone);
  const openFor = ({ day, open }: Store['hours'][number]): number =>
    (now - (day - 1) * DAY_MINUTES - open + WEEK_MINUTES) % WEEK_MINUTES;
  // Who has been open longest, of all that ever open, is the next to open again.
  const [next] = hours.toSorted((a, b) => openFor(b) - openFor(a));
  if (next === undefined) return 'Open 24 hours';
  const open = hours.find((one) => openFor(one) < one.close - one.open);
  if (open !== undefined) return `Open until ${clock(open.close, lang)}`;
  const today = WEEK_MINUTES - openFor(next) < DAY_MINUTES - (now % DAY_MINUTES);
  return `Opens ${today ? '' : `${DAYS[next.day - 1]} `}at ${clock(next.open, lang)}`;
}

/** Of the store's week, which begins on Monday. */
function minuteOfWeek(nowMs: number, timeZone: string): number {
  const text = new Date(nowMs).toLocaleString('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const [, name = '', hour, minute] = /(\w+)\D+(\d+):(\d+)/.exec(text) ?? [];
  return DAYS.indexOf(name) * DAY_MINUTES + Number(hour) * 60 + Number(minute);
}

/** 1320 -> "10 PM", 1350 -> "10:30 PM", in the language's way; the day's end is midnight. */
function clock(minutes: number, lang: string): string {
  if (minutes === DAY_MINUTES) return 'midnight';
  return new Date(minutes * 60_000).toLocaleTimeString(lang, {
    timeZone: 'UTC',
    hour: 'numeric',
    ...(minutes % 60 !== 0 && { minute: '2-digit' }),
  });
}

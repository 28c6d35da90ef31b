import { ageInWords } from '../../gateway/client/age.ts';

/** 1284113 -> "1,284,113"; 937.2 -> "937"; 3.42 -> "3.4": as many digits as an operator can use. */
export function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** 1284113 -> "1.28 M", where room is short. */
export function shortFigure(value: number): string {
  if (value < 10_000) return figure(value);
  return value.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  return `${figure(value / 1024 ** step)} ${units[step] ?? 'B'}`;
}

export function ageOf(at: number | null, nowMs: number): string {
  return at === null || at === 0 ? 'never' : ageInWords(nowMs - at);
}

/** "7 open", or "1,204 open, newest 20 shown" when the list holds fewer than there are. */
export function countOf(all: number, shown: number, what: string): string {
  return all > shown ? `${figure(all)} ${what}, newest ${shown} shown` : `${figure(all)} ${what}`;
}

/** 754_000 -> "12:34". */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-US', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
}

export function shortDate(ms: number): string {
  return new Date(ms).toLocaleDateString('en-US', { month: 'short', day: 'numeric' });
}

/** "Nov 24, 10:02:17": a moment of the last weeks, in this computer's time. */
export function momentOf(ms: number): string {
  return `${shortDate(ms)}, ${clockTime(ms)}`;
}

/** The value of a datetime-local field, in this computer's time: "2026-11-24T10:02:17". */
export function inputTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** 600_000 -> "10 min". */
export function span(ms: number): string {
  return ageInWords(ms).replace(' ago', '');
}

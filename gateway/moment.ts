import { no, type No } from './answers.ts';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A moment in a query: ms since the epoch, or ISO 8601 with its zone. */
export function parseMoment(text: string, field: string): number | No {
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : ISO.test(text) && isDay(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  const message = `${field} is a time: ms since the epoch, or ISO 8601 with a zone like 2026-11-24T10:02:17Z`;
  return no(422, 'malformed-time', message, { field });
}

/** Date.parse takes February 30 for March 2. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const parsed = new Date(`${day}T00:00:00Z`);
  return Number.isFinite(parsed.getTime()) && parsed.toISOString().slice(0, 10) === day;
}

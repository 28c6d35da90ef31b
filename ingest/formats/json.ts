import { isRefusal } from '../../engine/contract/ids.ts';
import type { Format, FormatContext, FormatResult } from '../source.ts';
import { isRowRefusal } from './event-head.ts';
import type { Row, RowRefusal } from './event-head.ts';
import { readRow } from './event-row.ts';
import { Gather, refuseWhole } from './gather.ts';
import { forbiddenIn, mayHoldForbiddenKey, parseJson } from './json-keys.ts';
import { Clock } from './local-time.ts';
import { readNode } from './node-code.ts';
import { readSnapshotSet } from './snapshot-set.ts';
import { jsonText, readText, shown } from './text.ts';

/**
 * Our own JSON: one row object, a list of them, or NDJSON (a row per line). A row is an event of
 * engine/contract/stock-event.ts without `source`, times as ms or ISO text, or a `snapshot-set` (snapshot-set.ts):
 *
 *   {"kind":"delta","id":"T1-9#1","at":"2026-11-24T10:05:00","sku":"8412345","node":"S-07","quantity":-1,"reason":"sale"}
 *
 * A body whose first line begins with `{` and ends with `}` is NDJSON. There every line stands alone, so a body that
 * stops half way loses its last line only; a list that stops half way is refused whole.
 */
export const readJson: Format = (bytes, context) => {
  const read = readText(bytes);
  if (!('text' in read)) return refuseWhole(read.code, read.message, read.original);
  const { text } = read;
  const start = firstVisible(text);
  if (start === text.length) return new Gather().result();
  return isLines(text, start) ? readLines(text, context) : readDocument(text, context);
};

const BLANK = /[^\s]/;

function firstVisible(text: string): number {
  const at = text.search(BLANK);
  return at === -1 ? text.length : at;
}

function isLines(text: string, start: number): boolean {
  if (text[start] === '[') return false;
  const end = text.indexOf('\n', start);
  if (end === -1) return true;
  // Only the line's last characters are looked at; a pretty-printed object has `{` alone in its first line.
  return text
    .slice(Math.max(start, end - 8), end)
    .trimEnd()
    .endsWith('}');
}

interface Reading {
  readonly context: FormatContext;
  readonly clock: Clock;
  readonly gather: Gather;
  /** Whether rows must be walked for forbidden keys. */
  readonly walk: boolean;
}

function begin(text: string, context: FormatContext): Reading {
  return { context, clock: new Clock(context), gather: new Gather(), walk: mayHoldForbiddenKey(text) };
}

function end(reading: Reading): FormatResult {
  for (const { words, times } of reading.clock.warnings()) reading.gather.warn(words, times);
  return reading.gather.result();
}

function readLines(text: string, context: FormatContext): FormatResult {
  const reading = begin(text, context);
  let line = 0;
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    line += 1;
    const original = text.slice(from, to);
    from = to + 1;
    if (!BLANK.test(original)) continue;
    if (!readLine(reading, original, line)) {
      reading.gather.stop(`line ${line + 1}`, text.slice(from));
      break;
    }
  }
  return end(reading);
}

function readLine(reading: Reading, original: string, line: number): boolean {
  const place = `line ${line}`;
  const parsed = parseJson(original);
  if ('code' in parsed) return reading.gather.refuse({ ...parsed, place, original });
  return readValue(reading, parsed.value, place, () => original);
}

function readDocument(text: string, context: FormatContext): FormatResult {
  const parsed = parseJson(text);
  if ('code' in parsed) {
    // Objects that begin lines are rows: the first one is broken, the others need not be.
    if (/\n\{/.test(text) && !text.trimStart().startsWith('[')) return readLines(text, context);
    return refuseWhole(parsed.code, parsed.message, text);
  }
  const reading = begin(text, context);
  const { value } = parsed;
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const [index, row] of rows.entries()) {
    if (readValue(reading, row, `row ${index + 1}`, () => jsonText(row))) continue;
    reading.gather.stop(`row ${index + 2}`, '');
    break;
  }
  return end(reading);
}

/** False when the body has had more refusals than one answer may list. */
function readValue(reading: Reading, value: unknown, place: string, original: () => string): boolean {
  const { gather, context, clock } = reading;
  const no = (refusal: RowRefusal): boolean => gather.refuse({ ...refusal, place, original: original() });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return no({ code: 'malformed-row', message: `a row must be a JSON object, got ${shown(value)}` });
  }
  const forbidden = reading.walk ? forbiddenIn(value) : undefined;
  if (forbidden !== undefined) {
    return no({ code: 'forbidden-key', message: `the key ${forbidden} is never taken from input` });
  }
  const row = value as Row;
  if (row['kind'] === 'snapshot-set') return readSet(reading, row, place, original);
  const event = readRow(row, context, clock);
  if (isRowRefusal(event)) return no(event);
  gather.events.push({ event, place, original });
  return true;
}

function readSet(reading: Reading, row: Row, place: string, original: () => string): boolean {
  const { gather, context } = reading;
  const node = readNode(row['node'], context);
  const read = isRefusal(node) ? node : readSnapshotSet(row, node, place, reading);
  return typeof read === 'boolean' ? read : gather.refuse({ ...read, place, original: original() });
}

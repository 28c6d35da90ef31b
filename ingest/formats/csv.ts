import { parse } from 'csv-parse/sync';

import { UNAVAILABLE_STATES } from '../../engine/contract/stock-event.ts';
import type { Format, FormatContext } from '../source.ts';
import { readDecimal } from './decimal.ts';
import { isRowRefusal } from './event-head.ts';
import type { Row } from './event-head.ts';
import { readRow } from './event-row.ts';
import { Gather, refuseWhole } from './gather.ts';
import { Clock } from './local-time.ts';
import { readText } from './text.ts';

/**
 * CSV with a header row; columns are the fields of our JSON (event-row.ts), an empty cell is an absent field, each
 * unavailable state is a column of its own (`damaged`, `quality-hold`, …). Comma, semicolon or tab, as the header shows:
 *
 *   kind,id,at,sku,node,quantity,reason
 *   delta,T1-9#1,2026-11-24T10:05:00,8412345,S-07,-1,sale
 *
 * Other columns are ignored with a warning, so a report can be sent as it is exported.
 */
export const readCsv: Format = (bytes, context) => {
  const read = readText(bytes);
  if (!('text' in read)) return refuseWhole(read.code, read.message, read.original);
  const { text } = read;
  if (text.trim() === '') return new Gather().result();
  const reading: Reading = { context, clock: new Clock(context), gather: new Gather(), table: undefined, line: 1 };
  const refusal = parseRecords(text, reading);
  if (refusal !== undefined && reading.table === undefined) return refuseWhole(refusal.code, refusal.message, text);
  const { gather, clock } = reading;
  if (refusal !== undefined)
    gather.refuse({ ...refusal, place: `line ${reading.line}`, original: restOf(text, reading) });
  for (const { words, times } of clock.warnings()) gather.warn(words, times);
  return gather.result();
};

interface Table {
  readonly columns: readonly string[];
  /** The header row as it stood, for originals. */
  readonly raw: string;
}

interface Reading {
  readonly context: FormatContext;
  readonly clock: Clock;
  readonly gather: Gather;
  table: Table | undefined;
  /** First line that is not read yet. */
  line: number;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

/** One row, in characters; a quote that never closes would otherwise swallow the file in silence. */
const RECORD_CHARS_MAX = 64 * 1024;

class CsvStop extends Error {
  readonly refusal: Refusal;
  constructor(code: string, message: string) {
    super(message);
    this.refusal = { code, message };
  }
}

function parseRecords(text: string, reading: Reading): Refusal | undefined {
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      raw: true,
      info: true,
      max_record_size: RECORD_CHARS_MAX,
      // Rows are taken as they come, so those before a fault count; nothing is collected by the parser.
      on_record: (row: unknown) => {
        takeRecord(row as CsvRecord, reading);
        return null;
      },
    });
    return undefined;
  } catch (error) {
    if (error instanceof CsvStop) return error.refusal;
    const says = error instanceof Error ? error.message : String(error);
    return { code: 'broken-csv', message: `not CSV from here on: ${says.slice(0, 160)}` };
  }
}

function delimiterOf(text: string): string {
  const newline = text.search(/[\r\n]/);
  const header = text.slice(0, newline === -1 ? text.length : newline).slice(0, RECORD_CHARS_MAX);
  const count = (mark: string): number => header.split(mark).length;
  return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

function takeRecord({ record, raw, info }: CsvRecord, reading: Reading): void {
  const { gather, context, clock, table, line } = reading;
  reading.line = info.lines + 1;
  if (table === undefined) {
    reading.table = readHeader(record, raw, gather);
    return;
  }
  const place = `line ${line}`;
  const original = (): string => `${table.raw}\n${raw.trim()}\n`;
  const event =
    record.length > table.columns.length
      ? { code: 'malformed-row', message: `${record.length} cells, but the header has ${table.columns.length}` }
      : readRow(rowOf(record, table.columns), context, clock);
  if (!isRowRefusal(event)) {
    gather.events.push({ event, place, original });
    return;
  }
  if (gather.refuse({ ...event, place, original: original() })) return;
  throw new CsvStop(
    'too-many-refused',
    'too many rows were refused; the rest was not read. Correct it and send it again',
  );
}

const REQUIRED = ['kind', 'id', 'at'];
const NUMBERS = new Set(['quantity', 'expected', 'epoch', 'seq']);
const TIMES = new Set(['at', 'postedAt', 'dueAt']);
const TEXTS = new Set([
  'kind',
  'source',
  'id',
  'sku',
  'node',
  'reason',
  'covers',
  'carries',
  'from',
  'to',
  'inboundRef',
  'movementRef',
  'voids',
  'stream',
  'channel',
  'ref',
]);
const STATES: ReadonlySet<string> = new Set(UNAVAILABLE_STATES);

function readHeader(record: readonly string[], raw: string, gather: Gather): Table {
  const missing = REQUIRED.filter((column) => !record.includes(column));
  if (missing.length > 0) {
    throw new CsvStop(
      'missing-columns',
      `the header row must name ${REQUIRED.join(', ')}; missing: ${missing.join(', ')}`,
    );
  }
  for (const [index, column] of record.entries()) {
    const known = NUMBERS.has(column) || TIMES.has(column) || TEXTS.has(column) || STATES.has(column);
    if (!known) gather.warn(`column ${JSON.stringify(column.slice(0, 40))} is not read`);
    else if (record.indexOf(column) !== index) throw new CsvStop('repeated-column', `the header names ${column} twice`);
  }
  return { columns: record, raw: raw.trim() };
}

function rowOf(record: readonly string[], columns: readonly string[]): Row {
  const row: Record<string, unknown> = {};
  let states: Record<string, unknown> | undefined;
  for (const [index, cell] of record.entries()) {
    const column = columns[index] ?? '';
    if (cell === '') continue;
    // What is no number stays text, so that the refusal shows what stood there.
    if (NUMBERS.has(column)) row[column] = readDecimal(cell) ?? cell;
    else if (TIMES.has(column)) row[column] = /^\d{11,14}$/.test(cell) ? Number(cell) : cell;
    else if (TEXTS.has(column)) row[column] = cell;
    else if (STATES.has(column)) (states ??= {})[column] = readDecimal(cell) ?? cell;
  }
  if (states !== undefined) row['states'] = states;
  return row;
}

/** The header and everything from the first line that could not be read. */
function restOf(text: string, { table, line }: Reading): string {
  let from = 0;
  for (let count = 1; count < line && from !== -1; count += 1) {
    const newline = text.indexOf('\n', from);
    from = newline === -1 ? -1 : newline + 1;
  }
  return from === -1 ? text : `${table?.raw ?? ''}\n${text.slice(from)}`;
}

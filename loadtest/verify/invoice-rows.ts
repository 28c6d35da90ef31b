import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';

// The bundled invoices as plain rows, a week of them per body, and what each week must come to. Read and added up here without
// the reader of `ingest`, so a mistake there cannot be made here again.

export interface InvoiceRow {
  readonly invoice: string;
  readonly code: string;
  readonly units: number;
  readonly price: number;
  readonly customer: string;
  /** As the week is played, ms: local times taken for UTC. */
  readonly at: number;
}

export interface InvoiceWeek {
  /** CSV of each day's sales, and of the whole week: its sales once more, and its cancellations. */
  readonly days: readonly string[];
  readonly all: string;
  readonly rows: readonly InvoiceRow[];
}

const FILE = new URL('../../ingest/samples/data/invoices.csv.gz', import.meta.url);
const DAY_MS = 86_400_000;
/** Lines of an invoice at most: 110 of the 5,754 with sales have more, and their orders would take most of the time. */
const LINES_MAX = 150;
const WEEK_MS = 7 * DAY_MS;
/** Of the short run, which is the first two weeks: customers who gave something back, and rows of write-offs. */
const SMALL_CUSTOMERS = 25;
const SMALL_LOST = 30;
const SMALL_WEEKS = 2;

/**
 * Each week is moved by a whole number of weeks, its own, so that it is played as one that has just gone by: weekdays and times
 * of day stay, and nothing is older than what an order shard remembers (100 days).
 */
export function invoiceWeeks(nowMs: number, small: boolean): readonly InvoiceWeek[] {
  const [header = [], ...all] = parse(gunzipSync(readFileSync(FILE))) as readonly string[][];
  const begin = Date.parse(`${all[0]?.[4]?.slice(0, 10)}T00:00:00Z`);
  const weekOf = (record: readonly string[]): number => Math.floor((timeOf(record[4] ?? '') - begin) / WEEK_MS);
  const lines = Map.groupBy(all, ([id = '']) => id);
  const records = all.filter(([id = '']) => (lines.get(id)?.length ?? 0) <= LINES_MAX);
  const asked = small ? some(records.filter((record) => weekOf(record) < SMALL_WEEKS)) : records;
  const weeks = [...Map.groupBy(asked, weekOf)];
  return weeks.map(([week, list]) => {
    const endsAt = begin + (week + 1) * WEEK_MS;
    const byMs = Math.floor((nowMs - DAY_MS - endsAt) / WEEK_MS) * WEEK_MS;
    const moved = list.map((record) => record.with(4, textOf(timeOf(record[4] ?? '') + byMs)));
    const csv = (rows: readonly (readonly string[])[]): string =>
      [header, ...rows].map((row) => row.map(quoted).join(',')).join('\n');
    const sales = moved.filter(([id = '']) => !id.startsWith('C'));
    const days = [...Map.groupBy(sales, ([, , , , date = '']) => date.slice(0, 10)).values()];
    return { days: days.map(csv), all: csv(moved), rows: moved.map(rowOf) };
  });
}

/** All that some customers bought and gave back, and some write-offs. */
function some(records: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const givers = records.flatMap(([id = '', , , , , , customer = '']) =>
    id.startsWith('C') && customer !== '' ? [customer] : [],
  );
  const customers = new Set([...new Set(givers)].slice(0, SMALL_CUSTOMERS));
  const lost = records
    .filter(([id = '', , , units = '']) => !id.startsWith('C') && units.startsWith('-'))
    .slice(0, SMALL_LOST);
  const kept = new Set([...records.filter(([, , , , , , customer = '']) => customers.has(customer)), ...lost]);
  return records.filter((record) => kept.has(record));
}

const timeOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);
const textOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function rowOf([
  invoice = '',
  code = '',
  ,
  quantity = '',
  date = '',
  price = '',
  customer = '',
]: readonly string[]): InvoiceRow {
  return { invoice, code, units: Number(quantity), price: Number(price), customer, at: timeOf(date) };
}

/** What the rows of a week mean for one stock code. */
export interface CodeSums {
  ordered: number;
  /** Write-offs, finds, and what came back of no sale that is known. */
  moved: number;
  /** Written off alone: what was found later was not there when it was ordered. */
  lost: number;
  /** Came back of a sale. */
  returned: number;
}

const isCharge = (code: string): boolean =>
  /^(POST|DOT|C2|BANK CHARGES|AMAZONFEE|CRUK|D|M|S|B|gift_\d{4}_\d+)$/i.test(code);

export interface WeekSums {
  readonly codes: ReadonlyMap<string, CodeSums>;
  /** Invoice → units ordered with it. */
  readonly orders: ReadonlyMap<string, number>;
}

export function sumsOf(rows: readonly InvoiceRow[]): WeekSums {
  const codes = new Map<string, CodeSums>();
  const orders = new Map<string, number>();
  const of = (code: string): CodeSums => {
    const sums = codes.get(code) ?? { ordered: 0, moved: 0, lost: 0, returned: 0 };
    codes.set(code, sums);
    return sums;
  };
  const sold: Sold[] = [];
  const goods = rows.filter(({ code, invoice }) => !isCharge(code) && !invoice.startsWith('A'));
  for (const row of goods.filter(({ invoice }) => !invoice.startsWith('C'))) {
    const { invoice, code, units, price, customer } = row;
    if (units < 0 || (price === 0 && customer === '')) {
      of(code).moved += units;
      of(code).lost += Math.max(0, -units);
    } else {
      of(code).ordered += units;
      orders.set(invoice, (orders.get(invoice) ?? 0) + units);
      sold.push({ ...row, left: units });
    }
  }
  const back = goods.filter(({ invoice }) => invoice.startsWith('C'));
  for (const row of back.toSorted(
    (a, b) => a.at - b.at || (a.invoice < b.invoice ? -1 : Number(a.invoice > b.invoice)),
  )) {
    giveBack(row, sold, of(row.code));
  }
  return { codes, orders };
}

type Sold = InvoiceRow & { left: number };

/** The newest sale before it first, then the oldest after it. Within a day it is a cancellation, and all has left by then. */
function giveBack({ code, customer, at, units }: InvoiceRow, sold: readonly Sold[], sums: CodeSums): void {
  let rest = -units;
  const own = customer === '' ? [] : sold.filter((one) => one.code === code && one.customer === customer);
  const before = own.filter((one) => one.at <= at).toSorted((a, b) => b.at - a.at);
  const after = own.filter((one) => one.at > at).toSorted((a, b) => a.at - b.at);
  for (const one of [...before, ...after]) {
    const taken = Math.min(rest, one.left);
    one.left -= taken;
    rest -= taken;
    if (at - one.at >= DAY_MS) sums.returned += taken;
  }
  sums.moved += rest;
}

import { DCS } from './build/places.ts';
import { dayOf } from './local-time.ts';
import { readRows } from './rows.ts';
import type { MovementRow, PurchaseRow, SnapshotRow, TillRow } from './rows.ts';
import { writeCountCsv } from './write-csv.ts';
import { writeEpcis } from './write-epcis.ts';
import { writePoslog } from './write-poslog.ts';
import { writeX12Advice, writeX12Order, writeX12ShipNotice } from './write-x12.ts';

// Which rows travel together in one message, and when it is sent.

interface WriteOptions {
  readonly mapTime: (at: number) => number;
  readonly nameOf: (sku: string) => string;
}

/** A message before its body is written: bodies of a whole year would be 60 MB. */
export interface Draft {
  readonly at: number;
  readonly source: string;
  readonly contentType: string;
  readonly rows: number;
  readonly write: (options: WriteOptions) => string;
}

/** Lines of one X12 inventory advice: a ledger exports a node in parts. */
const ADVICE_LINES_MAX = 1_000;

/** Sent at `from` or later, and before `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** Without what left for an online order: whoever plays the orders themselves has staff who send it off. */
  readonly withoutOrdered?: boolean;
}

/** The messages of a range in the order they are sent; those of one moment by source, then as their rows stand. */
export function draftsOf(range: Range): Draft[] {
  const drafts = [...tills(range), ...movements(range), ...purchases(), ...advices(), ...counts()];
  return drafts
    .filter((draft) => isIn(range, draft.at))
    .toSorted((a, b) => a.at - b.at || (a.source < b.source ? -1 : a.source > b.source ? 1 : 0));
}

const isIn = ({ from, to }: Range, at: number): boolean => at >= from && at < to;

function tills(range: Range): Draft[] {
  const rows = readRows('till-lines');
  const rungUp = new Map<string, number>();
  for (const row of rows) {
    if (row.line === 1) rungUp.set(`${row.store} ${row.till} ${row.transaction}`, row.at);
  }
  const voidedAt = (row: TillRow): number => rungUp.get(`${row.store} ${row.till} ${row.voids}`) ?? row.at;
  const sent = rows.filter((row) => isIn(range, row.postedAt) && !(range.withoutOrdered === true && row.order !== ''));
  return grouped(sent, (row) => `${row.store} ${row.postedAt}`).map((lines) => {
    const head = lines[0] as TillRow;
    return {
      at: head.postedAt,
      source: `pos-${head.store}`,
      contentType: 'application/xml',
      rows: lines.length,
      write: (options) => writePoslog(lines, { ...options, voidedAt }),
    };
  });
}

function movements(range: Range): Draft[] {
  const isOrdered = ({ id, ref }: MovementRow): boolean => range.withoutOrdered === true && id === `D-${ref}`;
  const rows = readRows('movements').filter((row) => isIn(range, row.at) && !isOrdered(row));
  return grouped(rows, (row) => `${row.source} ${row.id}`).map((lines) => {
    const head = lines[0] as MovementRow;
    return {
      at: head.at,
      source: head.source,
      contentType: 'application/ld+json',
      rows: lines.length,
      write: ({ mapTime }) => writeEpcis(lines, { mapTime, codeOf }),
    };
  });
}

/** Grouped whole, whatever the range: a document's number is its place in the year. */
function purchases(): Draft[] {
  const documents = grouped(readRows('purchases'), (row) => `${row.po} ${row.stage}`);
  return documents.map((lines, index) => {
    const head = lines[0] as PurchaseRow;
    const write = head.stage === 'order' ? writeX12Order : writeX12ShipNotice;
    return x12(head.at, lines.length, ({ mapTime }) => write(lines, { mapTime, codeOf, control: 10_000 + index }));
  });
}

function advices(): Draft[] {
  const rows = [...readRows('opening'), ...readRows('snapshots').filter((row) => row.covers === 'book')];
  const documents = grouped(rows, (row) => row.id).flatMap((lines) => parts(lines));
  return documents.map((lines, index) => {
    const head = lines[0] as SnapshotRow;
    return x12(head.at, lines.length, ({ mapTime }) => writeX12Advice(lines, { mapTime, codeOf, control: 1 + index }));
  });
}

/** A node's advice in parts. Each carries the document's number: with the sku it names the line. */
function parts(lines: readonly SnapshotRow[]): SnapshotRow[][] {
  const found: SnapshotRow[][] = [];
  for (let from = 0; from < lines.length; from += ADVICE_LINES_MAX)
    found.push(lines.slice(from, from + ADVICE_LINES_MAX));
  return found;
}

/** A store's counts of one evening, sent when the last shelf is done. */
function counts(): Draft[] {
  const rows = readRows('snapshots').filter((row) => row.covers === 'count');
  return grouped(rows, (row) => `${row.node} ${dayOf(row.at)}`).map((lines) => ({
    at: (lines.at(-1) as SnapshotRow).at,
    source: (lines[0] as SnapshotRow).source,
    contentType: 'text/csv',
    rows: lines.length,
    write: ({ mapTime }) => writeCountCsv(lines, { mapTime, codeOf }),
  }));
}

function x12(at: number, rows: number, write: Draft['write']): Draft {
  return { at, source: 'erp', contentType: 'application/edi-x12', rows, write };
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  return [...Map.groupBy(rows, keyOf).values()];
}

const DC_CODES = new Map<string, string>(DCS.map((dc) => [dc.node, dc.code]));

/** How our systems name a node among themselves. */
export function codeOf(node: string): string {
  return DC_CODES.get(node) ?? node.slice(1);
}

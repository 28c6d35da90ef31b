import { localText } from './local-time.ts';
import type { PurchaseRow, SnapshotRow } from './rows.ts';

// The ERP's X12: 846 inventory advice (the ledger's balances), 850 purchase order, 856 ship notice. Version 004010,
// element separator *, segments end with ~ and a line break.

export interface X12Options {
  readonly mapTime: (at: number) => number;
  readonly codeOf: (node: string) => string;
  /** Interchange control number, 1 to 999,999,999. */
  readonly control: number;
}

/** One node's balances at one moment. */
export function writeX12Advice(rows: readonly SnapshotRow[], options: X12Options): string {
  const head = rows[0] as SnapshotRow;
  const at = stamp(options.mapTime(head.at));
  const segments = [
    ['BIA', '00', 'SI', head.id, at.date, at.time],
    ['N1', 'WH', '', '92', options.codeOf(head.node)],
  ];
  for (const [index, row] of rows.entries()) {
    segments.push(['LIN', String(index + 1), 'UK', row.sku], ['QTY', '17', String(row.quantity), 'EA']);
  }
  segments.push(['CTT', String(rows.length)]);
  return interchange('846', 'IB', segments, at, options);
}

/** One purchase order as it was written. */
export function writeX12Order(rows: readonly PurchaseRow[], options: X12Options): string {
  const head = rows[0] as PurchaseRow;
  const at = stamp(options.mapTime(head.at));
  const due = stamp(options.mapTime(head.dueAt));
  const segments = [
    ['BEG', '00', 'SA', head.po, '', at.date],
    ['DTM', '002', due.date, due.time],
    ['N1', 'VN', '', '92', head.vendor],
    ['N1', 'ST', '', '92', options.codeOf(head.node)],
  ];
  for (const [index, row] of rows.entries()) {
    segments.push(['PO1', String(index + 1), String(row.quantity), 'EA', '', '', 'UK', row.sku]);
  }
  segments.push(['CTT', String(rows.length)]);
  return interchange('850', 'PO', segments, at, options);
}

/** The same order as the vendor announced it: what will come, and when. */
export function writeX12ShipNotice(rows: readonly PurchaseRow[], options: X12Options): string {
  const head = rows[0] as PurchaseRow;
  const at = stamp(options.mapTime(head.at));
  const due = stamp(options.mapTime(head.dueAt));
  const segments = [
    ['BSN', '00', `ASN-${head.po}`, at.date, at.time, '0001'],
    ['HL', '1', '', 'S'],
    ['DTM', '017', due.date, due.time],
    ['N1', 'SF', '', '92', head.vendor],
    ['N1', 'ST', '', '92', options.codeOf(head.node)],
    ['HL', '2', '1', 'O'],
    ['PRF', head.po],
  ];
  for (const [index, row] of rows.entries()) {
    segments.push(['HL', String(index + 3), '2', 'I'], ['LIN', String(index + 1), 'UK', row.sku]);
    segments.push(['SN1', String(index + 1), String(row.quantity), 'EA']);
  }
  segments.push(['CTT', String(rows.length + 2)]);
  return interchange('856', 'SH', segments, at, options);
}

interface Stamp {
  readonly date: string;
  /** HHMMSSDD: hours, minutes, seconds, hundredths. */
  readonly time: string;
}

function stamp(at: number): Stamp {
  const digits = localText(at).replaceAll(/[-:T.]/g, '');
  return { date: digits.slice(0, 8), time: digits.slice(8, 16).padEnd(8, '0') };
}

function interchange(
  set: string,
  group: string,
  inner: readonly (readonly string[])[],
  at: Stamp,
  { control }: X12Options,
): string {
  const number = String(control).padStart(9, '0');
  const transaction = [['ST', set, '0001'], ...inner, ['SE', String(inner.length + 2), '0001']];
  const minute = at.time.slice(0, 4);
  const segments = [
    isa(at, minute, number),
    ['GS', group, SENDER, RECEIVER, at.date, at.time, String(control), 'X', '004010'],
    ...transaction,
    ['GE', '1', String(control)],
    ['IEA', '1', number],
  ];
  return segments.map((segment) => `${segment.join('*')}~\n`).join('');
}

const SENDER = 'MARLOWFINCHERP';
const RECEIVER = 'ONHAND';

function isa(at: Stamp, minute: string, number: string): string[] {
  const blank = ' '.repeat(10);
  const [sender, receiver] = [SENDER.padEnd(15), RECEIVER.padEnd(15)];
  return [
    'ISA',
    '00',
    blank,
    '00',
    blank,
    'ZZ',
    sender,
    'ZZ',
    receiver,
    at.date.slice(2),
    minute,
    'U',
    '00401',
    number,
    '0',
    'P',
    '>',
  ];
}

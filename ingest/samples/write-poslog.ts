import { localText, needsOffset, offsetText } from './local-time.ts';
import type { TillRow } from './rows.ts';

// Receipts of one store as ARTS POSLog XML, the shape tills of the field write: one Transaction per receipt.

export interface PoslogOptions {
  /** From a row's time to the one to write. */
  readonly mapTime: (at: number) => number;
  /** When the transaction a void annuls was rung up: its business day is part of the receipt's name. */
  readonly voidedAt: (row: TillRow) => number;
  readonly nameOf: (sku: string) => string;
}

/** `rows`: whole receipts, in the order of their lines. */
export function writePoslog(rows: readonly TillRow[], options: PoslogOptions): string {
  const receipts = Map.groupBy(rows, (row) => `${row.till} ${row.transaction}`);
  const transactions = [...receipts.values()].map((lines) => transaction(lines, options));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<POSLog xmlns="${NAMESPACE}">\n${transactions.join('')}</POSLog>\n`;
}

const NAMESPACE = 'http://www.nrf-arts.org/IXRetail/namespace/';

function transaction(lines: readonly TillRow[], options: PoslogOptions): string {
  const head = lines[0] as TillRow;
  const at = options.mapTime(head.at);
  const isVoid = head.kind === 'void';
  const day = localText(isVoid ? options.mapTime(options.voidedAt(head)) : at).slice(0, 10);
  return [
    '<Transaction>',
    `<RetailStoreID>${head.store}</RetailStoreID><WorkstationID>${head.till}</WorkstationID>`,
    `<SequenceNumber>${head.transaction}</SequenceNumber><BusinessDayDate>${day}</BusinessDayDate>`,
    `<EndDateTime>${tillTime(at)}</EndDateTime>`,
    // When the store's system wrote the message: later than the receipt when the store was offline (rule FD2).
    `<POSLogDateTime TypeCode="Message">${tillTime(options.mapTime(head.postedAt))}</POSLogDateTime>`,
    '<CurrencyCode>USD</CurrencyCode>',
    `<RetailTransaction Version="2.1"${isVoid ? ' TransactionStatus="PostVoided"' : ''}>`,
    `<ReceiptDateTime>${tillTime(at)}</ReceiptDateTime>`,
    isVoid ? link(head, day) : '',
    head.order === '' ? '' : `<CustomerOrderNumber>${head.order}</CustomerOrderNumber>`,
    ...lines.map((line) => item(line, options)),
    '</RetailTransaction></Transaction>\n',
  ].join('');
}

/** A till's clock shows no offset, except where its local time alone would be read as the hour after. */
function tillTime(at: number): string {
  return needsOffset(at) ? `${localText(at)}${offsetText(at)}` : localText(at);
}

function link(head: TillRow, day: string): string {
  return (
    `<TransactionLink ReasonCode="PostVoid"><RetailStoreID>${head.store}</RetailStoreID>` +
    `<WorkstationID>${head.till}</WorkstationID><BusinessDayDate>${day}</BusinessDayDate>` +
    `<SequenceNumber>${head.voids}</SequenceNumber></TransactionLink>`
  );
}

function item(row: TillRow, { nameOf }: PoslogOptions): string {
  const element = row.kind === 'return' ? 'Return' : 'Sale';
  return (
    `<LineItem EntryMethod="Scanned"><SequenceNumber>${row.line}</SequenceNumber><${element} ItemType="Stock">` +
    `<POSIdentity POSIDType="GTIN"><POSItemID>${row.sku}</POSItemID></POSIdentity><ItemID>${row.sku}</ItemID>` +
    `<Description>${escaped(nameOf(row.sku))}</Description>` +
    `<RegularSalesUnitPrice>${money(row.priceMinor)}</RegularSalesUnitPrice>` +
    `<ExtendedAmount>${money(row.priceMinor * row.quantity)}</ExtendedAmount>` +
    `<Quantity>${row.quantity}</Quantity></${element}></LineItem>`
  );
}

const money = (minor: number): string => (minor / 100).toFixed(2);

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

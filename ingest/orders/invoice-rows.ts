import { parse } from 'csv-parse/sync';

import { isRefusal, parseSku } from '../../engine/contract/ids.ts';
import type { ShopCharge } from '../../engine/contract/shop-order.ts';
import { shown } from '../formats/text.ts';
import { fail, skuOf, tryRead, UNITS_MAX } from './fields.ts';
import type { Refusal } from './fields.ts';
import { lineValue, toMinor } from './money.ts';

// Rows of an invoice list, and the invoices they make. Rows of an invoice need not stand together.

/** The file does not say; its retailer is in the United Kingdom. */
export const INVOICE_CURRENCY = 'GBP';

export interface InvoiceRow {
  readonly invoice: string;
  /** Place within the invoice, counted from 1. */
  readonly index: number;
  readonly code: string;
  readonly name: string | undefined;
  /** Signed, not 0. */
  readonly units: number;
  readonly unitMinor: number;
  readonly date: string;
  readonly customer: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  /** What kind of charge it is, when it is no goods. */
  readonly charge: ShopCharge['kind'] | undefined;
}

export interface Invoice {
  readonly id: string;
  readonly rows: InvoiceRow[];
  /** Line of the file its first row stands in. */
  readonly line: number;
  fault?: Refusal;
  /** The header and all its rows. */
  readonly original: () => string;
}

interface InvoiceList {
  readonly invoices: readonly Invoice[];
  readonly header: string;
  /** Where the file stopped being CSV. */
  readonly broken?: Refusal & { readonly place: string };
}

const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;
/** One row, in characters: a quote that never closes must not swallow the file in silence. */
const RECORD_CHARS_MAX = 16 * 1024;

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number };
}

export function readInvoiceRows(text: string): InvoiceList | Refusal {
  let table: Table | undefined;
  let line = 1;
  const stop = tryRead(() => {
    const onRecord = (row: unknown): null => {
      const { record, raw, info } = row as CsvRecord;
      if (table === undefined) table = new Table(record, raw.trim());
      else table.take(record, raw.trim(), line + 1);
      line = info.lines;
      return null;
    };
    return parseAll(text, onRecord);
  });
  if (table === undefined)
    return 'code' in stop ? (stop as Refusal) : { code: 'missing-columns', message: 'the body has no header row' };
  const { invoices, header } = table;
  const all = [...invoices.values()];
  return 'code' in stop
    ? { invoices: all, header, broken: { ...(stop as Refusal), place: `line ${line + 1}` } }
    : { invoices: all, header };
}

function parseAll(text: string, onRecord: (row: unknown) => null): object | Refusal {
  try {
    parse(text, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      raw: true,
      info: true,
      max_record_size: RECORD_CHARS_MAX,
      on_record: onRecord,
    });
    return {};
  } catch (error) {
    // Faults of ours go on to whoever asked; the parser's own say where the file stops being CSV.
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { code: 'broken-csv', message: `not CSV from here on: ${error.message.slice(0, 160)}` };
  }
}

class Table {
  readonly header: string;
  readonly invoices = new Map<string, Invoice>();
  private readonly raws = new Map<string, string[]>();
  private readonly at: ReadonlyMap<string, number>;

  constructor(record: readonly string[], header: string) {
    this.header = header;
    this.at = new Map(COLUMNS.map((column) => [column, record.indexOf(column)]));
    const missing = COLUMNS.filter((column) => !record.includes(column));
    if (missing.length > 0)
      fail('missing-columns', `the header must name ${COLUMNS.join(', ')}; missing: ${missing.join(', ')}`);
  }

  take(record: readonly string[], raw: string, line: number): void {
    const cell = (column: (typeof COLUMNS)[number]): string => record[this.at.get(column) ?? -1] ?? '';
    const id = cell('InvoiceNo').slice(0, 40);
    const invoice = this.invoices.get(id) ?? this.begin(id, line);
    this.raws.get(id)?.push(raw);
    const made = tryRead(() => readRow(cell, id, invoice.rows.length + 1));
    if ('code' in made && !('index' in made)) invoice.fault ??= { ...made, message: `line ${line}: ${made.message}` };
    else invoice.rows.push(made as InvoiceRow);
  }

  private begin(id: string, line: number): Invoice {
    const raws: string[] = [];
    const invoice: Invoice = { id, rows: [], line, original: () => `${[this.header, ...raws].join('\n')}\n` };
    this.raws.set(id, raws);
    this.invoices.set(id, invoice);
    return invoice;
  }
}

function readRow(cell: (column: (typeof COLUMNS)[number]) => string, invoice: string, index: number): InvoiceRow {
  const code = cell('StockCode');
  const charge = chargeKind(code);
  if (charge === undefined) skuOf(code);
  const units = wholeUnits(cell('Quantity'));
  const unitMinor = toMinor(cell('UnitPrice'), INVOICE_CURRENCY, 'UnitPrice');
  if (charge === undefined && unitMinor < 0)
    fail('malformed-money', `UnitPrice of goods must not be below 0, got ${shown(cell('UnitPrice'))}`);
  lineValue(units, unitMinor);
  const name = cell('Description').slice(0, 500);
  const customer = cell('CustomerID').replace(/\.0$/, '');
  if (customer !== '' && isRefusal(parseSku(customer)))
    fail('malformed-id', `CustomerID must be an id without spaces, got ${shown(customer)}`);
  return {
    invoice,
    index,
    code,
    name: name === '' ? undefined : name,
    units,
    unitMinor,
    date: cell('InvoiceDate'),
    customer: customer === '' ? undefined : customer,
    country: COUNTRIES.get(cell('Country')),
    charge,
  };
}

function wholeUnits(text: string): number {
  const units = /^-?\d{1,9}$/.test(text) ? Number(text) : 0;
  if (units !== 0 && Math.abs(units) <= UNITS_MAX) return units;
  return fail('malformed-units', `Quantity must be a whole number, not 0 and at most ${UNITS_MAX}, got ${shown(text)}`);
}

/** Codes behind which no stock stands: postage, bank charges, fees, donations, things typed in by hand, vouchers. */
function chargeKind(code: string): ShopCharge['kind'] | undefined {
  if (/^gift_\d{4}_\d+$/i.test(code)) return 'other';
  return CHARGES.get(code.toUpperCase());
}

const CHARGES: ReadonlyMap<string, ShopCharge['kind']> = new Map([
  ['POST', 'shipping'],
  ['DOT', 'shipping'],
  ['C2', 'shipping'],
  ['BANK CHARGES', 'fee'],
  ['AMAZONFEE', 'fee'],
  ['CRUK', 'fee'],
  ['D', 'discount'],
  ['M', 'other'],
  ['S', 'other'],
  ['B', 'other'],
]);

/** The data set's countries; `Unspecified`, `European Community` and `Channel Islands` are none with a code. */
const COUNTRIES: ReadonlyMap<string, string> = new Map([
  ['United Kingdom', 'GB'],
  ['France', 'FR'],
  ['Australia', 'AU'],
  ['Netherlands', 'NL'],
  ['Germany', 'DE'],
  ['Norway', 'NO'],
  ['EIRE', 'IE'],
  ['Switzerland', 'CH'],
  ['Spain', 'ES'],
  ['Poland', 'PL'],
  ['Portugal', 'PT'],
  ['Italy', 'IT'],
  ['Belgium', 'BE'],
  ['Lithuania', 'LT'],
  ['Japan', 'JP'],
  ['Iceland', 'IS'],
  ['Denmark', 'DK'],
  ['Cyprus', 'CY'],
  ['Sweden', 'SE'],
  ['Austria', 'AT'],
  ['Israel', 'IL'],
  ['Finland', 'FI'],
  ['Bahrain', 'BH'],
  ['Greece', 'GR'],
  ['Hong Kong', 'HK'],
  ['Singapore', 'SG'],
  ['Lebanon', 'LB'],
  ['United Arab Emirates', 'AE'],
  ['Saudi Arabia', 'SA'],
  ['Czech Republic', 'CZ'],
  ['Canada', 'CA'],
  ['Brazil', 'BR'],
  ['USA', 'US'],
  ['RSA', 'ZA'],
  ['Malta', 'MT'],
]);

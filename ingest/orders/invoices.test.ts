import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { readInvoices } from './invoices.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import type { OrderContext, OrderReading } from './source.ts';
import { faultsOf, messagesOf, orderContext } from './test-context.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const read = (rows: string, over?: Partial<OrderContext>): OrderReading =>
  readInvoices(Buffer.from(`${HEADER}\n${rows.trim().replaceAll(/^ +/gm, '')}\n`), orderContext(over));

test('[OR1] an invoice is an order: goods are lines, postage and fees are charges, times are the warehouse’s', () => {
  const reading = read(`
    536370,22728,ALARM CLOCK,24,2011-07-01 08:45:00,3.75,12583.0,France
    536370,POST,POSTAGE,3,2011-07-01 08:45:00,18.0,12583.0,France
    536370,22728,ALARM CLOCK,1,2011-07-01 08:45:00,4.25,12583.0,France
    536370,D,Discount,-1,2011-07-01 08:45:00,5.0,12583.0,France
    536370,BANK CHARGES,,1,2011-07-01 08:45:00,15.0,12583.0,France`);
  expect(reading).toMatchObject({ refused: [], events: [], warnings: [] });
  expect(messagesOf(reading)).toEqual([
    {
      kind: 'place',
      channel: 'web',
      channelOrderId: '536370',
      message: expect.any(String),
      at: Date.UTC(2011, 6, 1, 7, 45),
      order: {
        number: '536370',
        placedAt: Date.UTC(2011, 6, 1, 7, 45),
        currency: 'GBP',
        customer: { id: '12583' },
        shipTo: { lines: [], country: 'FR' },
        method: 'ship',
        lines: [
          { line: '22728', sku: '22728', name: 'ALARM CLOCK', units: 24, unitMinor: 375 },
          { line: '22728#2', sku: '22728', name: 'ALARM CLOCK', units: 1, unitMinor: 425 },
        ],
        charges: [
          { kind: 'shipping', name: 'POSTAGE', amountMinor: 5400 },
          { kind: 'discount', name: 'Discount', amountMinor: -500 },
          { kind: 'fee', name: 'BANK CHARGES', amountMinor: 1500 },
        ],
        paid: 'paid',
      },
    },
  ]);
});

test('[OR1] negative rows of an ordinary invoice are write-offs, unpriced rows without a customer are finds', () => {
  const reading = read(`
    536589,21777,damages,-10,2010-12-01 16:50:00,0.0,,United Kingdom
    536590,21778,found,4,2010-12-01 16:50:00,0.0,,United Kingdom
    536591,21778,GIFT,1,2010-12-01 16:50:00,0.0,12583.0,United Kingdom`);
  expect(reading.events.map(({ event }) => event)).toMatchObject([
    {
      kind: 'delta',
      source: 'shop',
      id: '536589#1',
      node: 'DC-1',
      sku: '21777',
      quantity: -10,
      reason: 'damage',
      ref: '536589',
    },
    { kind: 'delta', id: '536590#1', quantity: 4, reason: 'other' },
  ]);
  expect(messagesOf(reading)).toMatchObject([
    { channelOrderId: '536591', order: { lines: [{ units: 1, unitMinor: 0 }] } },
  ]);
  const { warehouse: _none, ...nowhere } = orderContext();
  const refused = readInvoices(Buffer.from(`${HEADER}\n536589,21777,,-10,2010-12-01 16:50:00,0.0,,\n`), nowhere);
  expect(faultsOf(refused)).toEqual([['invoice 536589, line 2', 'no-warehouse']]);
});

describe('[OR1] a cancellation finds its sale by customer and code', () => {
  const sale = (id: string, day: string, units: number): string =>
    `${id},A,Apple,${units},2011-01-${day} 10:00:00,2.00,7.0,EIRE\n`;
  const cancel = (day: string, units: number, customer = '7.0'): string =>
    `C900,A,Apple,-${units},2011-01-${day} 11:00:00,2.00,${customer},EIRE\n`;
  const refundsOf = (reading: OrderReading): unknown =>
    messagesOf(reading).flatMap((made) =>
      made.kind === 'refund'
        ? [
            [
              made.channelOrderId,
              made.lines.map(({ units, restock }) => `${units} ${restock}`).join(),
              made.amountMinor,
            ],
          ]
        : [],
    );

  test('of the same day: not shipped yet; later: back at the warehouse', () => {
    expect(refundsOf(read(sale('1', '03', 5) + cancel('03', 2)))).toEqual([['1', '2 cancel', 400]]);
    expect(refundsOf(read(sale('1', '03', 5) + cancel('20', 2)))).toEqual([['1', '2 return', 400]]);
  });

  test('the newest sale before it first, then older ones, then a later one; it may stand before them all', () => {
    const sales = sale('1', '03', 5) + sale('2', '10', 3) + sale('3', '25', 9);
    expect(refundsOf(read(cancel('20', 10) + sales))).toEqual([
      ['2', '3 return', 600],
      ['1', '5 return', 1000],
      ['3', '2 cancel', 400],
    ]);
  });

  test('without a sale, or of a guest, its units are a return of stock and no order is refunded', () => {
    const reading = read(sale('1', '03', 5) + cancel('20', 7));
    expect(refundsOf(reading)).toEqual([['1', '5 return', 1000]]);
    expect(reading.events.map(({ event }) => event)).toMatchObject([
      { id: 'C900#1', quantity: 2, reason: 'return', node: 'DC-1' },
    ]);
    expect(refundsOf(read(sale('1', '03', 5) + cancel('20', 1, '8.0')))).toEqual([]);
    expect(refundsOf(read(sale('1', '03', 5).replace('7.0', '') + cancel('20', 1, '')))).toEqual([]);
  });

  test('charges go back with its goods, or alone on the newest order of the customer', () => {
    const discount = 'C901,D,Discount,-1,2011-01-20 11:00:00,27.50,7.0,EIRE\n';
    expect(refundsOf(read(sale('1', '03', 5) + discount))).toEqual([['1', '', 2750]]);
    expect(refundsOf(read(sale('1', '03', 5) + cancel('20', 1) + discount.replace('C901', 'C900')))).toEqual([
      ['1', '1 return', 2950],
    ]);
    expect(read(discount)).toMatchObject({ messages: [], events: [], refused: [], ignored: 1 });
  });

  test('its original reads as that refund again, with the sale beside it', () => {
    const { messages } = read(sale('1', '03', 5) + cancel('20', 2));
    const refund = messages.find(({ message }) => message.kind === 'refund');
    expect(messagesOf(readInvoices(Buffer.from(refund!.original()), orderContext()))).toContainEqual(refund!.message);
  });
});

test('[FD9] a bad row refuses its invoice with its line, other invoices count, bookings are ignored', () => {
  const reading = read(`
    1,A,Apple,1,2011-01-03 10:00:00,2.00,7.0,EIRE
    2,A,Apple,1,2011-01-03 10:00:00,2.00,7.0,EIRE
    2,B,Pear,1.5,2011-01-03 10:00:00,2.00,7.0,EIRE
    A3,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,United Kingdom
    4,A,Apple,1,2011-01-03 10:00:00,2e9,7.0,EIRE
    5,A,Apple,1,tomorrow,2.00,7.0,EIRE
    X6,A,Apple,1,2011-01-03 10:00:00,2.00,7.0,EIRE`);
  expect(messagesOf(reading).map(({ channelOrderId }) => channelOrderId)).toEqual(['1']);
  expect(reading.ignored).toBe(1);
  expect(faultsOf(reading)).toEqual([
    ['invoice 2, line 3', 'malformed-units'],
    ['invoice 4, line 6', 'malformed-money'],
    ['invoice 5, line 7', 'malformed-time'],
    ['invoice X6, line 8', 'malformed-invoice'],
  ]);
  expect(reading.refused[0]).toMatchObject({
    message: expect.stringContaining('line 4'),
    original: expect.stringContaining('Pear'),
  });
  expect(faultsOf(readInvoices(Buffer.from('a,b\n1,2\n'), orderContext()))).toEqual([
    ['whole body', 'missing-columns'],
  ]);
  expect(faultsOf(read('1,A,"never closed,1'))).toEqual([[expect.stringMatching(/^line /), 'broken-csv']]);
});

test('[OR1][CS5] the bundled invoices are read to the last row: units and pennies are those of the file', () => {
  const text = gunzipSync(readFileSync(new URL('../samples/data/invoices.csv.gz', import.meta.url))).toString('utf8');
  // The first 20,000 rows; the last invoice may be cut, which makes it smaller and nothing else.
  const rows = text.split('\n').slice(1, 20_001);
  const reading = readInvoices(Buffer.from(`${HEADER}\n${rows.join('\n')}\n`), orderContext());
  expect(reading.refused).toEqual([]);
  const ordinary = rows
    .filter((row) => /^\d/.test(row))
    .map((row) => /^\d+,([^,]*),.*,(-?\d+),[^,]*,(-?[\d.]+),[^,]*,[^,]*$/.exec(row)!);
  const pence = ordinary.reduce((sum, [, , units, price]) => sum + Number(units) * Math.round(Number(price) * 100), 0);
  const alone = new Set(ordinary.map(([row]) => row.split(',')[0]));
  for (const made of messagesOf(reading)) if (made.kind === 'place') alone.delete(made.channelOrderId);
  const left = ordinary.filter(([row]) => alone.has(row.split(',')[0]!));
  const unplaced = left.reduce((sum, [, , units, price]) => sum + Number(units) * Math.round(Number(price) * 100), 0);
  const placed = messagesOf(reading).reduce(
    (sum, made) => sum + (made.kind === 'place' ? orderTotals(made.order).totalMinor : 0),
    0,
  );
  expect(placed).toBe(pence - unplaced);
  // What is on no order has no price (write-offs, finds) or is an invoice of charges alone.
  expect(left.every(([, code, , price]) => Number(price) === 0 || !/^\d{5}/.test(code!))).toBe(true);
});

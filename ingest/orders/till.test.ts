import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { OrderReading } from './source.ts';
import { faultsOf, messagesOf, orderContext } from './test-context.ts';
import { readTillOrders } from './till.ts';

const context = orderContext({ source: { ...orderContext().source, nodeCodes: { '9': 'S-09' as never } } });
const sample = readFileSync(new URL('../formats/fixtures/poslog/kjbreil-poslog/SMALL.xml', import.meta.url), 'utf8');
const read = (xml: string): OrderReading => readTillOrders(Buffer.from(xml), context);
const customer = '<Customer><CustomerID>c7</CustomerID><Name>Ann</Name></Customer>';
const known = sample.replace('<TransactionCount>', `${customer}<TransactionCount>`);

test('[OR1] the sample receipt has no customer; with one it is an order that left with them', () => {
  expect(read(sample)).toMatchObject({
    messages: [],
    refused: [],
    ignored: 2,
    warnings: [expect.any(String), expect.stringContaining('without a customer')],
  });
  // 02:02:54 in New York. A weighed apple is one unit of its price.
  const at = Date.UTC(2017, 9, 1, 6, 2, 54);
  expect(messagesOf(read(known))).toEqual([
    {
      kind: 'place',
      channel: 'web',
      channelOrderId: '9-34-161-2017-09-30',
      message: expect.any(String),
      at,
      order: {
        placedAt: at,
        currency: 'USD',
        customer: { id: 'c7', name: 'Ann' },
        method: 'pickup',
        pickupNode: 'S-09',
        lines: [{ line: '1', sku: '00000000067591', name: 'APPLE HONEYCRISP ORG', units: 1, unitMinor: 126 }],
        paid: 'paid',
        fulfilled: { node: 'S-09', at },
      },
    },
  ]);
});

const receipt = (
  lines: string,
  over = '',
): string => `<POSLog><Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>1</WorkstationID>
  <SequenceNumber>50</SequenceNumber><BusinessDayDate>2026-11-24</BusinessDayDate><CurrencyCode>USD</CurrencyCode>
  <RetailTransaction ${over}><ReceiptDateTime>2026-11-24T10:00:00</ReceiptDateTime>${customer}${lines}</RetailTransaction></Transaction></POSLog>`;
const line = (number: number, of: string, inside: string): string =>
  `<LineItem><SequenceNumber>${number}</SequenceNumber><${of}>${inside}</${of}></LineItem>`;
const three =
  '<ItemID>A</ItemID><RegularSalesUnitPrice>3.50</RegularSalesUnitPrice><ExtendedAmount>10.00</ExtendedAmount><Quantity>3</Quantity><Tax><Amount>0.75</Amount></Tax>';

test('[CS5] price, discount and tax of a line add up to what was paid', () => {
  expect(messagesOf(read(receipt(line(1, 'Sale', three))))).toMatchObject([
    { order: { lines: [{ sku: 'A', units: 3, unitMinor: 350, discountMinor: 50, taxMinor: 75 }] } },
  ]);
});

test('[OR1] what is brought back with its receipt is a refund of that order, and a post-void of all of it; no stock is moved here', () => {
  const link =
    '<TransactionLink><SequenceNumber>41</SequenceNumber><LineItemSequenceNumber>2</LineItemSequenceNumber></TransactionLink>';
  const returned = read(receipt(line(1, 'Return', three + link) + line(2, 'Return', three)));
  expect(messagesOf(returned)).toMatchObject([
    {
      kind: 'refund',
      channelOrderId: '9-1-41-2026-11-24',
      message: 'refund-9-1-50-2026-11-24',
      lines: [{ line: '2', units: 3, restock: 'none' }],
      amountMinor: 1075,
    },
  ]);
  expect(returned.ignored).toBe(1);
  const voided = receipt(
    `<TransactionLink ReasonCode="Void"><SequenceNumber>41</SequenceNumber></TransactionLink>${line(1, 'Sale', three)}`,
  );
  expect(messagesOf(read(voided))).toMatchObject([
    { kind: 'refund', channelOrderId: '9-1-41-2026-11-24', lines: [{ line: '1', restock: 'none' }], amountMinor: 1075 },
  ]);
});

test('[FD9] a receipt that cannot be read is refused with its place; broken XML is refused whole', () => {
  expect(faultsOf(read(receipt(line(1, 'Sale', three).replace('<Quantity>3', '<Quantity>x'))))).toEqual([
    ['transaction 1', 'malformed-quantity'],
  ]);
  expect(faultsOf(read(receipt(line(1, 'Sale', three)).replace('USD', 'dollars')))).toEqual([
    ['transaction 1', 'malformed-currency'],
  ]);
  expect(read(`${known}<`)).toMatchObject({ messages: [], refused: [{ code: 'broken-xml', place: 'whole body' }] });
});

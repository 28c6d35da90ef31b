import { expect, test } from 'vitest';

import { readOrderJson } from './json.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import type { OrderReading } from './source.ts';
import { faultsOf, messagesOf, orderContext } from './test-context.ts';

const read = (json: unknown): OrderReading => readOrderJson(Buffer.from(JSON.stringify(json)), orderContext());

const order = (over: object = {}): object => ({
  orderId: 'W-1001',
  placedAt: '2026-11-24T10:05:00Z',
  currency: 'USD',
  lines: [{ sku: '8412345', units: 2, price: '19.99', discount: '1.00', tax: '2.66' }],
  ...over,
});

test('[OR1] an order in our own JSON, with everything it may say', () => {
  const json = order({
    kind: 'edit',
    at: 1_795_486_000_000,
    number: '#1001',
    customer: { id: 'c7', email: 'ann@example.com' },
    shipTo: { lines: ['1 High St'], postcode: '43215', region: 'OH', country: 'US' },
    method: 'ship-to-store',
    pickupNode: 'S-09',
    charges: [{ kind: 'shipping', name: 'Ground', amount: '4.95', tax: '0.30' }],
    taxesIncluded: true,
    tags: ['gift'],
    priority: 1,
    reservation: 'r1-a',
    group: 'dcs',
    paid: 'paid',
    note: 'leave it at the door',
  });
  const [made] = messagesOf(read(json));
  expect(made).toEqual({
    kind: 'edit',
    channel: 'web',
    channelOrderId: 'W-1001',
    message: expect.stringMatching(/^edit-1795486000000-[0-9a-f]{32}$/),
    at: 1_795_486_000_000,
    order: {
      number: '#1001',
      placedAt: Date.UTC(2026, 10, 24, 10, 5),
      currency: 'USD',
      customer: { id: 'c7', email: 'ann@example.com' },
      shipTo: {
        lines: ['1 High St'],
        postcode: '43215',
        region: 'OH',
        country: 'US',
        lat: expect.closeTo(39.96, 0),
        lon: expect.closeTo(-83, 0),
      },
      method: 'ship-to-store',
      pickupNode: 'S-09',
      lines: [{ line: '1', sku: '8412345', units: 2, unitMinor: 1999, discountMinor: 100, taxMinor: 266 }],
      charges: [{ kind: 'shipping', name: 'Ground', amountMinor: 495, taxMinor: 30 }],
      taxesIncluded: true,
      tags: ['gift'],
      priority: 1,
      reservation: 'r1-a',
      group: 'dcs',
      paid: 'paid',
      note: 'leave it at the door',
    },
  });
  expect(made?.kind === 'edit' && orderTotals(made.order).totalMinor).toBe(2 * 1999 - 100 + 495);
});

test('[OR1] cancel and refund; a message is known by the id its sender gave, or by its content', () => {
  const cancel = { kind: 'cancel', orderId: 'W-1001', at: '2026-11-24T11:00:00Z', reason: 'changed my mind' };
  const refund = {
    kind: 'refund',
    orderId: 'W-1001',
    at: '2026-11-24T11:00:00Z',
    currency: 'USD',
    amount: '19.99',
    lines: [{ line: '1', units: 1, restock: 'return', node: 'S-09' }],
  };
  const reading = read([cancel, refund, refund, { ...refund, amount: '5.00' }, order({ message: 'mine' })]);
  expect(reading.refused).toEqual([]);
  const [cancelled, first, again, other, placed] = messagesOf(reading);
  expect(cancelled).toMatchObject({ kind: 'cancel', at: Date.UTC(2026, 10, 24, 11), reason: 'changed my mind' });
  expect(first).toMatchObject({
    kind: 'refund',
    amountMinor: 1999,
    lines: [{ line: '1', units: 1, restock: 'return', node: 'S-09' }],
  });
  expect(again).toEqual(first);
  expect(other?.message).not.toBe(first?.message);
  expect(placed?.message).toBe('mine');
});

test('[OR1] a till sale with a customer is an order that left with them', () => {
  const sale = order({ customer: { id: 'c7' }, fulfilled: { node: 'S-09' }, placedAt: '2026-11-24T10:05:00Z' });
  expect(messagesOf(read(sale))).toMatchObject([
    { order: { fulfilled: { node: 'S-09', at: Date.UTC(2026, 10, 24, 10, 5) } } },
  ]);
});

test.each([
  ['a field nobody knows', order({ lines: [{ sku: 'A', units: 1, quantity: 2 }] }), 'malformed-field'],
  ['money as a number', order({ lines: [{ sku: 'A', units: 1, price: 19.99 }] }), 'malformed-field'],
  ['money beyond a bound', order({ lines: [{ sku: 'A', units: 1_000_000, price: '99999999.00' }] }), 'malformed-money'],
  ['half a unit', order({ lines: [{ sku: 'A', units: 0.5 }] }), 'malformed-field'],
  ['no lines', order({ lines: [] }), 'malformed-field'],
  ['no time', order({ placedAt: 'yesterday' }), 'malformed-time'],
  ['no order id', order({ orderId: '' }), 'malformed-field'],
  ['a kind nobody knows', order({ kind: 'ship' }), 'malformed-field'],
  [
    'a refund that gives less than nothing',
    { kind: 'refund', orderId: '1', at: 1, currency: 'USD', amount: '-1' },
    'malformed-field',
  ],
])('[FD9] %s is refused with its place, and the other rows count', (_what, json, code) => {
  const reading = read([order(), json]);
  expect(faultsOf(reading)).toEqual([['row 2', code]]);
  expect(reading.messages).toHaveLength(1);
});

test('[OR1] NDJSON is a message in each line, and a broken line costs none of the others', () => {
  const lines = [JSON.stringify(order()), '{"orderId":', '', JSON.stringify(order({ orderId: 'W-2' }))];
  const reading = readOrderJson(Buffer.from(lines.join('\n')), orderContext());
  expect(
    reading.messages.map(({ message, place, refusedBefore }) => [message.channelOrderId, place, refusedBefore]),
  ).toEqual([
    ['W-1001', 'line 1', 0],
    ['W-2', 'line 4', 1],
  ]);
  expect(faultsOf(reading)).toEqual([['line 2', 'broken-json']]);
  expect(reading.messages[1]?.original()).toBe(lines[3]);
});

test('a fault names its field, the rule and what was there', () => {
  const [refused] = read([order({ lines: [{ sku: 'A', units: -1 }] })]).refused;
  expect(refused?.message).toBe('lines[0].units: must be >= 0, got -1');
});

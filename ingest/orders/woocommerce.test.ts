import fc from 'fast-check';
import { expect, test } from 'vitest';

import { orderTotals } from '../../engine/contract/order-totals.ts';
import type { OrderContext, OrderReading } from './source.ts';
import { faultsOf, fixture, messagesOf, orderContext } from './test-context.ts';
import { readWooOrders } from './woocommerce.ts';

const read = (json: unknown, over?: Partial<OrderContext>): OrderReading =>
  readWooOrders(Buffer.from(JSON.stringify(json)), orderContext(over));
const sample = (name: string): OrderReading => readWooOrders(fixture(`woocommerce/${name}.json`), orderContext());

test('[OR1] the sample order is placed as the shop shows it, its ZIP code on the map', () => {
  const reading = sample('orders.01');
  expect(messagesOf(reading)).toEqual([
    {
      kind: 'place',
      channel: 'web',
      channelOrderId: '727',
      message: expect.stringMatching(/^place-1490210888000-[0-9a-f]{32}$/),
      at: Date.UTC(2017, 2, 22, 19, 28, 8),
      order: {
        number: '727',
        placedAt: Date.UTC(2017, 2, 22, 19, 28, 2),
        currency: 'USD',
        customer: { name: 'John Doe', email: 'john.doe@example.com', phone: '(555) 555-5555' },
        shipTo: {
          name: 'John Doe',
          lines: ['969 Market'],
          city: 'San Francisco',
          region: 'CA',
          postcode: '94103',
          country: 'US',
          lat: expect.closeTo(37.77, 1),
          lon: expect.closeTo(-122.41, 1),
        },
        method: 'ship',
        lines: [
          { line: '315', sku: '93', name: 'Woo Single #1', units: 2, unitMinor: 300, taxMinor: 45 },
          {
            line: '316',
            sku: 'Bar3',
            name: 'Ship Your Idea &ndash; Color: Black, Size: M Test',
            units: 1,
            unitMinor: 1200,
            taxMinor: 90,
          },
        ],
        charges: [{ kind: 'shipping', name: 'Flat Rate', amountMinor: 1000 }],
        paid: 'paid',
      },
    },
  ]);
  expect(reading).toMatchObject({ refused: [], warnings: [] });
});

test('[OR1] every sample of orders is read whole, and each total is the sum of its parts', () => {
  for (const [name, count] of [
    ['orders.03', 4],
    ['orders.05', 1],
    ['orders.06', 3],
  ] as const) {
    const reading = sample(name);
    expect([name, reading.messages.length, reading.refused, reading.warnings]).toEqual([name, count, [], []]);
  }
});

test('[OR1] money of a refund is in its order, its units where it is shown itself', () => {
  expect(messagesOf(sample('orders.03')).filter(({ kind }) => kind === 'refund')).toEqual(
    [
      ['726', 1000],
      ['724', 900],
    ].map(([id, amountMinor]) => ({
      kind: 'refund',
      channel: 'web',
      channelOrderId: '723',
      message: `refund-${id}`,
      at: expect.any(Number),
      lines: [],
      amountMinor,
    })),
  );
  expect(messagesOf(sample('order-refunds.03'))).toMatchObject([
    { channelOrderId: '723', message: 'refund-726-units', lines: [], amountMinor: 0 },
    {
      channelOrderId: '723',
      message: 'refund-724-units',
      lines: [{ line: '311', units: 1, restock: 'cancel' }],
      amountMinor: 0,
    },
  ]);
});

const order = (over: object = {}): object => ({
  id: 7,
  status: 'processing',
  currency: 'USD',
  date_created_gmt: '2026-11-24T10:00:00',
  date_modified_gmt: '2026-11-24T10:05:00',
  line_items: [{ id: 1, sku: 'A', quantity: 3, subtotal: '10.00', total: '9.00', total_tax: '0.90' }],
  total: '9.90',
  ...over,
});

test.each([
  ['processing', 'order.created', 'place'],
  ['completed', 'order.updated', 'edit'],
  ['completed', 'order.created', 'edit'],
  ['packing-by-plugin', 'order.updated', 'edit'],
  ['cancelled', 'order.updated', 'cancel'],
  ['failed', 'order.updated', 'cancel'],
  ['refunded', 'order.updated', 'cancel'],
])('[OR1] an order %s under %s is: %s', (status, topic, kind) => {
  expect(messagesOf(read(order({ status }), { topic }))).toMatchObject([
    { kind, channelOrderId: '7', at: Date.UTC(2026, 10, 24, 10, 5) },
  ]);
});

test('drafts, webhook settings, pings and deletions are ignored with a reason; other topics are refused', () => {
  expect(read(order({ status: 'trash' }))).toMatchObject({ messages: [], ignored: 1 });
  expect(sample('webhooks.01')).toMatchObject({ messages: [], refused: [], ignored: 1 });
  expect(read({ webhook_id: 142 })).toMatchObject({ refused: [], ignored: 1 });
  expect(read({ id: 7 })).toMatchObject({ refused: [], ignored: 1 });
  expect(faultsOf(read({ id: 7, name: 'Woo Single' }))).toEqual([['order', 'not-an-order']]);
});

test('[CS5] a price that does not divide is rounded up, and the discount takes it back: sums are the shop’s to the cent', () => {
  expect(messagesOf(read(order()))).toMatchObject([
    { order: { lines: [{ units: 3, unitMinor: 334, discountMinor: 102, taxMinor: 90 }] } },
  ]);
  const cents = fc.nat(1_000_000);
  const text = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
  const line = fc.record({ quantity: fc.integer({ min: 1, max: 50 }), before: cents, after: cents, tax: fc.nat(5000) });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const line_items = lines.map(({ quantity, before, after, tax }, index) => ({
        id: index + 1,
        sku: 'A',
        quantity,
        subtotal: text(before),
        total: text(after),
        total_tax: text(tax),
      }));
      const [made] = messagesOf(read(order({ line_items })));
      const sum = lines.reduce((total, { after, tax }) => total + after + tax, 0);
      expect(made?.kind === 'place' && orderTotals(made.order).totalMinor).toBe(sum);
      expect(made?.kind === 'place' && made.order.lines.every(({ discountMinor = 0 }) => discountMinor >= 0)).toBe(
        true,
      );
    }),
  );
});

test('[OR1] collected where the shop says, and a hand-made discount is a charge', () => {
  const shipping = {
    method_id: 'pickup_location',
    method_title: 'Pickup',
    meta_data: [{ key: 'pickup_location', value: 'Main Street' }],
    total: '0.00',
  };
  const fees = [
    { name: 'Sorry', total: '-2.00' },
    { name: 'Gift wrap', total: '3.00', total_tax: '0.30' },
  ];
  expect(messagesOf(read(order({ shipping_lines: [shipping], fee_lines: fees })))).toMatchObject([
    {
      order: {
        method: 'pickup',
        pickupNode: 'S-09',
        charges: [
          { kind: 'shipping' },
          { kind: 'discount', amountMinor: -200 },
          { kind: 'fee', amountMinor: 300, taxMinor: 30 },
        ],
      },
    },
  ]);
  expect(faultsOf(read(order({ shipping_lines: [{ method_id: 'local_pickup', method_title: 'Nowhere' }] })))).toEqual([
    ['order', 'no-pickup-node'],
  ]);
});

test('[FD9] a bad order of a list is refused with its place, and the others count', () => {
  const reading = read([order(), order({ line_items: [{ id: 1, quantity: -1 }] }), null, order({ currency: 5 })]);
  expect(reading.messages).toHaveLength(1);
  expect(faultsOf(reading)).toEqual([
    ['[1]', 'malformed-units'],
    ['[2]', 'malformed-row'],
    ['[3]', 'malformed-currency'],
  ]);
});

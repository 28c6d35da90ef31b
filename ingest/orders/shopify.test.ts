import { expect, test } from 'vitest';

import { orderTotals } from '../../engine/contract/order-totals.ts';
import { readShopifyOrders } from './shopify.ts';
import type { OrderContext, OrderReading } from './source.ts';
import { faultsOf, fixture, messagesOf, orderContext } from './test-context.ts';

const read = (json: unknown, over?: Partial<OrderContext>): OrderReading =>
  readShopifyOrders(Buffer.from(JSON.stringify(json)), orderContext(over));
const sample = (name: string): OrderReading => readShopifyOrders(fixture(`shopify/${name}.json`), orderContext());

test('[OR1] the sample order is placed as Shopify shows it', () => {
  const reading = sample('order');
  expect(messagesOf(reading)).toEqual([
    {
      kind: 'place',
      channel: 'web',
      channelOrderId: '450789469',
      message: expect.stringMatching(/^place-1199980800000-[0-9a-f]{32}$/),
      at: Date.UTC(2008, 0, 10, 16),
      order: {
        number: '#1001',
        placedAt: Date.UTC(2008, 0, 10, 16),
        currency: 'USD',
        customer: { id: '207119551', name: 'Bob Norman', email: 'bob.norman@hostmail.com' },
        shipTo: {
          name: 'Bob Norman',
          lines: ['Chestnut Street 92'],
          city: 'Louisville',
          region: 'KY',
          postcode: '40202',
          country: 'US',
          phone: '555-625-1199',
          lat: 45.41634,
          lon: -75.6868,
        },
        method: 'ship',
        lines: [
          {
            line: '466157049',
            sku: 'IPOD2008GREEN',
            name: 'IPod Nano - 8gb - green',
            units: 1,
            unitMinor: 19_900,
            taxMinor: 398,
          },
          {
            line: '518995019',
            sku: 'IPOD2008RED',
            name: 'IPod Nano - 8gb - red',
            units: 1,
            unitMinor: 19_900,
            taxMinor: 398,
          },
          {
            line: '703073504',
            sku: 'IPOD2008BLACK',
            name: 'IPod Nano - 8gb - black',
            units: 1,
            unitMinor: 19_900,
            taxMinor: 398,
          },
        ],
        charges: [{ kind: 'shipping', name: 'Free Shipping', amountMinor: 0 }],
        paid: 'authorized',
      },
    },
  ]);
  expect(reading.warnings).toEqual(['the total of an order is not the sum of its parts; the parts count']);
});

test('[OR1] the sample refund takes back the units that had not shipped and the money its transaction gives', () => {
  expect(messagesOf(sample('refund'))).toEqual([
    {
      kind: 'refund',
      channel: 'web',
      channelOrderId: '450789469',
      message: 'refund-509562969',
      at: Date.UTC(2016, 5, 20, 17, 35, 6),
      lines: [
        { line: '703073504', units: 1, restock: 'cancel' },
        { line: '466157049', units: 1, restock: 'cancel' },
      ],
      amountMinor: 20_900,
      reason: 'it broke during shipping',
    },
  ]);
});

test('drafts, fulfilment orders and other topics are ignored with a reason or refused', () => {
  expect(sample('draft_order')).toMatchObject({
    messages: [],
    refused: [],
    ignored: 1,
    warnings: [expect.stringContaining('draft')],
  });
  expect(read({ fulfillment_orders: [] })).toMatchObject({
    ignored: 1,
    warnings: [expect.stringContaining('fulfilment order')],
  });
  expect(read({ order_edit: {} })).toMatchObject({ ignored: 1, warnings: [expect.stringContaining('orders/updated')] });
  expect(faultsOf(read({ products: [] }))).toEqual([['whole body', 'not-an-order']]);
});

const line = (over: object = {}): object => ({ id: 1, sku: 'A', quantity: 2, price: '10.00', title: 'Apple', ...over });
const order = (over: object = {}): object => ({
  id: 7,
  name: '#7',
  currency: 'USD',
  created_at: '2026-11-24T10:00:00Z',
  updated_at: '2026-11-24T10:05:00Z',
  financial_status: 'paid',
  line_items: [line()],
  ...over,
});
const refund = (over: object = {}): object => ({
  id: 70,
  order_id: 7,
  created_at: '2026-11-24T10:04:00Z',
  refund_line_items: [{ line_item_id: 1, quantity: 1, restock_type: 'cancel' }],
  transactions: [{ kind: 'refund', status: 'success', amount: '10.00', currency: 'USD' }],
  ...over,
});

test('[OR1] created is placed, updated is edited, cancelled is no longer said to be wanted', () => {
  const kinds = (json: object, topic?: string): unknown =>
    messagesOf(read(json, topic === undefined ? {} : { topic })).map(({ kind }) => kind);
  expect(kinds(order(), 'orders/create')).toEqual(['place']);
  expect(kinds(order())).toEqual(['place']);
  expect(kinds(order(), 'orders/updated')).toEqual(['edit']);
  // Fetched, and shipped before we were asked: it is not placed again.
  expect(kinds(order({ fulfillment_status: 'fulfilled' }))).toEqual(['edit']);
  expect(kinds(order({ fulfillment_status: 'partial' }))).toEqual(['place']);
  expect(kinds({ orders: [order(), order({ id: 8 })] }, 'orders/edited')).toEqual(['edit', 'edit']);
  const cancelled = order({ cancelled_at: '2026-11-24T11:00:00Z', cancel_reason: 'customer', refunds: [refund()] });
  expect(kinds(cancelled, 'orders/cancelled')).toEqual(['cancel', 'refund']);
  expect(messagesOf(read(cancelled))).toEqual(messagesOf(read({ ...cancelled, updated_at: '2026-11-25T00:00:00Z' })));
});

test('[OR1] a refund is the same message alone and inside its order', () => {
  const [, inside] = messagesOf(read(order({ refunds: [refund()] })));
  expect([inside]).toEqual(messagesOf(read(refund())));
  expect(inside).toMatchObject({ message: 'refund-70', amountMinor: 1000 });
});

test.each([
  ['cancel', {}, { restock: 'cancel' }],
  ['no_restock', {}, { restock: 'none' }],
  ['return', { location_id: 905_684_977 }, { restock: 'return', node: 'S-09' }],
  ['return', { location_id: 4 }, { restock: 'return' }],
])('[OR1] units of a refund with %s %j', (restock_type, over, expected) => {
  const [made] = messagesOf(
    read(refund({ refund_line_items: [{ line_item_id: 1, quantity: 2, restock_type, ...over }] })),
  );
  expect(made).toMatchObject({ lines: [{ line: '1', units: 2, ...expected }] });
});

test('[OR1] units an edit took away without a refund are no longer ordered; refunded ones stay ordered', () => {
  const edited = (current: number, refunds: object[] = []): unknown => {
    const lines = [line({ quantity: 5, current_quantity: current }), line({ id: 2, quantity: 1, current_quantity: 1 })];
    const [made] = messagesOf(read(order({ line_items: lines, refunds }), { topic: 'orders/updated' }));
    return made?.kind === 'edit' ? made.order.lines.map(({ units }) => units) : made;
  };
  expect(edited(5)).toEqual([5, 1]);
  expect(edited(3)).toEqual([3, 1]);
  expect(edited(4, [refund()])).toEqual([5, 1]);
  expect(edited(2, [refund()])).toEqual([3, 1]);
  expect(edited(0)).toEqual([0, 1]);
});

test('[CS5] discounts and taxes the lines do not show are spread over them to the cent', () => {
  const json = order({
    line_items: [line({ quantity: 1 }), line({ id: 2, quantity: 1 }), line({ id: 3, quantity: 1 })],
    total_discounts: '10.00',
    total_tax: '1.00',
    shipping_lines: [
      { title: 'Ground', price: '5.00', tax_lines: [{ price: '0.10' }], discount_allocations: [{ amount: '1.00' }] },
    ],
    total_price: '26.00',
  });
  const reading = read(json);
  const [made] = messagesOf(reading);
  expect(made).toMatchObject({
    order: {
      lines: [
        { discountMinor: 300, taxMinor: 30 },
        { discountMinor: 300, taxMinor: 30 },
        { discountMinor: 300, taxMinor: 30 },
      ],
      charges: [{ kind: 'shipping', name: 'Ground', amountMinor: 400, taxMinor: 10 }],
    },
  });
  expect(reading.warnings).toEqual([]);
});

test('[CS5] prices with taxes inside say so, and the tax is not added again', () => {
  const json = order({
    taxes_included: true,
    line_items: [line({ tax_lines: [{ price: '3.19' }] })],
    total_tax: '3.19',
    total_price: '20.00',
  });
  const [made] = messagesOf(read(json));
  expect(made).toMatchObject({ order: { taxesIncluded: true, lines: [{ taxMinor: 319 }] } });
  expect(made?.kind === 'place' && orderTotals(made.order).totalMinor).toBe(2000);
});

test('[CS5] gift cards, services and tips are money of the order and touch no stock', () => {
  const lines = [
    line(),
    line({ id: 2, gift_card: true, quantity: 1 }),
    line({ id: 3, sku: null, title: 'Engraving', quantity: 1, price: '4.50' }),
  ];
  const reading = read(order({ line_items: lines, total_tip_received: '2.00', total_price: '36.50' }));
  expect(messagesOf(reading)).toMatchObject([
    {
      order: {
        lines: [{ line: '1' }],
        charges: [
          { kind: 'other', amountMinor: 1000 },
          { kind: 'other', name: 'Engraving', amountMinor: 450 },
          { name: 'Tip', amountMinor: 200 },
        ],
      },
    },
  ]);
  expect(reading.warnings).toEqual([]);
  expect(read(order({ line_items: [line({ gift_card: true })] }))).toMatchObject({ messages: [], ignored: 1 });
});

test('[OR1] a pickup, a sale at a Shopify till and a cart hold are what they are', () => {
  const pickup = { shipping_lines: [{ title: 'Store pickup', code: 'Main Street', price: '0.00' }] };
  expect(messagesOf(read(order(pickup)))).toMatchObject([{ order: { method: 'pickup', pickupNode: 'S-09' } }]);
  expect(faultsOf(read(order({ shipping_lines: [{ title: 'Pickup', code: 'Nowhere' }] })))).toEqual([
    ['order', 'no-pickup-node'],
  ]);
  const till = { source_name: 'pos', fulfillment_status: 'fulfilled', location_id: 905_684_977 };
  expect(messagesOf(read(order(till)))).toMatchObject([
    { order: { fulfilled: { node: 'S-09', at: Date.UTC(2026, 10, 24, 10) } } },
  ]);
  const cart = { note_attributes: [{ name: 'onhand_reservation', value: 'r2-1z' }] };
  expect(messagesOf(read(order(cart)))).toMatchObject([{ order: { reservation: 'r2-1z' } }]);
});

test('[FD9] a bad order of a batch is refused with its place, and the others count', () => {
  const bad = (over: object): object => order({ line_items: [line(over)] });
  const reading = read({
    orders: [
      order(),
      bad({ quantity: 1.5 }),
      bad({ price: '1e3' }),
      bad({ sku: 'a b' }),
      order({ currency: 'usd' }),
      5,
      order({ updated_at: 'now' }),
    ],
  });
  expect(reading.messages).toHaveLength(1);
  expect(faultsOf(reading)).toEqual([
    ['order[1]', 'malformed-units'],
    ['order[2]', 'malformed-money'],
    ['order[3]', 'malformed-id'],
    ['order[4]', 'malformed-currency'],
    ['order[5]', 'malformed-row'],
    ['order[6]', 'malformed-time'],
  ]);
  // Each can be corrected and sent alone.
  expect(faultsOf(readShopifyOrders(Buffer.from(reading.refused[0]!.original), orderContext()))).toEqual([
    ['order', 'malformed-units'],
  ]);
});

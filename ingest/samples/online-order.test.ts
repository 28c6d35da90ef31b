import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { NodeRef } from '../../engine/contract/reference.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import { readShopifyOrders } from '../orders/shopify.ts';
import { onlineBaskets } from './messages.ts';
import { createOrderWriter } from './online-order.ts';
import { REFERENCE_DIR } from './rows.ts';
import { writeShopify } from './write-shopify.ts';

const nodes = new Map(
  (JSON.parse(readFileSync(new URL('nodes.json', REFERENCE_DIR), 'utf8')) as readonly NodeRef[]).map((node) => [
    node.id as string,
    node,
  ]),
);
const context = { channel: 'web' as never, source: { id: 'web' as never, timeZone: 'UTC' }, nodes };
const read = (body: string) => readShopifyOrders(Buffer.from(body), context);

test('every basket of the year is an order that our own reader takes whole, without a warning', () => {
  const writer = createOrderWriter();
  const methods = new Map<string, number>();
  const customers = new Set<string>();
  for (const basket of onlineBaskets()) {
    const { messages, refused, warnings } = read(writer.write(basket, basket.at));
    const [only] = messages;
    expect([messages.length, refused, warnings]).toEqual([1, [], []]);
    if (only?.message.kind !== 'place') throw new Error(basket.key);
    const { order, channelOrderId, at } = only.message;
    expect([channelOrderId, at, order.placedAt]).toEqual([basket.key, basket.at, basket.at]);
    expect(order.lines.map(({ sku, units }) => ({ sku, units }))).toEqual(
      basket.lines.map(({ sku, units }) => ({ sku, units })),
    );
    expect(order.method).toBe(basket.method === 'pickup' ? 'pickup' : 'ship');
    const isAtItsPlace =
      order.method === 'pickup'
        ? 'node' in basket.lines[0]! && basket.lines[0].node === order.pickupNode
        : order.shipTo!.lat! > 38;
    expect(isAtItsPlace).toBe(true);
    expect(order.customer?.email).toMatch(/@example\.com$/);
    customers.add(order.customer?.id ?? '');
    methods.set(order.method, (methods.get(order.method) ?? 0) + 1);
  }
  expect(methods.get('ship')).toBeGreaterThan(1_000);
  expect(methods.get('pickup')).toBeGreaterThan(1_000);
  // Some come back: one view per customer has something to show.
  expect(customers.size).toBeLessThan(1_000);
});

test('the same basket is written the same each time', () => {
  const [basket] = onlineBaskets();
  expect(createOrderWriter().write(basket!, 5)).toBe(createOrderWriter().write(basket!, 5));
});

test('[CS5] a cancelled order, a cart’s hold and tags are read as they were written', () => {
  const order = {
    id: '7',
    name: '#7',
    placedAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    currency: 'USD',
    lines: [{ id: 'a', sku: 'A', name: 'A', units: 3, priceMinor: 199 }],
    shippingMinor: 495,
    reservation: 'r16-1',
    tags: 'gift',
  };
  const [placed] = read(writeShopify(order)).messages;
  if (placed?.message.kind !== 'place') throw new Error('not placed');
  expect(placed.message.order).toMatchObject({ reservation: 'r16-1', tags: ['gift'], paid: 'paid' });
  expect(orderTotals(placed.message.order).totalMinor).toBe(3 * 199 + 495);
  const [cancelled] = read(
    writeShopify({ ...order, updatedAt: order.placedAt + 1, cancelledAt: order.placedAt + 1 }),
  ).messages;
  expect(cancelled?.message).toMatchObject({ kind: 'cancel', channelOrderId: '7', at: order.placedAt + 1 });
});

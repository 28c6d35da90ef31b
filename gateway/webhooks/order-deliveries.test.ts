import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChannelId, ClientId, SourceId } from '../../engine/contract/ids.ts';
import type { OrderSourceRef } from '../../engine/contract/reference.ts';
import { statusOf } from '../../engine/contract/order-status.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

// Messages about orders that a shop posts signed (rule OR1), and that nobody else can post, or post once more.

const SECRET = 'shpss_0123456789abcdef';
const key = ADMIN_KEY;
let server: TestServer;
let count = 0;

beforeAll(async () => {
  server = await startTestServer();
  const channel = 'web' as ChannelId;
  await define('shopify', { channel, format: 'shopify', client: 'shop' as ClientId });
  await define('woocommerce', { channel, format: 'woocommerce' });
  await define('early', { channel: 'later' as ChannelId, format: 'shopify' }, 'shopify');
  await server.feed([onHand('MILK-1', 100)]);
});
afterAll(() => server.stop());

async function define(id: string, orders: OrderSourceRef, scheme = id): Promise<void> {
  const pos = server.engine.reference.sources.get('pos' as SourceId)!;
  await server.engine.apply({ of: 'sources', rows: [{ ...pos, id: id as SourceId, kind: 'channel', orders }] });
  const made = await server.call(`/v1/sources/${id}/webhook-secret`, {
    method: 'POST',
    key,
    json: { scheme, secret: SECRET },
  });
  expect(made.status).toBe(201);
}

const hmac = (body: string): string => createHmac('sha256', SECRET).update(body).digest('base64');

function shopify(topic: string, json: object, about: { readonly id?: string; readonly source?: string } = {}) {
  const body = JSON.stringify(json);
  const { id = `delivery-${++count}`, source = 'shopify' } = about;
  const headers = { 'x-shopify-webhook-id': id, 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': hmac(body) };
  return server.call(`/v1/webhooks/${source}`, { method: 'POST', body, headers });
}

function woo(topic: string, json: object, id = 'one-id-for-all-of-this-second') {
  const body = JSON.stringify(json);
  const headers = {
    'x-wc-webhook-delivery-id': id,
    'x-wc-webhook-topic': topic,
    'x-wc-webhook-signature': hmac(body),
  };
  return server.call('/v1/webhooks/woocommerce', { method: 'POST', body, headers });
}

const shopifyOrder = (id: number, over: object = {}): object => ({
  id,
  name: `#${id}`,
  created_at: new Date(Date.now() - 60_000).toISOString(),
  updated_at: new Date(Date.now() - 60_000).toISOString(),
  currency: 'USD',
  financial_status: 'paid',
  line_items: [{ id: 1, sku: 'MILK-1', quantity: 2, price: '1.50', requires_shipping: true }],
  ...over,
});

const wooOrder = (id: number, over: object = {}): object => ({
  id,
  status: 'processing',
  currency: 'USD',
  date_created_gmt: new Date(Date.now() - 60_000).toISOString().slice(0, 19),
  line_items: [{ id: 1, sku: 'MILK-1', quantity: 1, subtotal: '1.50', total: '1.50', total_tax: '0' }],
  ...over,
});

/** The order as our desk finds it by sending what places it once more. */
async function orderOf(format: string, json: object) {
  const body = JSON.stringify(json);
  const again = await server.call(`/v1/orders?channel=web&format=${format}`, { method: 'POST', key, body });
  const [{ id }] = again.body['outcomes'] as [{ id: string }];
  const [order] = await server.engine.orders([id as never]);
  return order!;
}

test('[OR1] an order, its edit, its refund and its end, as Shopify posts them', async () => {
  const order = shopifyOrder(1);
  const placed = await shopify('orders/create', order);
  expect(placed).toMatchObject({
    status: 200,
    body: { taken: 1, duplicates: 0, kept: 0, refused: 0, ignored: 0 },
  });
  // A customer's token is nothing for a shop's log.
  expect('outcomes' in placed.body).toBe(false);
  expect(await orderOf('shopify', order)).toMatchObject({ number: '#1', client: 'shop', channel: 'web' });
  const at = (ms: number) => ({ updated_at: new Date(Date.now() + ms).toISOString() });
  const three = [{ id: 1, sku: 'MILK-1', quantity: 3, price: '1.50', requires_shipping: true }];
  expect((await shopify('orders/updated', { ...order, ...at(-3_000), line_items: three })).body).toMatchObject({
    taken: 1,
  });
  expect((await orderOf('shopify', order)).lines).toMatchObject([{ units: 3 }]);
  expect((await shopify('orders/edited', { order_edit: { order_id: 1 } })).body).toMatchObject({
    taken: 0,
    ignored: 1,
  });
  const refund = {
    id: 9,
    order_id: 1,
    created_at: new Date(Date.now() - 2_000).toISOString(),
    refund_line_items: [{ line_item_id: 1, quantity: 1, restock_type: 'cancel', line_item: { id: 1 } }],
    transactions: [{ kind: 'refund', status: 'success', amount: '1.50', currency: 'USD' }],
  };
  expect((await shopify('refunds/create', refund)).body).toMatchObject({ taken: 1 });
  expect((await orderOf('shopify', order)).refunds).toMatchObject([{ amountMinor: 150 }]);
  const ended = { ...order, ...at(-1_000), cancelled_at: new Date(Date.now() - 1_000).toISOString() };
  expect((await shopify('orders/cancelled', ended)).body).toMatchObject({ taken: 1 });
  const { id } = await orderOf('shopify', order);
  for (;;) {
    const [now] = await server.engine.orders([id]);
    if (statusOf(now!) === 'cancelled') break;
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test('the same delivery again, under its id or another, has no effect', async () => {
  const order = shopifyOrder(2);
  expect((await shopify('orders/create', order, { id: 'again' })).body).toMatchObject({ taken: 1 });
  expect((await shopify('orders/create', order, { id: 'again' })).body).toEqual({ repeated: true });
  expect((await shopify('orders/create', order, { id: 'other' })).body).toEqual({ repeated: true });
});

test('[OR1] an update that overtakes its creation with the same words does not keep the order from being placed', async () => {
  const order = shopifyOrder(3);
  expect((await shopify('orders/updated', order)).body).toMatchObject({ kept: 1, taken: 0 });
  expect((await shopify('orders/create', order)).body).toMatchObject({ kept: 0, taken: 1 });
  expect(await orderOf('shopify', order)).toMatchObject({ number: '#3', client: 'shop' });
});

test('a body that nobody signed is nobody’s, whatever its topic', async () => {
  const body = JSON.stringify(shopifyOrder(4));
  const headers = { 'x-shopify-webhook-id': 'x', 'x-shopify-topic': 'orders/create' };
  for (const signature of [hmac(`${body} `), '', undefined]) {
    const about = { ...headers, ...(signature !== undefined && { 'x-shopify-hmac-sha256': signature }) };
    const refused = await server.call('/v1/webhooks/shopify', { method: 'POST', body, headers: about });
    expect(refused).toMatchObject({ status: 401, body: { code: 'wrong-signature' } });
  }
});

test('stock that the same shop posts goes the way of its feed', async () => {
  expect((await shopify('inventory_levels/update', onHand('BREAD', 4))).body).toMatchObject({ recorded: 1 });
});

test('[FD9] what cannot be taken is answered 200 and kept, also what is for a channel that is not there yet', async () => {
  expect(await shopify('orders/create', { id: 'x' })).toMatchObject({ status: 200, body: { refused: 1 } });
  const early = await shopify('orders/create', shopifyOrder(5), { source: 'early' });
  expect(early).toMatchObject({ status: 200, body: { refused: 1 } });
  const page = await server.call('/v1/dead-letters?source=early', { key });
  const [letter] = page.body['letters'] as [{ id: string; code: string }];
  expect(letter).toMatchObject({ code: 'unknown-channel' });
  const web = server.engine.reference.channels.get('web')!;
  await server.engine.apply({ of: 'channels', rows: [{ ...web, id: 'later' as ChannelId }] });
  const replayed = await server.call(`/v1/dead-letters/${letter.id}/replay`, { method: 'POST', key });
  expect(replayed).toMatchObject({ status: 200, body: { recorded: 1 } });
});

test('WooCommerce: signed bodies count once, though deliveries of one second share an id', async () => {
  const [first, second] = [wooOrder(701), wooOrder(702)];
  expect((await woo('order.created', first)).body).toMatchObject({ taken: 1 });
  expect((await woo('order.created', second)).body).toMatchObject({ taken: 1 });
  expect((await woo('order.created', second, 'another')).body).toEqual({ repeated: true });
  expect(await orderOf('woocommerce', second)).toMatchObject({ channelOrderId: '702', client: 'source:woocommerce' });
});

test('WooCommerce’s ping is answered, under any name, and says nothing of who there is', async () => {
  const ping = (source: string, body: string) =>
    server.call(`/v1/webhooks/${source}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const answers = [await ping('woocommerce', 'webhook_id=7'), await ping('nobody', 'webhook_id=7')];
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, { taken: 0, duplicates: 0, kept: 0, refused: 0, ignored: 1 }],
    [200, { taken: 0, duplicates: 0, kept: 0, refused: 0, ignored: 1 }],
  ]);
  expect((await ping('woocommerce', 'webhook_id=7&status=paid')).status).toBe(401);
});

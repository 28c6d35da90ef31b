import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderId } from '../../engine/contract/ids.ts';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
const ids: OrderId[] = [];
const NAMES = ['Ann', 'Ben', 'Cleo'];

/** Three orders of the channel web, one of b2b. */
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('MILK-1', 90)]);
  for (const [index, name] of [...NAMES, '=Eve'].entries()) {
    const message = pickupOrder(`W-${index + 1}`, { 'MILK-1': 1 }) as Extract<ShopMessage, { kind: 'place' }>;
    const customer = { name, email: `${name.replace('=', '')}@x.example` };
    const channel = index === 3 ? ('b2b' as never) : message.channel;
    const taken = await server.engine.shopMessage('shop' as never, {
      ...message,
      channel,
      order: { ...message.order, customer },
    });
    if (taken.status !== 'taken') throw new Error(taken.status);
    ids.push(taken.order.id);
  }
});
afterAll(() => server.stop());

const get = (path: string, key = ADMIN_KEY, headers = {}) => server.call(path, { key, headers });
const numbersIn = (body: object) => (body as { orders: { number: string }[] }).orders.map(({ number }) => number);

async function limitedTo(limits: object): Promise<string> {
  const json = { name: `key-${Math.random()}`, scopes: ['desk'], limits };
  return String((await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json })).body['key']);
}

test('[OR12] orders come page by page, the newest first, and each field narrows them', async () => {
  const first = await get('/v1/orders?limit=3');
  expect(numbersIn(first.body)).toEqual(['W-4', 'W-3', 'W-2']);
  expect(numbersIn((await get(`/v1/orders?limit=3&after=${String(first.body['next'])}`)).body)).toEqual(['W-1']);
  for (const [query, numbers] of [
    ['q=cleo', ['W-3']],
    ['q=ben%40x.example', ['W-2']],
    ['q=w-1', ['W-1']],
    ['channel=b2b', ['W-4']],
    ['q=ann&channel=b2b', []],
    ['sku=MILK-1&limit=1', ['W-4']],
    ['sku=MILK-9', []],
    ['customer=c1', ['W-1']],
    ['customer=nobody', []],
    ['status=delivered', []],
    ['queue=late', []],
    ['node=S-2', []],
    [`to=2000-01-01T00:00:00Z`, []],
    [`from=2000-01-01T00:00:00Z&to=${Date.now() + 60_000}&limit=1`, ['W-4']],
    ['q=%22%20OR%20who%3A', []],
  ] as const) {
    const { status, body } = await get(`/v1/orders?${query}`);
    expect([query, status, numbersIn(body)]).toEqual([query, 200, numbers]);
  }
});

test('[OR12] a key that is limited to channels finds nothing of others; one for some nodes no orders at all', async () => {
  const web = await limitedTo({ channels: ['web'] });
  expect(numbersIn((await get('/v1/orders', web)).body)).toEqual(['W-3', 'W-2', 'W-1']);
  expect(numbersIn((await get('/v1/orders?q=eve', web)).body)).toEqual([]);
  expect(await get('/v1/orders?channel=b2b', web)).toMatchObject({ status: 403, body: { code: 'out-of-reach' } });
  const sum = async (key: string) => {
    const { statuses } = (await get('/v1/orders/queues', key)).body as { statuses: Record<string, number> };
    return Object.values(statuses).reduce((all, each) => all + each, 0);
  };
  expect([await sum(web), await sum(ADMIN_KEY)]).toEqual([3, 4]);
  expect((await get('/v1/customers?q=eve', web)).body).toMatchObject({ customers: [] });
  expect((await get('/v1/customers/c4', web)).status).toBe(404);
  expect((await get('/v1/customers/c4')).body).toMatchObject({
    customer: { name: '=Eve' },
    orders: [{ number: 'W-4' }],
  });
  for (const part of ['', '/timeline', '/sourcing']) {
    expect((await get(`/v1/orders/${ids[3]}${part}`, web)).status).toBe(404);
    expect((await get(`/v1/orders/${ids[0]}${part}`, web)).status).toBe(200);
  }
  const none = await limitedTo({ channels: [] });
  expect(numbersIn((await get('/v1/orders', none)).body)).toEqual([]);
  expect(await sum(none)).toBe(0);
  const node = await limitedTo({ nodes: ['S-1'] });
  for (const path of ['/v1/orders', '/v1/orders/queues', '/v1/customers', '/v1/customers/c1']) {
    expect((await get(path, node)).status).toBe(403);
  }
});

test('[OR12] orders as a file: all pages, and no text that a spreadsheet would run', async () => {
  const response = await fetch(`${server.url}/v1/orders`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}`, accept: 'text/csv' },
  });
  expect(response.headers.get('content-disposition')).toContain('orders.csv');
  const [head, ...rows] = (await response.text()).trimEnd().split('\r\n');
  expect(head).toMatch(/^id,number,channel,.*,nodes,placedAt,queueSince,at$/);
  expect(rows).toHaveLength(4);
  expect(rows[0]).toContain(`,'=Eve,`);
  expect(rows[0]).toMatch(/,\d{4}-\d\d-\d\dT[^,]+Z,,\d{4}-/);
});

test('[OR12] what happened to an order is told in sentences, and how it found its node', async () => {
  const message = pickupOrder('W-9', { 'MILK-1': 2 }) as Extract<ShopMessage, { kind: 'place' }>;
  const { pickupNode: _node, ...order } = message.order;
  const work = await workFor(server.engine, { ...message, order: { ...order, method: 'ship' } });
  const timeline = await get(`/v1/orders/${work.order}/timeline`);
  expect(timeline.body).toMatchObject({
    entries: [{ what: 'placed', text: 'Ordered: 2 × MILK-1' }, { what: 'promised' }, { what: 'sourced' }, {}, {}, {}],
  });
  const { decisions } = (await get(`/v1/orders/${work.order}/sourcing`)).body as { decisions: object[] };
  expect(decisions).toMatchObject([{ ask: 1, decision: { plan: { parts: [{ node: 'S-1' }] } } }]);
  const token = (await server.engine.orders([work.order]))[0]!.token;
  expect(JSON.stringify(timeline.body)).not.toContain(token);
  expect(JSON.stringify((await get('/v1/orders')).body)).not.toContain(token);
});

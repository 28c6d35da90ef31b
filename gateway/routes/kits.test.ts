import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket } from '../test-socket.ts';

let server: TestServer;
let made = 0;
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('LEFT', 5), onHand('RIGHT', 7), onHand('SOCK', 9)]);
  const items = ['PAIR', 'BOX'].map((sku) => ({
    sku,
    name: `A ${sku.toLowerCase()} of shoes`,
    scale: 0,
    enabled: true,
  }));
  for (const item of items) await put(`items/${item.sku}`, item);
  await put('kits/PAIR', PAIR);
});
/** Who releases is answered when it is durable, before the shards of the parts have heard of it. */
afterEach(async () => {
  for (const [sku, units] of Object.entries({ LEFT: 5, RIGHT: 7, SOCK: 9 })) await reaches(sku, units);
});
afterAll(() => server.stop());

const COMPONENTS = [
  { sku: 'LEFT', units: 1 },
  { sku: 'RIGHT', units: 1 },
];
const PAIR = { sku: 'PAIR', components: COMPONENTS };
const put = (path: string, json: object) =>
  server.call(`/v1/reference/${path}`, { method: 'PUT', key: ADMIN_KEY, json });
const reserve = (json: object, key = ADMIN_KEY) =>
  server.call('/v1/reservations', {
    method: 'POST',
    key,
    headers: { 'idempotency-key': `kit-${++made}` },
    json: { channel: 'web', ...json },
  });
const at = (sku: string, units: number) => ({ sku, units, group: 'all' });
const unitsOf = async (sku: string) => ((await server.call(`/v1/stock/${sku}`)).body['d'] as { units: number }).units;
async function reaches(sku: string, units: number): Promise<void> {
  while ((await unitsOf(sku)) !== units);
}
const end = (id: unknown, key = ADMIN_KEY) => server.call(`/v1/reservations/${String(id)}`, { method: 'DELETE', key });

test('[AV9] a kit is found, counted from its parts, sold whole and given back whole', async () => {
  const row = await server.call('/v1/reference/kits/PAIR', { key: ADMIN_KEY });
  expect(row).toMatchObject({ status: 200, body: { of: 'kits', key: 'PAIR', row: PAIR } });
  expect((await server.call('/v1/items?q=shoes')).body).toMatchObject({ items: [{ sku: 'BOX' }, { sku: 'PAIR' }] });
  expect((await server.call('/v1/stock/PAIR')).body).toMatchObject({ sku: 'PAIR', d: { units: 5, band: 'low-stock' } });
  const staff = await server.call('/v1/stock/PAIR', { key: ADMIN_KEY });
  expect(staff.body).toMatchObject({ kit: COMPONENTS, channels: [{ channel: 'web', ats: 5 }, { channel: 'b2b' }] });

  const sold = await reserve({ lines: [at('PAIR', 1), at('LEFT', 4)] });
  expect(sold).toMatchObject({ status: 201, body: { kits: [{ ...at('PAIR', 1), components: COMPONENTS }] } });
  const lines = sold.body['lines'] as object[];
  expect(lines).toHaveLength(2);
  expect(lines).toEqual(expect.arrayContaining([at('LEFT', 5), at('RIGHT', 1)]));
  expect([await unitsOf('PAIR'), await unitsOf('LEFT'), await unitsOf('RIGHT')]).toEqual([0, 0, 6]);
  const path = `/v1/reservations/${String(sold.body['id'])}`;
  expect((await server.call(path, { key: ADMIN_KEY })).body).toEqual(sold.body);
  expect((await server.call('/v1/reservations', { key: ADMIN_KEY })).body).toEqual({ reservations: [sold.body] });
  const over = await reserve({ lines: [at('PAIR', 1)] });
  expect(over).toMatchObject({
    status: 409,
    body: { code: 'units-exceed-available', field: 'lines[0].units', units: 0 },
  });
  expect(await end(sold.body['id'])).toMatchObject({ status: 200, body: { state: 'released' } });
  await reaches('PAIR', 5);
});

test('[AV9] a page that follows a kit is told when one of its parts is sold', async () => {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  socket.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['PAIR'] });
  const [entry] = (await socket.next('subscribed'))['snap'] as object[];
  expect(entry).toMatchObject({ d: { units: 5 } });
  const sold = await reserve({ lines: [at('LEFT', 2)] });
  expect(await socket.next('update')).toMatchObject({ d: { units: 3 } });
  socket.close();
  await end(sold.body['id']);
});

test('[AV9] explain names the part that limits a kit', async () => {
  const explained = await server.call('/v1/stock/PAIR/explain?channel=web', { key: ADMIN_KEY });
  expect(explained.body).toMatchObject({
    kit: { channels: [{ ats: 5, limitedBy: ['LEFT'], components: [{ kits: 5 }, { kits: 7 }] }] },
  });
});

test('[AV9][RS7] units of a kit stay where they are, those beside it move', async () => {
  const sold = await reserve({ lines: [at('PAIR', 2), at('RIGHT', 1)] });
  const move = (sku: string, units: number) =>
    server.call(`/v1/reservations/${String(sold.body['id'])}/move`, {
      method: 'POST',
      key: ADMIN_KEY,
      headers: { 'idempotency-key': `move-${++made}` },
      json: { sku, units, from: { group: 'all' }, to: { node: 'S-1' } },
    });
  const no = {
    status: 409,
    body: { code: 'kit-stays-whole', field: 'units', message: expect.stringMatching(/.{10}/) },
  };
  expect(await move('PAIR', 1)).toMatchObject(no);
  expect(await move('LEFT', 1)).toMatchObject(no);
  expect(await move('RIGHT', 2)).toMatchObject(no);
  expect(await move('RIGHT', 1)).toMatchObject({ status: 200, body: { state: 'held' } });
  await end(sold.body['id']);
});

test('[AV9] what cannot be a kit is a no that names the field', async () => {
  const part = (sku: string) => ({ sku, units: 1 });
  const rows: [sku: string, components: object[], status: number, code: string][] = [
    ['BOX', [part('PAIR')], 422, 'kit-of-kits'],
    ['BOX', [part('BOX')], 422, 'invalid-row'],
    ['BOX', [part('LEFT'), part('LEFT')], 422, 'invalid-row'],
    ['BOX', [], 422, 'invalid-row'],
    ['BOX', [{ sku: 'LEFT', units: 0 }], 422, 'invalid-row'],
    ['SOCK', [part('LEFT')], 409, 'kit-has-stock'],
  ];
  for (const [sku, components, status, code] of rows) {
    const answer = await put(`kits/${sku}`, { sku, components });
    expect(answer).toMatchObject({ status, body: { code, message: expect.stringMatching(/.{10}/) } });
  }
  const fed = await server.feed([onHand('PAIR', 3)]);
  expect(JSON.stringify(fed.body)).toContain('stock-of-a-kit');
  expect(await unitsOf('PAIR')).toBe(5);
});

test('[RS6] a quota counts the units of each customer, and a kit counts as its parts', async () => {
  await put('items/SOCK', { sku: 'SOCK', name: 'Sock', scale: 0, enabled: true, unitsPerCustomerMax: 2 });
  await put('kits/BOX', { sku: 'BOX', components: [{ sku: 'SOCK', units: 2 }] });
  const shop = await server.keyWith('reservations');
  const first = await reserve({ customer: 'ann', lines: [at('SOCK', 1)] }, shop);
  expect(first).toMatchObject({ status: 201, body: { customer: 'ann' } });
  const read = await server.call(`/v1/reservations/${String(first.body['id'])}`, { key: shop });
  expect(read.body).toMatchObject({ customer: 'ann', lines: [at('SOCK', 1)] });
  const over = { status: 409, body: { code: 'quota-exceeded', field: 'lines[0].units' } };
  expect(await reserve({ customer: 'ann', lines: [at('SOCK', 2)] }, shop)).toMatchObject({
    ...over,
    body: { ...over.body, units: 1 },
  });
  expect(await reserve({ customer: 'ann', lines: [at('SOCK', 2)], partial: true }, shop)).toMatchObject(over);
  expect(await reserve({ customer: 'ann', lines: [at('BOX', 1)] }, shop)).toMatchObject({
    ...over,
    body: { ...over.body, units: 0 },
  });
  const bob = await reserve({ customer: 'bob', lines: [at('BOX', 1)] }, shop);
  expect(bob).toMatchObject({ status: 201, body: { customer: 'bob', kits: [{ sku: 'BOX', units: 1 }] } });
  expect(await reserve({ customer: 'no spaces', lines: [at('SOCK', 1)] }, shop)).toMatchObject({
    status: 422,
    body: { code: 'invalid-request', field: 'customer' },
  });
  for (const { body } of [first, bob]) await end(body['id'], shop);
  const freed = await reserve({ customer: 'ann', lines: [at('SOCK', 2)] }, shop);
  expect(freed.status).toBe(201);
  await end(freed.body['id'], shop);
});

test('[RS3] reservations of kits and of parts are paged together, each on one page', async () => {
  const shop = await server.keyWith('reservations');
  const ids: unknown[] = [];
  for (const sku of ['RIGHT', 'PAIR', 'LEFT', 'PAIR', 'SOCK']) {
    ids.push((await reserve({ lines: [at(sku, 1)] }, shop)).body['id']);
  }
  const seen: unknown[] = [];
  let next: string | undefined;
  do {
    const after = next === undefined ? '' : `&after=${next}`;
    const page = await server.call(`/v1/reservations?limit=2${after}`, { key: shop });
    seen.push(...(page.body['reservations'] as { id: string }[]).map(({ id }) => id));
    next = page.body['next'] as string | undefined;
  } while (next !== undefined);
  expect(seen).toHaveLength(ids.length);
  expect(new Set(seen)).toEqual(new Set(ids));
  for (const limit of ['0', '1001', 'many']) {
    const answer = await server.call(`/v1/reservations?limit=${limit}`, { key: shop });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-request', field: 'limit' } });
  }
  for (const id of ids) await end(id, shop);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeId, OrderId } from '../../engine/contract/ids.ts';
import type { Order } from '../../engine/contract/order.ts';
import { isOver } from '../../engine/contract/order-status.ts';
import { refuse } from '../../engine/contract/outcome.ts';
import { orderOf } from '../orders/order-in-reach.ts';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let desk = '';
let count = 0;
beforeAll(async () => {
  server = await startTestServer();
  desk = await server.keyWith('desk');
  await server.feed([onHand('MILK-1', 90), onHand('MILK-2', 3)]);
});
afterAll(() => server.stop());

/** An order to be collected at S-1, with its work there. */
async function placed(sku = 'MILK-1', units = 2): Promise<{ readonly id: string; readonly work: string }> {
  const work = await workFor(server.engine, pickupOrder(`order-${++count}`, { [sku]: units }));
  return { id: work.order, work: work.id };
}

const read = (id: string, key = desk, headers = {}) => server.call(`/v1/orders/${id}`, { key, headers });
const act = (id: string, json: object, headers: Record<string, string> = {}) =>
  server.call(`/v1/orders/${id}/acts`, {
    method: 'POST',
    key: desk,
    json,
    headers: { 'idempotency-key': `act-${++count}`, ...headers },
  });

test('[OR3] an order is told with its status, its totals and where its units are, without the customer’s token', async () => {
  const { id, work } = await placed();
  const { status, body, headers } = await read(id);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    order: { id, channel: 'web', lines: [{ sku: 'MILK-1', units: 2, pieces: [{ units: 2, node: 'S-1', work }] }] },
    status: 'processing',
    totals: { goodsMinor: 200, discountMinor: 0, taxMinor: 0, chargesMinor: 0, totalMinor: 200 },
    units: { released: 2 },
  });
  const [order] = await server.engine.orders([id as OrderId]);
  expect(JSON.stringify(body).includes(order!.token)).toBe(false);
  expect(headers.get('etag')).toBe(`"${order!.version}"`);
  expect((await read(id, desk, { 'if-none-match': headers.get('etag') })).status).toBe(304);
});

test('an order is shown to its own key and to the desk of its channel; to others there is none', async () => {
  const { id } = await placed();
  const keyOf = async (name: string, scopes: string[], limits?: object) => {
    const json = { name, scopes, ...(limits && { limits }) };
    const made = await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json });
    return String(made.body['key']);
  };
  // Placed by the client `shop`.
  expect(await read(id, await keyOf('shop', ['orders']))).toMatchObject({ status: 200 });
  expect(await read(id, await keyOf('other', ['orders']))).toMatchObject({
    status: 404,
    body: { code: 'unknown-order' },
  });
  expect(await read(id, await keyOf('web-desk', ['desk'], { channels: ['web'] }))).toMatchObject({ status: 200 });
  for (const limits of [{ channels: ['b2b'] }, { nodes: ['S-1'] }])
    expect(await read(id, await keyOf(`desk-${++count}`, ['desk'], limits))).toMatchObject({ status: 404 });
  expect((await server.call(`/v1/orders/${id}`)).status).toBe(401);
  for (const none of ['o0-zzz', 'o999-1', 'x']) expect((await read(none)).status).toBe(404);
});

test('an order that its shard has forgotten is answered as it was', async () => {
  const { id } = await placed();
  const [order] = await server.engine.orders([id as OrderId]);
  const orders = async () => [];
  const forgetful = { orders, orderKept: async (asked: OrderId) => ({ ...order!, id: asked }) };
  expect(await orderOf(forgetful, id)).toMatchObject({ id, number: order!.number });
  expect(await orderOf({ orders, orderKept: async () => refuse('unknown-order') }, 'o0-zzz')).toBeUndefined();
});

test('whoever has the token sees how the order stands; who guesses is told nothing, and soon to wait', async () => {
  const { id } = await placed();
  const [order] = await server.engine.orders([id as OrderId]);
  const status = (headers: Record<string, string>) => server.call(`/v1/orders/${id}/status`, { headers });
  const right = { 'x-order-token': order!.token };
  const shown = await status(right);
  expect(shown).toMatchObject({ status: 200, body: { id, lines: [{ sku: 'MILK-1', units: 2 }] } });
  // Nothing of people, and no token.
  expect(JSON.stringify(shown.body)).not.toContain(order!.token);
  expect((await status({ ...right, 'if-none-match': shown.headers.get('etag')! })).status).toBe(304);
  expect(await status({})).toMatchObject({ status: 401, body: { code: 'token-required' } });
  const wrong = { 'x-order-token': `${order!.token.slice(1)}0` };
  const none = await server.call('/v1/orders/o0-zzz/status', { headers: right });
  expect(await status(wrong)).toMatchObject({ status: 404, body: none.body });
  for (let guess = 0; guess < 20; guess += 1) await status(wrong);
  expect(await status(wrong)).toMatchObject({ status: 429, body: { code: 'too-many-bad-keys' } });
});

test('[OR10] what is done by hand is done once by its key, and stands in the audit with its reason', async () => {
  const { id } = await placed();
  const once = { 'idempotency-key': 'the-hold' };
  const held = await act(id, { act: 'hold', kind: 'fraud', reason: 'same card twice' }, once);
  expect(held).toMatchObject({ status: 200, body: { status: 'on-hold', order: { holds: [{ kind: 'fraud' }] } } });
  const [hold] = (held.body['order'] as { holds: { by: string; reason: string }[] }).holds;
  expect(hold).toMatchObject({ reason: 'same card twice' });
  const again = await act(id, { act: 'hold', kind: 'fraud', reason: 'same card twice' }, once);
  expect(again.body).toEqual(held.body);
  expect(await act(id, { act: 'hold', kind: 'review' }, once)).toMatchObject({
    status: 409,
    body: { code: 'key-reused' },
  });
  const { body } = await server.call('/v1/audit?what=POST /v1/orders/:id/acts&limit=100', { key: ADMIN_KEY });
  const [entry] = (body['entries'] as { path: string; about: string; status: number }[]).filter(({ path }) =>
    path.includes(id),
  );
  expect(entry).toMatchObject({ by: hold!.by, path: `/v1/orders/${id}/acts` });
});

test('with If-Match an act is refused when the order has changed since it was read', async () => {
  const { id } = await placed();
  const seen = (await read(id)).headers.get('etag')!;
  const first = await act(id, { act: 'tag', tags: ['gift'] }, { 'if-match': seen });
  expect(first).toMatchObject({ status: 200, body: { order: { tags: ['gift'] } } });
  const late = await act(id, { act: 'tag', tags: [] }, { 'if-match': seen });
  expect(late).toMatchObject({ status: 412, body: { code: 'version-conflict', field: 'if-match' } });
  expect(JSON.stringify(String(late.body['version']))).toBe(first.headers.get('etag'));
  expect(await act(id, { act: 'tag', tags: [] }, { 'if-match': 'x' })).toMatchObject({ status: 422 });
});

test('an act says what it must and nothing else', async () => {
  const { id, work } = await placed();
  for (const [wrong, field] of [
    [{ act: 'hold' }, 'kind'],
    [{ act: 'hold', kind: 'review', node: 'S-1' }, 'node'],
    [{ act: 'allocate', node: 'a b' }, 'node'],
    [{ act: 'cancel', lines: [{ line: '1', units: 1, reason: 'x' }] }, 'lines[0].reason'],
    [{ act: 'cancel', lines: [{ line: '1', units: 0 }] }, 'lines[0].units'],
    [{ act: 'dance' }, 'act'],
  ] as const) {
    expect(await act(id, wrong)).toMatchObject({ status: 422, body: { field } });
  }
  const keyless = await server.call(`/v1/orders/${id}/acts`, { method: 'POST', key: desk, json: { act: 'release' } });
  expect(keyless).toMatchObject({ status: 422, body: { code: 'idempotency-key-required' } });
  expect(await act(id, { act: 'pull-back', work: `${work}9` })).toMatchObject({
    status: 422,
    body: { code: 'unknown-work' },
  });
  const tooMany = { act: 'cancel', lines: [{ line: '1', units: 3 }] };
  expect(await act(id, tooMany)).toMatchObject({ status: 422, body: { code: 'units-out-of-bounds', units: 2 } });
});

test('[OR10] a cancelled order gives its units back', async () => {
  const { id } = await placed('MILK-2', 3);
  const cancelled = await act(id, { act: 'cancel', reason: 'customer called' });
  expect(cancelled.status).toBe(200);
  // The node is asked for its work first.
  await until(id, isOver);
  expect((await read(id)).body).toMatchObject({ status: 'cancelled', units: { cancelled: 3 } });
  expect(await act(id, { act: 'cancel' })).toMatchObject({ status: 409, body: { code: 'already-ended' } });
});

test('[OR11] what has left comes back: announced at the desk, received with a key for the node', async () => {
  const { id } = await shipped();
  const asked = await act(id, { act: 'request-return', lines: [{ line: '1', units: 1, reason: 'too small' }] });
  expect(asked).toMatchObject({ status: 200, body: { order: { returns: [{ state: 'requested' }] } } });
  const [{ id: returned }] = (asked.body['order'] as { returns: [{ id: string }] }).returns;
  const json = { name: 'returns-s1', scopes: ['desk'], limits: { nodes: ['S-1'] } };
  const made = await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json });
  const receive = (node: string) =>
    server.call(`/v1/orders/${id}/acts`, {
      method: 'POST',
      key: String(made.body['key']),
      json: {
        act: 'receive-return',
        id: returned,
        node,
        grades: [{ line: '1', units: 1, grade: 'good' }],
        refundMinor: 100,
      },
      headers: { 'idempotency-key': `return-${node}` },
    });
  expect((await receive('S-2')).status).toBe(404);
  expect(await receive('S-1')).toMatchObject({
    status: 200,
    body: { units: { shipped: 1, returned: 1 }, order: { refunds: [{ amountMinor: 100 }] } },
  });
});

/** An order that has left S-1. */
async function shipped(): Promise<{ readonly id: string }> {
  const message = pickupOrder(`order-${++count}`, { 'MILK-1': 2 });
  if (message.kind !== 'place') throw new Error(message.kind);
  const { pickupNode: _pickupNode, ...order } = message.order;
  const lines = order.lines.map((line) => ({ ...line, node: 'S-1' as NodeId }));
  const { order: id, id: work } = await workFor(server.engine, {
    ...message,
    order: { ...order, method: 'ship', lines },
  });
  for (const said of [
    { act: 'accept' },
    { act: 'start' },
    { act: 'pick', lines: [] },
    { act: 'pack' },
    { act: 'ship', carrier: 'post' },
  ] as const) {
    const about = { node: 'S-1' as NodeId, work, key: `${work} ${said.act}`, by: 'ann' };
    expect(await server.engine.workAct({ ...said, ...about })).toMatchObject({ status: 'done' });
  }
  await until(id, ({ lines: [line] }) => line!.pieces.every(({ state }) => state === 'shipped'));
  return { id };
}

async function until(id: OrderId | string, holds: (order: Order) => boolean): Promise<void> {
  for (;;) {
    const [order] = await server.engine.orders([id as OrderId]);
    if (order !== undefined && holds(order)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let order = '';

/** An order that ships from S-1, the only node that has it. */
beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('MILK-1', 9)]);
  const message = pickupOrder('W-1', { 'MILK-1': 2 }) as Extract<ShopMessage, { kind: 'place' }>;
  const { pickupNode: _node, ...placed } = message.order;
  ({ order } = await workFor(server.engine, { ...message, order: { ...placed, method: 'ship' } }));
});
afterAll(() => server.stop());

const post = (path: string, json: object, key = ADMIN_KEY) =>
  server.call(`/v1/sourcing/${path}`, { method: 'POST', key, json });
const costs = { splitMinor: 0, pressureMinor: 0, handlingMinor: { dc: 0, store: 0, supplier: 0, 'third-party': 0 } };
const only = (node: string) => ({
  id: 'draft',
  name: 'Draft',
  steps: [{ name: `only ${node}`, rank: ['cost'], candidates: { nodes: [node] }, otherwise: 'queue' }],
  costs,
});

async function limitedTo(limits: object): Promise<string> {
  const json = { name: `key-${Math.random()}`, scopes: ['desk'], limits };
  return String((await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json })).body['key']);
}

test('[OR6] a dry-run of an order, and of one nobody has placed, by rules that are no row yet', async () => {
  expect((await post('dry-run', { order })).body).toMatchObject({ rules: 'live', plan: { parts: [{ node: 'S-1' }] } });
  const lines = [{ sku: 'MILK-1', units: 7 }];
  const drafted = { order: { channel: 'web', lines }, rules: only('S-1') };
  expect((await post('dry-run', drafted)).body).toMatchObject({ step: 'only S-1', plan: { parts: [{ node: 'S-1' }] } });
  const none = await post('dry-run', { ...drafted, rules: only('S-2') });
  expect(none.body).toMatchObject({ otherwise: 'queue', candidatesInAll: 2 });
  const pickup = { channel: 'web', method: 'pickup', lines };
  for (const [wrong, field] of [
    [{ order: pickup }, 'order.pickupNode'],
    [{ order: { channel: 'web', pickupNode: 'S-1', lines } }, 'order.pickupNode'],
    [{ order: { channel: 'web', lines: [{ sku: 'a b', units: 1 }] } }, 'order.lines[0].sku'],
    [{ order: { channel: 'web', lines }, rules: { ...only('S-1'), steps: [] } }, 'rules.steps'],
    [{ order: { channel: 'moon', lines } }, 'order.channel'],
  ] as const)
    expect(await post('dry-run', wrong)).toMatchObject({ status: 422, body: { field } });
  expect(await post('dry-run', { order: 'o0-99' })).toMatchObject({ status: 404, body: { field: 'order' } });
});

test('[OR6] a simulation over the last day, and a key sees its channels alone', async () => {
  const tried = await post('simulate', { rules: only('S-2') });
  expect(tried).toMatchObject({
    status: 200,
    body: { orders: 1, live: { shipments: 1 }, tried: { unfillable: 1, missingUnits: 2 }, differ: 1 },
  });
  expect((await post('simulate', { rules: only('S-1'), to: '1000' })).body).toMatchObject({ orders: 0, passedOver: 0 });
  const other = await limitedTo({ channels: ['b2b'] });
  expect((await post('simulate', { rules: only('S-2') }, other)).body).toMatchObject({ orders: 0, passedOver: 0 });
  expect(await post('dry-run', { order }, other)).toMatchObject({ status: 404 });
  const atNode = await limitedTo({ nodes: ['S-1'] });
  expect(await post('simulate', { rules: only('S-2') }, atNode)).toMatchObject({ status: 403 });
  const shadow = await server.call('/v1/sourcing/shadow', { key: ADMIN_KEY });
  expect(shadow).toMatchObject({ status: 200, body: { orders: 0, passedOver: 1 } });
});

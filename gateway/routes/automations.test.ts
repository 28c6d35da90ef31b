// A rule reads `when … if … then`; none is awaited.
/* oxlint-disable unicorn/no-thenable */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import { pickupOrder } from '../orders/test-orders.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
const TAG_TWOS = {
  id: 'twos',
  name: 'Two of a kind',
  enabled: true,
  when: { event: 'placed' },
  if: { unitsMin: 2, channels: ['web'] },
  then: [
    { do: 'tag', tag: 'two' },
    { do: 'notify', text: 'look' },
  ],
};

beforeAll(async () => {
  server = await startTestServer();
  await server.feed([onHand('MILK-1', 90)]);
  const put = await ask('reference/automations/twos', 'PUT', TAG_TWOS);
  if (put.status !== 200) throw new Error(JSON.stringify(put.body));
  for (const [index, units] of [1, 2, 3].entries()) {
    const message: ShopMessage = pickupOrder(`W-${index + 1}`, { 'MILK-1': units });
    await server.engine.shopMessage('shop' as never, message);
  }
});
afterAll(() => server.stop());

const ask = (path: string, method = 'GET', json?: object, key = ADMIN_KEY) =>
  server.call(`/v1/${path}`, { method, key, ...(json !== undefined && { json }) });
const log = (query = '', key = ADMIN_KEY) => ask(`automations/twos/log${query}`, 'GET', undefined, key);

test('[OR10] what an automation did stands in its log, page by page, and goes on after it was deleted', async () => {
  for (let known = 0; known < 4;) known = ((await log()).body['runs'] as unknown[]).length;
  const all = (await log()).body['runs'] as { number: string; did: string }[];
  expect(all.map(({ did }) => did).toSorted()).toEqual(['notify: look', 'notify: look', 'tag', 'tag']);
  expect([...new Set(all.map(({ number }) => number))].toSorted()).toEqual(['W-2', 'W-3']);
  const first = await log('?limit=3');
  const rest = await log(`?limit=3&after=${String(first.body['next'])}`);
  expect([...(first.body['runs'] as object[]), ...(rest.body['runs'] as object[])]).toEqual(all);
  expect(rest.body).not.toHaveProperty('next');
  expect(await ask('reference/automations/twos', 'DELETE')).toMatchObject({ status: 200 });
  expect((await log()).body['runs']).toHaveLength(4);
  expect((await ask('automations/other/log')).body).toMatchObject({ runs: [] });
  const json = { name: 'b2b', scopes: ['desk'], limits: { channels: ['b2b'] } };
  const other = String((await ask('keys', 'POST', json)).body['key']);
  expect((await log('', other)).body).toMatchObject({ runs: [] });
});

test('[OR10] a dry-run says for which orders it would have run, and changes none', async () => {
  const dryRun = (automation: object) => ask('automations/dry-run', 'POST', { automation });
  const rule = { ...TAG_TWOS, id: 'draft', enabled: false };
  expect((await dryRun({ ...rule, if: { unitsMin: 3 } })).body).toMatchObject({
    orders: 3,
    runs: 1,
    ran: [{ number: 'W-3' }],
  });
  expect((await dryRun({ ...rule, when: { event: 'allocated' } })).body).toMatchObject({ runs: 2 });
  expect((await dryRun({ ...rule, when: { event: 'shipped' } })).body).toMatchObject({ runs: 0, ran: [] });
  const waits = { event: 'unfilled', afterMs: 86_400_000 };
  expect((await dryRun({ ...rule, when: waits })).body).toMatchObject({ orders: 3, runs: 0 });
  expect(await dryRun({ ...rule, then: [] })).toMatchObject({ status: 422, body: { field: 'automation.then' } });
  expect((await ask('automations/draft/log')).body).toMatchObject({ runs: [] });
});

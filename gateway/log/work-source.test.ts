import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import type { WorkOrder } from '../../engine/contract/work-order.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { consume } from './test-log-client.ts';

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.stop());

const ORDER: ShopMessage = {
  kind: 'place',
  channel: 'web' as never,
  channelOrderId: '1001',
  message: 'm1',
  at: Date.now(),
  order: {
    placedAt: Date.now(),
    currency: 'USD',
    method: 'pickup',
    pickupNode: 'S-1' as never,
    lines: [{ line: '1', sku: 'MILK-1' as never, units: 2, unitMinor: 100 }],
  },
};

test('[OR8] a node reads what happens to its work live and in order, and begins anew with what is open', async () => {
  await server.feed([onHand('MILK-1', 5)]);
  const consumer = await consume(server, { ch: 'work:S-1', consumer: 'screen' });
  await server.engine.shopMessage('shop' as never, ORDER);
  const [came] = await consumer.events(1);
  expect(came).toMatchObject({ ch: 'work:S-1', o: 1, d: { op: 'queued', work: { node: 'S-1', state: 'queued' } } });
  const { id, node } = (came!['d'] as { work: WorkOrder }).work;
  const accept = { act: 'accept', work: id, node, key: 'k1', by: 'ann' } as const;
  for (let times = 0; times < 2; times++) {
    expect(await server.engine.workAct(accept)).toMatchObject({ status: 'done', work: { state: 'accepted' } });
  }
  await server.engine.workAct({ ...accept, act: 'start', key: 'k2' });
  const events = await consumer.events(2);
  expect(events.map(({ o, d }) => [o, (d as { op: string }).op])).toEqual([
    [2, 'accept'],
    [3, 'start'],
  ]);

  const res = await fetch(`${server.url}/v1/log/work:S-1/snapshot`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  });
  const lines = (await res.text()).trim().split('\n');
  expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([
    { ch: 'work:S-1', e: server.engine.epoch, o: 3 },
    { id, state: 'picking', version: 3 },
  ]);
  expect(await server.engine.work({ node, limit: 9 })).toMatchObject({ head: 3, works: [{ id }] });
});

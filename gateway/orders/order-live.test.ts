import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NodeId } from '../../engine/contract/ids.ts';
import type { Order } from '../../engine/contract/order.ts';
import type { WorkAct, WorkOrder } from '../../engine/contract/work-order.ts';
import type { CustomerOrder } from '../protocol/customer-order.ts';
import type { OrderBody } from '../protocol/order-bodies.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket, type TestSocket } from '../test-socket.ts';
import { openStream } from '../test-stream.ts';
import { pickupOrder, shipOrder, workFor } from './test-orders.ts';

// A real engine, real sockets: what somebody who watches an order is told, step by step.

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ BAD_KEYS_BURST: '3', BAD_KEYS_PER_MINUTE: '1' });
  await server.feed([onHand('MILK-1', 20), onHand('BREAD', 9), onHand('MILK-1', 20, Date.now(), 'S-2')]);
});
afterAll(() => server.stop());

async function placed(channelOrderId: string): Promise<{ readonly order: Order; readonly work: WorkOrder }> {
  const work = await workFor(server.engine, shipOrder(channelOrderId, { 'MILK-1': 2 }));
  const [order] = await server.engine.orders([work.order]);
  return { order: order!, work };
}

async function watch(keys: readonly string[], token?: string, since?: object) {
  const socket = openSocket(server.url);
  await socket.next('welcome');
  if (token !== undefined) socket.say({ type: 'connect', id: 1, token });
  socket.say({ type: 'subscribe', id: 2, ch: 'order', keys, conflateMs: 50, ...(since && { since }) });
  const subscribed = await socket.next('subscribed', 'error');
  return { socket, subscribed };
}

/** What is pushed, until it passes. */
async function until<State>(socket: TestSocket, passes: (d: State) => boolean): Promise<State> {
  for (;;) {
    const { d } = (await socket.next('update')) as unknown as { readonly d: State };
    if (passes(d)) return d;
  }
}

async function doWork({ id, node }: WorkOrder, ...acts: (WorkAct['act'] | object)[]): Promise<void> {
  for (const act of acts) {
    const said = typeof act === 'object' ? act : { act, ...(act === 'pick' && { lines: [] }) };
    const about = { work: id, node, key: `${id} ${JSON.stringify(said)}`, by: 'ann' };
    expect(await server.engine.workAct({ ...about, ...said } as WorkAct)).toMatchObject({ status: 'done' });
  }
}

const statesOf = ({ lines }: CustomerOrder): string[] =>
  lines.flatMap(({ states }) => states.map(({ units, state }) => `${units} ${state}`));

test('[ST17] [OR8] its customer and staff follow an order to its end: picked short, moved to another node, shipped', async () => {
  const { order, work } = await placed('live-1');
  const customer = await watch([`${order.id}.${order.token}`]);
  const desk = await watch([order.id], ADMIN_KEY);
  const [own] = customer.subscribed['snap'] as { d: CustomerOrder }[];
  expect(statesOf(own!.d)).toEqual(['2 preparing']);

  await doWork(work, 'accept', 'start', { act: 'pick', lines: [{ line: 1, picked: 1, short: 'not-found' }] });
  const moved = await until<CustomerOrder>(customer.socket, ({ steps }) => steps.some(({ what }) => what === 'moved'));
  expect(JSON.stringify(moved)).not.toMatch(/"(S-1|S-2|ann)"/);
  const other = work.node === 'S-1' ? 'S-2' : 'S-1';
  await until<OrderBody>(desk.socket, ({ order: { works } }) =>
    works.some(({ node, state }) => node === other && state === 'queued'),
  );

  const { works } = await server.engine.work({ node: other as NodeId, limit: 9 });
  await doWork(work, 'pack', { act: 'ship', carrier: 'post', tracking: 'T1' });
  const half = await until<CustomerOrder>(customer.socket, ({ shipments }) => shipments.length === 1);
  expect(half).toMatchObject({ status: 'partly-shipped', shipments: [{ carrier: 'post', tracking: 'T1' }] });
  expect(half.shipments[0]!.lines).toEqual([{ sku: 'MILK-1', units: 1 }]);
  await doWork(works[0]!, 'accept', 'start', 'pick', 'pack', 'ship');
  const whole = await until<CustomerOrder>(customer.socket, ({ status }) => status === 'shipped');
  expect(statesOf(whole)).toEqual(['2 shipped']);
  expect(whole.steps.map(({ what }) => what)).toEqual(['placed', 'confirmed', 'preparing', 'moved', 'shipped']);
  const seen = await until<OrderBody>(desk.socket, ({ status }) => status === 'shipped');
  expect(seen).toMatchObject({ units: { shipped: 2 }, totals: { goodsMinor: 200, totalMinor: 200 } });
  for (const { socket } of [customer, desk]) socket.close();
});

test('[ST5] [ST17] a page that comes again with what it has is told that it is unchanged', async () => {
  const work = await workFor(server.engine, pickupOrder('live-2', { BREAD: 1 }));
  const [order] = await server.engine.orders([work.order]);
  const key = `${order!.id}.${order!.token}`;
  const first = await watch([key]);
  const [{ e, r }] = first.subscribed['snap'] as [{ e: string; r: number }];
  first.socket.close();
  const again = await watch([key], undefined, { [key]: [e, r] });
  expect(again.subscribed).toMatchObject({ snap: [], unchanged: [key] });
  await doWork(work, 'accept', 'start', 'pick', 'pack', 'ready');
  const ready = await until<CustomerOrder>(again.socket, ({ status }) => status === 'ready-for-pickup');
  expect(ready.pickup).toMatchObject({ node: 'S-1', name: 'Store S-1', code: expect.stringMatching(/^\d{6}$/) });
  await doWork(work, { act: 'collect', code: ready.pickup!.code });
  const over = await until<CustomerOrder>(again.socket, ({ status }) => status === 'collected');
  expect(over.steps.at(-1)).toMatchObject({ what: 'collected' });
  again.socket.close();
});

test('[ST17] [SS4] staff watches an order as an event stream; its token never stands in an address', async () => {
  const { order } = await placed('live-3');
  const url = `${server.url}/v1/live/events?ch=order&key=${order.id}`;
  const stream = await openStream(url, { authorization: `Bearer ${ADMIN_KEY}` });
  const told = await stream.next('subscribed');
  expect(told).toMatchObject({ snap: [{ k: order.id, d: { order: { id: order.id } } }] });
  expect(JSON.stringify(told)).not.toContain(order.token);
  stream.close();
  const state = await server.call(`/v1/states/order/${order.id}`, { key: ADMIN_KEY });
  expect(state).toMatchObject({ status: 200, body: { ch: 'order', d: { status: 'processing' } } });
  for (const path of [
    `/v1/live/events?ch=order&key=${order.id}.${order.token}`,
    `/v1/states/order/${order.id}.${order.token}`,
  ]) {
    expect(await server.call(path)).toMatchObject({ status: 400, body: { code: 'token-in-url' } });
  }
});

test('[LM9] [ST17] wrong tokens are unknown, and after some of them the address must wait', async () => {
  const { order } = await placed('live-4');
  const guess = (last: string) => `${order.id}.${order.token.slice(0, -1)}${last}`;
  const wrong = ['x', 'y', 'z'].map((_, index) => guess(order.token.endsWith(String(index)) ? '9' : String(index)));
  const { socket, subscribed } = await watch(wrong);
  expect(subscribed).toMatchObject({ snap: [], unknown: wrong });
  socket.say({ type: 'subscribe', id: 3, ch: 'order', keys: [`${order.id}.${order.token}`] });
  const refused = await socket.next('error');
  expect(refused).toMatchObject({
    id: 3,
    code: 'too-many-bad-keys',
    temporary: true,
    retryAfterMs: expect.any(Number),
  });
  // Others are not held up: staff names no tokens.
  const desk = await watch([order.id], ADMIN_KEY);
  expect(desk.subscribed).toMatchObject({ snap: [{ k: order.id }] });
  for (const each of [socket, desk.socket]) each.close();
});

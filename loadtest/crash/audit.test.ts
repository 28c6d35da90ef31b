import { expect, test } from 'vitest';
import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { seeded } from '../random.ts';
import type { Reply } from '../verify/door.ts';
import { audit } from './audit.ts';
import { ClientLog } from './client-log.ts';
import { FeedWriter } from './feed-messages.ts';
import { Findings } from './findings.ts';
import { planOrder } from './order-messages.ts';
import { CHANNEL, CONTESTED_SKUS, MOVING_SKUS, NODES, ORDERED_SKUS } from './retailer.ts';
import { compareStock } from './stock-sums.ts';
import type { Wire } from './wire.ts';

// Who checks the checker: a made-up server that is right, and then wrong in one thing at a time.

const SKU = CONTESTED_SKUS[1]!;
const [DC, STORE] = NODES;

const reservation = (state: ReservationInfo['state'], id = 'r16-1'): ReservationInfo => ({
  id,
  client: 'admin',
  channel: CHANNEL,
  state,
  lines: [
    { sku: SKU, units: 2, node: DC },
    { sku: SKU, units: 1, group: 'crash-all' },
  ],
  createdAt: 0,
  expiresAt: 8e12,
});

/** Opened, one sale, one hold of two lines and one refusal: everything answered. */
function history(): ClientLog {
  const log = new ClientLog();
  const writer = new FeedWriter(seeded(4), 1);
  for (const message of [...writer.opening(), writer.next(2)]) log.ackedFeed(log.sent(message));
  const planned = { channel: CHANNEL, lines: reservation('held').lines, holdMs: 1_000, partial: false };
  log.answered(log.asked({ key: 'k1', ...planned }), { is: 'reserved', reservation: reservation('held') });
  log.answered(log.asked({ key: 'k2', ...planned }), { is: 'refused', code: 'units-exceed-available' });
  return log;
}

type Change = (path: string, reply: Reply, options?: { readonly headers?: Readonly<Record<string, string>> }) => Reply;

/** What a server that kept everything answers, changed by `change`. */
function server(log: ClientLog, change: Change = (_, reply) => reply): Wire {
  return {
    ask: (method, path, options) => Promise.resolve(change(path, right(log, method, path, options), options)),
    close: () => Promise.resolve(),
  };
}

function right(log: ClientLog, method: string, path: string, options: Parameters<Wire['ask']>[2]): Reply {
  if (path.startsWith('/v1/feeds/')) {
    const entry = log.feeds.find(({ message }) => message.body === options?.body);
    return { status: 200, body: { recorded: 0, duplicates: entry?.message.movements.length } };
  }
  if (path.startsWith('/v1/stock/')) return { status: 200, body: stockOf(log, path.slice('/v1/stock/'.length)) };
  if (method === 'GET') return { status: 200, body: reservation('held') };
  return options?.headers?.['idempotency-key'] === 'k1'
    ? { status: 201, body: reservation('held') }
    : { status: 409, body: { code: 'units-exceed-available' } };
}

function stockOf(log: ClientLog, sku: string): StaffStock {
  const zero = { unavailable: 0, states: {}, departed: 0, allocated: 0, safety: 0, short: 0, inbound: 0 };
  const nodes = NODES.map((node) => {
    const onHand = log.onHand(sku, node);
    const reserved = sku === SKU && node === DC ? 2 : 0;
    return { ...zero, node, onHand, reserved, available: onHand - reserved, asOf: {}, uncertain: false };
  });
  const unplaced = sku === SKU ? 1 : 0;
  const channels = [{ channel: CHANNEL, ats: 0, unplaced, band: 'in-stock' as const, asOf: 0 }];
  return { sku, e: 'e', r: 1, position: '0.1', channels, nodes, inbound: [] };
}

async function found(log: ClientLog, change?: Change): Promise<Findings['counts']> {
  const findings = new Findings(() => undefined);
  const scope = { feedsFrom: 0, triesFrom: 0, ordersFrom: 0, handsFrom: 0, staffFrom: 0, older: 0 };
  await audit({ wire: server(log, change), log, findings }, seeded(1), scope);
  return findings.counts;
}

const NONE = { ackedLost: 0, oversold: 0, doubleEffects: 0, leftHeld: 0, unexpected: 0 };

test('a server that kept everything passes', async () => {
  expect(await found(history())).toEqual(NONE);
});

test('an acknowledged event that is new to the server was lost', async () => {
  const counts = await found(history(), (path, reply) =>
    path.startsWith('/v1/feeds/')
      ? { status: 200, body: { recorded: 1, duplicates: bodyOf(reply).duplicates - 1 } }
      : reply,
  );
  expect(counts).toEqual({ ...NONE, ackedLost: 5 });
});

test('an acknowledged yes or no that is answered differently was lost', async () => {
  const otherId = await found(history(), (_, reply) =>
    reply.status === 201 ? { status: 201, body: reservation('held', 'r16-2') } : reply,
  );
  expect(otherId).toEqual({ ...NONE, ackedLost: 1 });
  const yesAfterNo = await found(history(), (_, reply) =>
    reply.status === 409 ? { status: 201, body: reservation('held', 'r16-3') } : reply,
  );
  expect(yesAfterNo).toEqual({ ...NONE, ackedLost: 1 });
});

test('a hold that is no longer held, and a release that is forgotten, were lost', async () => {
  const released: Change = (path, reply) =>
    path.startsWith('/v1/reservations/') ? { status: 200, body: reservation('released') } : reply;
  expect(await found(history(), released)).toEqual({ ...NONE, ackedLost: 1 });
  const log = history();
  log.released(log.tries[0]!, 'done');
  const given: Change = (path, reply) => {
    if (path !== `/v1/stock/${SKU}`) return reply;
    const stock = reply.body as StaffStock;
    const nodes = stock.nodes.map((node) => ({ ...node, reserved: 0 }));
    return { status: 200, body: { ...stock, nodes, channels: [{ ...stock.channels[0], unplaced: 0 }] } };
  };
  expect(await found(log, given)).toEqual({ ...NONE, ackedLost: 1 });
});

test.each<[string, (stock: StaffStock) => StaffStock, string]>([
  [
    'an event that counted twice',
    (stock) => atNode(stock, DC, { onHand: stock.nodes[0]!.onHand + 1 }),
    'doubleEffects',
  ],
  ['a hold that took its units twice', (stock) => atNode(stock, DC, { reserved: 4 }), 'doubleEffects'],
  [
    'a group hold that took its units twice',
    (stock) => ({ ...stock, channels: [{ ...stock.channels[0]!, unplaced: 2 }] }),
    'doubleEffects',
  ],
  ['more promised at a node than it has', (stock) => atNode(stock, STORE, { short: 1 }), 'oversold'],
])('the sums show %s', async (_, change, finding) => {
  const log = history();
  const wire = server(log, (path, reply) =>
    path === `/v1/stock/${SKU}` ? { status: 200, body: change(reply.body as StaffStock) } : reply,
  );
  expect((await compareStock(wire, log)).map((difference) => difference.finding)).toEqual([finding]);
});

test('[AV2] holds that fit one by one and not together are oversold', async () => {
  const log = history();
  const total = NODES.reduce((units, node) => units + log.onHand(SKU, node), 0);
  const lines = [{ sku: SKU, units: total - 2, group: 'crash-all' }];
  const planned = { key: 'k3', channel: CHANNEL, lines, holdMs: 1_000, partial: false };
  log.answered(log.asked(planned), { is: 'reserved', reservation: { ...reservation('held', 'r16-9'), lines } });
  const wire = server(log, (path, reply) => {
    if (path !== `/v1/stock/${SKU}`) return reply;
    const stock = reply.body as StaffStock;
    return { status: 200, body: { ...stock, channels: [{ ...stock.channels[0]!, unplaced: total - 1 }] } };
  });
  const [difference, ...others] = await compareStock(wire, log);
  expect(difference).toEqual({
    finding: 'oversold',
    words: `${total - 2} of ${SKU} at crash-all, room for ${total - 3}`,
  });
  expect(others).toEqual([]);
});

// Of orders: one was sent off in part and booked, the rest is at the store.

const ORDERED = ORDERED_SKUS[0]!;
const piece = (units: number, state: string, node: string = DC): object => ({ units, state, node });

function orderHistory(): ClientLog {
  const log = history();
  const planned = planOrder(seeded(2), 'shop-1', { nowMs: 1 });
  const entry = log.orders.asked({ ...planned, units: new Map([[ORDERED, 3]]) });
  entry.cancelled = 'no';
  log.orders.placedAs(entry, { id: 'o17-1', token: 't' });
  const lines = [{ sku: ORDERED, node: DC, units: 2 }];
  log.orders.staff.push({
    work: 'o17-1.1',
    node: DC,
    order: 'o17-1',
    key: 'w1',
    body: '{"act":"ship"}',
    answer: 'done',
  });
  log.orders.left('o17-1', lines);
  log.orders.bookedAs('o17-1', [{ ...lines[0]!, units: 1 }]);
  return log;
}

const ORDER = {
  order: {
    id: 'o17-1',
    holds: [] as object[],
    works: [],
    lines: [{ line: 'L1', sku: ORDERED, units: 3, pieces: [piece(2, 'shipped'), piece(1, 'released', STORE)] }],
  },
  status: 'partly-shipped',
};

/** What a server that kept everything says of orders. */
const orderServer =
  (change: Change = (_, reply) => reply): Change =>
  (path, reply, options) => {
    const answers: Readonly<Record<string, unknown>> = {
      '/v1/orders/o17-1': ORDER,
      '/v1/orders?format=shopify&channel=crash-web': TAKEN,
      '/v1/orders?format=json&channel=crash-web': TAKEN,
      [`/v1/nodes/${DC}/work/o17-1.1/acts`]: { work: { lines: [] } },
      [`/v1/stock/${ORDERED}`]: orderedStock(reply),
    };
    return change(path, path in answers ? { status: 200, body: answers[path] } : reply, options);
  };

const TAKEN = { outcomes: [{ status: 'taken', id: 'o17-1', token: 't', duplicate: true }] };

function orderedStock({ body }: Reply): StaffStock | undefined {
  const stock = body as StaffStock;
  if (stock.sku !== ORDERED) return undefined;
  return atNode(atNode(stock, DC, { departed: 1 }), STORE, { allocated: 1 });
}

test('a server that kept every order, and what was done about it, passes', async () => {
  expect(await found(orderHistory(), orderServer())).toEqual(NONE);
});

const ofOrder = (pieces: readonly object[]) => ({
  ...ORDER,
  order: { ...ORDER.order, lines: [{ ...ORDER.order.lines[0], pieces }] },
});

const wrongAt = (at: string, change: (body: never) => unknown): Change =>
  orderServer((path, reply) => {
    if (!path.startsWith(at)) return reply;
    const body = change(reply.body as never);
    return { status: 'code' in (body as object) ? 409 : 200, body };
  });

test.each<[string, string, (body: never) => unknown]>([
  ['an act at a node that is forgotten', `/v1/nodes/${DC}/work/o17-1.1/acts`, () => ({ code: 'already-ended' })],
  [
    'an order that is new when it is sent again',
    '/v1/orders?',
    () => ({ outcomes: [{ ...TAKEN.outcomes[0], duplicate: undefined }] }),
  ],
])('the audit finds %s', async (_, at, change) => {
  expect(await found(orderHistory(), wrongAt(at, change))).toEqual({ ...NONE, ackedLost: 1 });
});

test.each<[string, string, (body: never) => unknown, readonly string[]]>([
  ['an order that is not known', '/v1/orders/o17-1', () => ({ code: 'unknown-order' }), ['ackedLost', 'leftHeld']],
  ['units that left twice', '/v1/orders/o17-1', () => ofOrder([piece(3, 'shipped')]), ['doubleEffects', 'leftHeld']],
  ['units that are gone', '/v1/orders/o17-1', () => ofOrder([piece(2, 'shipped')]), ['doubleEffects', 'leftHeld']],
  [
    'units held for an order that wants none',
    '/v1/orders/o17-1',
    () => ofOrder([piece(2, 'shipped'), piece(1, 'cancelled')]),
    ['leftHeld'],
  ],
  [
    'a hold by hand that nobody put',
    '/v1/orders/o17-1',
    () => ({ ...ORDER, order: { ...ORDER.order, holds: [{ kind: 'manual' }] } }),
    ['ackedLost'],
  ],
  [
    'what the warehouse has booked counted twice',
    `/v1/stock/${ORDERED}`,
    (stock) => atNode(stock, DC, { departed: 0 }),
    ['doubleEffects'],
  ],
])('the sums show %s', async (_, at, change, findings) => {
  const log = orderHistory();
  const differences = await compareStock(server(log, wrongAt(at, change)), log);
  expect(differences.map(({ finding }) => finding)).toEqual(findings);
});

test('[OR1] an order that was cancelled wants nothing but what a node has packed', async () => {
  const log = orderHistory();
  log.orders.orders[0]!.cancelled = 'done';
  const packed = { ...ORDER.order, works: [{ work: 'o17-1.2', state: 'packed' }], lines: ofOrder([]).order.lines };
  const pieces = [piece(2, 'shipped'), { ...piece(1, 'released', STORE), work: 'o17-1.2' }];
  const body = { ...ORDER, order: { ...packed, lines: [{ ...packed.lines[0], pieces }] } };
  expect(
    await compareStock(
      server(
        log,
        wrongAt('/v1/orders/o17-1', () => body),
      ),
      log,
    ),
  ).toEqual([]);
  const [difference] = await compareStock(server(log, orderServer()), log);
  expect(difference?.words).toBe('shop-1 (o17-1): it was cancelled, and is partly-shipped');
});

test('[FD8] what the warehouse books before the staff have said so is allocated no more, and not departed', async () => {
  const log = orderHistory();
  log.orders.bookedAs('o17-1', [{ sku: ORDERED, node: STORE, units: 1 }]);
  const booked = wrongAt(`/v1/stock/${ORDERED}`, (stock) => atNode(stock, STORE, { allocated: 0 }));
  expect(await compareStock(server(log, booked), log)).toEqual([]);
  const findings = await compareStock(server(log, orderServer()), log);
  expect(findings.map(({ finding }) => finding)).toEqual(['leftHeld']);
});

test('every format says what its movements say, and no id comes twice', () => {
  const writer = new FeedWriter(seeded(9), 1_700_000_000_000);
  const messages = Array.from({ length: 200 }, (_, i) => writer.next(1_700_000_000_000 + i));
  expect(new Set(messages.map(({ source }) => source)).size).toBe(4);
  expect(new Set(messages.map(({ body }) => body)).size).toBe(200);
  for (const { body, movements } of messages) {
    expect(movements.length).toBeGreaterThan(0);
    for (const { sku, units } of movements) {
      expect(body).toContain(sku);
      expect(units).not.toBe(0);
      expect(units > 0 || MOVING_SKUS.includes(sku)).toBe(true);
    }
  }
});

function atNode(stock: StaffStock, node: string, change: Partial<StaffStock['nodes'][number]>): StaffStock {
  return { ...stock, nodes: stock.nodes.map((one) => (one.node === node ? { ...one, ...change } : one)) };
}

const bodyOf = (reply: Reply): { readonly duplicates: number } => reply.body as { duplicates: number };

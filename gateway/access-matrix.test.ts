import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeId, OutfeedId, SourceId } from '../engine/contract/ids.ts';
import type { WrittenLimits } from './roles.ts';
import type { Cap } from './protocol/wire.ts';
import { CHANNELS, ROUTES, WHO, type ChannelRow, type Row, type Who } from './test-matrix.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';
import { openSocket, type TestSocket } from './test-socket.ts';

const SECRET = 'the-secret-of-the-tokens-of-this-test-only';
const THINGS = {
  own: { node: 'S-1', channel: 'web', source: 'pos' },
  others: { node: 'S-2', channel: 'b2b', source: 'erp' },
} as const;
type Whose = keyof typeof THINGS;

const ROLES: Readonly<Record<Exclude<Who, 'public'>, { readonly role: string } & WrittenLimits>> = {
  source: { role: 'source', sources: ['pos'] },
  node: { role: 'node', nodes: ['S-1'] },
  desk: { role: 'service-desk', channels: ['web'] },
  region: { role: 'operator', nodes: ['S-1'], channels: ['web'], sources: ['pos'] },
  operator: { role: 'operator' },
  admin: { role: 'admin' },
};

let server: TestServer;
const logged: string[] = [];
const keys = new Map<Who, string>();
const tokens = new Map<Who, string>();
let shop = '';
let count = 0;

beforeAll(async () => {
  server = await startTestServer(
    {
      LOG_LEVEL: 'trace',
      JWT_SECRETS: SECRET,
      JWT_ISSUER: 'test',
      JWT_AUDIENCE: 'onhand',
      SOCKETS_PER_ADDRESS: '1000',
    },
    Math.random,
    { write: (line) => void logged.push(line) },
  );
  const pos = server.engine.reference.sources.get('pos' as SourceId)!;
  await server.engine.apply({ of: 'sources', rows: [{ ...pos, id: 'erp' as SourceId, name: 'Books' }] });
  for (const id of ['S-1', 'S-2']) {
    const rows = [{ id: id as OutfeedId, nodes: [id as NodeId] }];
    await server.engine.apply({ of: 'outfeeds', rows });
  }
  await server.feed([onHand('M-1', 9_000), onHand('M-1', 9_000, Date.now(), 'S-2')]);
  shop = await server.keyWith('reservations');
  for (const [who, { role, ...limits }] of Object.entries(ROLES) as [Who, { role: string } & WrittenLimits][]) {
    const json = { name: `the-${who}`, role, ...(Object.keys(limits).length > 0 && { limits }) };
    const made = await server.call('/v1/keys', { method: 'POST', key: ADMIN_KEY, json });
    keys.set(who, String(made.body['key']));
    tokens.set(
      who,
      await new SignJWT({ onhand: { role, ...limits } })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('test')
        .setAudience('onhand')
        .setSubject(`the-${who}`)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(SECRET)),
    );
  }
});
afterAll(() => server.stop());

test('every route stands in the table', () => {
  const listed = new Set(ROUTES.map(({ route }) => route));
  const missing = server.server.routes.filter((route) => !listed.has(route));
  expect(missing, 'say who may call these: a row for each in ROUTES of gateway/test-matrix.ts').toEqual([]);
  const gone = [...listed].filter((route) => !server.server.routes.includes(route));
  expect(gone, 'no such routes any more: take their rows out of gateway/test-matrix.ts').toEqual([]);
});

test('every channel of the websocket stands in the table', () => {
  const { channels } = server.server;
  const missing = channels.filter((ch) => !(ch in CHANNELS));
  expect(missing, 'say who may watch these: a line for each in CHANNELS of gateway/test-matrix.ts').toEqual([]);
  const gone = Object.keys(CHANNELS).filter((ch) => !channels.includes(ch));
  expect(gone, 'no such channels any more: take their lines out of gateway/test-matrix.ts').toEqual([]);
});

describe.each([
  ['keys', keys],
  ['tokens', tokens],
])('with %s', (_what, held) => {
  test.each(ROUTES.map((row) => ({ ...row, title: `${row.route} at ${row.path}` })))('$title', async (row) => {
    const expected: string[] = [];
    const got: string[] = [];
    for (const who of WHO) {
      for (const whose of isAboutThings(row) ? (['own', 'others'] as const) : (['own'] as const)) {
        expected.push(`${who}, ${whose}: ${expectedOf(row, who, whose)}`);
        got.push(`${who}, ${whose}: ${await statusOf(row, held.get(who), whose)}`);
      }
    }
    expect(got).toEqual(expected);
  });

  test.each(Object.entries(CHANNELS))('channel %s', async (_name, row) => {
    const expected: string[] = [];
    const got: Promise<string>[] = [];
    for (const whose of ['own', 'others'] as const) {
      const may = whose === 'own' ? row.may : (row.others ?? row.may);
      for (const who of WHO) {
        expected.push(`${who}, ${whose}: ${may.includes(who) ? 'subscribed' : 'forbidden'}`);
        got.push(watch(held.get(who), row, who, whose).then((answer) => `${who}, ${whose}: ${answer}`));
      }
    }
    expect(await Promise.all(got)).toEqual(expected);
  });
});

test('whoever called what: no key, token or secret is in the log', () => {
  const log = logged.join('');
  expect(log.length).toBeGreaterThan(100);
  for (const secret of [ADMIN_KEY, SECRET, shop, ...keys.values(), ...tokens.values()]) {
    expect(log.includes(secret)).toBe(false);
  }
});

function expectedOf({ may }: Row, who: Who, whose: Whose): string {
  const entries = new Map(may.split(' ').map((one) => one.split('=') as [string, string]));
  const [own, others = own] = (entries.get(who) ?? entries.get('all') ?? (who === 'public' ? '401' : '403')).split('/');
  return String(whose === 'own' ? own : others);
}

function isAboutThings({ path, body }: Row): boolean {
  return /\{(node|channel|source|reservation|order|letter)\}/.test(path + JSON.stringify(body ?? ''));
}

async function statusOf(row: Row, held: string | undefined, whose: Whose): Promise<number> {
  const things = { ...THINGS[whose], n: String(++count), ...(await madeFor(row, whose)) };
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name) => things[name as 'node'] ?? whole);
  const [method = 'GET'] = row.route.split(' ');
  const body =
    row.body === undefined ? undefined : fill(typeof row.body === 'string' ? row.body : JSON.stringify(row.body));
  const stop = new AbortController();
  const response = await fetch(server.url + fill(row.path), {
    method,
    signal: stop.signal,
    headers: {
      'idempotency-key': `k${count}`,
      ...(held !== undefined && { authorization: `Bearer ${held}` }),
      ...(typeof row.body === 'object' && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
  // Streams have no end.
  if (response.headers.get('content-type') === 'text/event-stream') stop.abort();
  else await response.arrayBuffer();
  return response.status;
}

/** What the call is about must be there, and another one each time: it may be gone afterwards. */
async function madeFor(
  { path }: Row,
  whose: Whose,
): Promise<{ reservation?: string; order?: string; letter?: string }> {
  const { node, channel, source } = THINGS[whose];
  if (path.includes('{reservation}')) {
    const json = { channel, lines: [{ sku: 'M-1', units: 1, node }] };
    const headers = { 'idempotency-key': `made-${count}` };
    const made = await server.call('/v1/reservations', { method: 'POST', key: shop, json, headers });
    return { reservation: String(made.body['id']) };
  }
  if (path.includes('{order}')) {
    const lines = [{ sku: 'M-1', units: 1 }];
    const body = JSON.stringify({ orderId: `made-${count}`, placedAt: Date.now(), currency: 'USD', lines });
    const taken = await server.call(`/v1/orders?channel=${channel}`, { method: 'POST', key: ADMIN_KEY, body });
    const [order] = taken.body['outcomes'] as readonly { readonly id: string }[];
    return { order: order!.id };
  }
  if (!path.includes('{letter}')) return {};
  const body = JSON.stringify(onHand('M-1', 1, Date.now(), `no-node-${count}`));
  const fed = await server.call(`/v1/feeds/${source}`, { method: 'POST', key: ADMIN_KEY, body });
  const [refusal] = fed.body['refused'] as readonly { readonly letter: string }[];
  return { letter: refusal!.letter };
}

/** `subscribed`, or the code with which it was refused; `connected` must have said so before. Of a log an ack is tried too: it must go the same way. */
async function watch(held: string | undefined, row: ChannelRow, who: Who, whose: Whose): Promise<string> {
  const socket = openSocket(server.url);
  let caps: readonly Cap[] | undefined;
  await socket.next('welcome');
  if (held !== undefined) {
    socket.say({ type: 'connect', id: 1, token: held });
    caps = (await socket.next('connected'))['caps'] as readonly Cap[];
  }
  const ch = row.ch.replace('{node}', THINGS[whose].node);
  const asked = row.key === undefined ? { mode: 'log', consumer: `the-${who}` } : { keys: [row.key] };
  const answer = await subscribe(socket, { ch, ...asked });
  const acked = row.key === undefined ? await ack(socket, ch) : undefined;
  socket.close();
  const isPromised =
    caps?.some((cap) => cap.ch === ch || cap.ch === ch.replace(/:.*/, ':*')) ?? answer === 'subscribed';
  if (isPromised !== (answer === 'subscribed')) return `${answer}, but connected said otherwise`;
  return acked === undefined || acked === ACKED[answer] ? answer : `${answer}, but the ack ${acked}`;
}

async function subscribe(socket: TestSocket, asked: object): Promise<string> {
  for (;;) {
    socket.say({ type: 'subscribe', id: 2, ...asked });
    const answer = await socket.next('subscribed', 'error');
    // The ledger of a server that has just started may not know the outfeed yet.
    if (answer.type !== 'error') return answer.type;
    if (answer['code'] !== 'busy') return String(answer['code']);
    await new Promise((resolve) => setTimeout(resolve, Number(answer['retryAfterMs'])));
  }
}

/** What becomes of an ack, by what became of the subscribe. */
const ACKED: Readonly<Record<string, string>> = { subscribed: 'acked', forbidden: 'not-subscribed' };

async function ack(socket: TestSocket, ch: string): Promise<string> {
  socket.say({ type: 'ack', id: 3, ch, o: 0 });
  const answer = await socket.next('acked', 'error');
  return answer.type === 'error' ? String(answer['code']) : answer.type;
}

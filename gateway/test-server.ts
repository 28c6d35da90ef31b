import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine/api.ts';
import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../engine/contract/ids.ts';
import type { ItemRef, NodeRef, ReferenceBatch } from '../engine/contract/reference.ts';
import { openEngine } from '../engine/engine.ts';
import { createFeedDoor } from '../ingest/feed-door.ts';
import { createOrderDoor } from '../ingest/order-door.ts';
import { rowFault } from '../ingest/reference-rules.ts';
import { ROW_SCHEMAS } from '../ingest/reference-schemas.ts';
import type { Scope } from './caller.ts';
import { ChangeRelay } from './change-relay.ts';
import { readConfig } from './config.ts';
import { ensureAdmin, Keys } from './keys.ts';
import { tracedEngine } from './tracing.ts';
import { startServer, type Server, type ServerDeps } from './server.ts';

// The whole server as main.ts joins it, on a free port, for tests of what crosses HTTP or a socket.

export const ADMIN_KEY = 'the-admin-key-of-a-test-server';

export interface TestServer {
  readonly url: string;
  readonly engine: Engine;
  readonly server: Server;
  /** A request; without `key` as the public. `json` becomes the body. */
  call(path: string, about?: CallOptions): Promise<Called>;
  /** Posts rows to the JSON source `pos`, which owns the nodes. */
  feed(rows: readonly object[]): Promise<Called>;
  /** A key with these scopes only. */
  keyWith(...scopes: Scope[]): Promise<string>;
  stop(): Promise<void>;
}

interface CallOptions {
  readonly method?: string;
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: RequestInit['body'];
  readonly headers?: Readonly<Record<string, string>>;
}

interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  random: () => number = Math.random,
  logTo?: ServerDeps['logTo'],
  now?: () => number,
): Promise<TestServer> {
  // A folder of the test's own outlives the server, so that it can be started again.
  const given = env['DATA_DIR'];
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'onhand-gateway-')));
  const config = readConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    ONHAND_ADMIN_KEY: ADMIN_KEY,
    REQUESTS_PER_MIN_ADDRESS: '0',
    ...env,
  });
  const changes = new ChangeRelay();
  const { publish, publishOrders, publishReference, publishOutfeeds, publishWork } = changes;
  const engine = tracedEngine(
    await openEngine({
      dataDir,
      threads: 1,
      stockShards: 4,
      outfeedEvents: config.logKeepEvents,
      publish,
      publishOrders,
      publishReference,
      publishOutfeeds,
      publishWork,
    }),
  );
  for (const batch of reference()) await engine.apply(batch);
  const orders = createOrderDoor({ sink: engine, reference: engine.reference });
  const door = createFeedDoor({ sink: engine, reference: engine.reference, letters: engine, orders });
  const keys = await Keys.open(dataDir);
  await ensureAdmin(keys, config.adminKey, Date.now());
  const pagesDir = join(dataDir, 'no-pages');
  const server = await startServer({
    config,
    engine,
    changes,
    door,
    orders,
    keys,
    judgeRow: rowFault,
    rowSchemas: ROW_SCHEMAS,
    pagesDir,
    random,
    ...(logTo !== undefined && { logTo }),
    ...(now && { now }),
  });

  const call = (path: string, about: CallOptions = {}) => send(server.url, path, about);
  let made = 0;
  return {
    url: server.url,
    engine,
    server,
    call,
    feed: (rows) => call('/v1/feeds/pos', { method: 'POST', key: ADMIN_KEY, body: rows.map(lineOf).join('\n') }),
    async keyWith(...scopes) {
      const rights = { scopes: new Set(scopes), limits: {} };
      const key = await keys.create({ name: `key-${++made}`, rights }, Date.now());
      if (typeof key === 'string') throw new Error(key);
      return key.key;
    },
    async stop() {
      await server.drain();
      await engine.close();
      if (given === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A row of the JSON format: what a source says is on hand. */
export function onHand(sku: string, quantity: number, at = Date.now(), node = 'S-1'): object {
  return {
    kind: 'snapshot',
    id: `${sku}-${node}-${at}-${quantity}`,
    at,
    sku,
    node,
    quantity,
    covers: 'count',
    carries: 'on-hand',
  };
}

function lineOf(row: object): string {
  return JSON.stringify(row);
}

async function send(url: string, path: string, about: CallOptions): Promise<Called> {
  const { method = 'GET', key, json, body, headers } = about;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}

function reference(): ReferenceBatch[] {
  const pos = 'pos' as SourceId;
  const nodes = ['S-1', 'S-2'] as NodeId[];
  return [
    {
      of: 'sources',
      rows: [
        {
          id: pos,
          name: 'Tills',
          kind: 'pos',
          format: 'json',
          grants: [{ nodes: 'all', kinds: ['snapshot', 'delta', 'heartbeat'] }],
          unknownSku: 'create',
          lateMs: 86_400_000,
          freshMs: 600_000,
        },
      ],
    },
    { of: 'nodes', rows: nodes.map((id, index) => node(id, index, pos)) },
    { of: 'groups', rows: [{ id: 'all' as GroupId, nodes }] },
    { of: 'channels', rows: ['web', 'b2b'].map((id) => channel(id as ChannelId)) },
    { of: 'items', rows: ['MILK-1', 'MILK-2', 'BREAD'].map((id) => item(id as Sku)) },
  ];
}

function node(id: NodeId, index: number, owner: SourceId): NodeRef {
  return {
    id,
    kind: 'store',
    name: `Store ${id}`,
    lat: 41 + index,
    lon: -93,
    timeZone: 'America/Chicago',
    postcode: '50309',
    capabilities: ['pickup', 'ship'],
    hours: [],
    owner,
    safety: 0,
    enabled: true,
  };
}

function channel(id: ChannelId) {
  return { id, name: id, group: 'all' as GroupId, unitsPublic: id === 'web', lowAt: 3, clearAt: 5 };
}

function item(id: Sku): ItemRef {
  return { sku: id, name: `Fresh ${id.toLowerCase()} one litre`, scale: 0, enabled: true };
}

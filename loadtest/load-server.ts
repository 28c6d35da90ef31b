import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import type { FeedAnswer } from '../gateway/protocol/feed-bodies.ts';
import { writeReference } from './reference-folder.ts';
import { type ServerOptions, type ServerProcess, startServer } from './server-process.ts';
import { loadReference, nodeOf, OPENING_UNITS, OWNER, skuName, tillName } from './steady/reference.ts';

// The server as it ships, with the retailer of the load tests in it, for scenarios that come over HTTP. Limits that a
// load test must exceed are raised.

export interface LoadServer {
  readonly process: ServerProcess;
  readonly key: string;
  /** Takes `units` of each sku by one delta event each, as the till `lane`; throws unless all were taken. */
  sell(
    skus: readonly number[],
    about: { readonly batch: string; readonly units?: number; readonly lane?: number },
  ): Promise<void>;
  readonly post: (path: string, body: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  get(path: string): Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface LoadServerOptions extends Pick<ServerOptions, 'nodeFlags' | 'root' | 'env'> {
  readonly skus: number;
  /** Connections of the sender, a till system each. */
  readonly lanes: number;
  /** Units of each sku at its node to begin with. */
  readonly openingUnits?: number;
}

export const ADMIN_KEY = 'loadtest-key-of-a-server-that-lives-for-a-minute';
const ROWS_PER_OPENING = 2_000;
const CONNECTIONS = 64;

export async function withLoadServer<T>(
  { skus, lanes, openingUnits = OPENING_UNITS, env, ...options }: LoadServerOptions,
  use: (server: LoadServer) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-loadtest-'));
  const ends: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const referenceDir = join(folder, 'reference');
    writeReference(referenceDir, loadReference(skus, lanes));
    const process = await startServer({
      dataDir: join(folder, 'data'),
      referenceDir,
      adminKey: ADMIN_KEY,
      env: { SOCKETS_PER_ADDRESS: '100000', ACCEPTS_PER_SEC: '100000', LOG_LEVEL: 'warn', ...env },
      ...options,
    });
    ends.push(() => process.stop());
    const pool = new Pool(process.url, { connections: CONNECTIONS, pipelining: 1 });
    ends.push(() => pool.close());
    const server = loadServer(process, pool);
    await openStock(server.post, skus, openingUnits);
    return await use(server);
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

function loadServer(process: ServerProcess, pool: Pool): LoadServer {
  const ask = async (method: 'GET' | 'POST', path: string, body?: string, headers = {}): Promise<Answer> => {
    const reply = await pool.request({
      path,
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: reply.statusCode, text: await reply.body.text() };
  };
  const post: LoadServer['post'] = (path, body, headers) => ask('POST', path, body, headers);
  return {
    process,
    key: ADMIN_KEY,
    post,
    get: (path) => ask('GET', path),
    sell: async (skus, { batch, units = 1, lane = 0 }) => {
      const at = Date.now();
      const rows = skus.map(
        (sku) =>
          `{"kind":"delta","id":"${batch}-${sku}","at":${at},"sku":"${skuName(sku)}","node":"${nodeOf(sku)}","quantity":${-units},"reason":"sale"}\n`,
      );
      await feed(post, tillName(lane), rows.join(''), skus.length);
    },
  };
}

async function openStock(post: LoadServer['post'], skus: number, units: number): Promise<void> {
  const at = Date.now() - 60_000;
  for (let first = 0; first < skus; first += ROWS_PER_OPENING) {
    const end = Math.min(skus, first + ROWS_PER_OPENING);
    let body = '';
    for (let sku = first; sku < end; sku++) {
      body += `{"kind":"snapshot","id":"open","at":${at},"sku":"${skuName(sku)}","node":"${nodeOf(sku)}","quantity":${units},"covers":"book"}\n`;
    }
    await feed(post, OWNER, body, end - first);
  }
}

async function feed(post: LoadServer['post'], source: string, body: string, rows: number): Promise<void> {
  const { status, text } = await post(`/v1/feeds/${source}`, body, { 'content-type': 'application/x-ndjson' });
  const answer = JSON.parse(text) as FeedAnswer;
  if (status !== 200 || answer.recorded !== rows) {
    throw new Error(`${rows} rows of ${source} were answered ${status}: ${text.slice(0, 300)}`);
  }
}

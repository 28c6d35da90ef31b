import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HttpClient } from '../../gateway/client/http-client.ts';
import { crashReference, MOVING_SKUS, MOVING_UNITS, NODES, WMS } from '../crash/retailer.ts';
import { Killing, type Kills } from '../log-stream/killing.ts';
import { writeReference } from '../reference-folder.ts';
import { seeded, type Random } from '../random.ts';
import { judgeActs, judgeSeen, type Acts, type Seen } from './judge.ts';
import { Placer } from './placer.ts';
import { Reads } from './reads.ts';
import { Staff } from './staff.ts';

export interface WorkStreamOptions extends Kills {
  /** Orders per second. */
  readonly rate: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface WorkStreamResult extends Seen, Acts {
  readonly consumerKills: number;
  readonly serverKills: number;
  /** Orders the server has answered for. */
  readonly orders: number;
  /** Of them, those it does not know any more. */
  readonly lostOrders: number;
  /** Of them, those that are neither shipped nor in a queue where a person looks after them. */
  readonly unfinished: number;
  /** Acts the server has answered for. */
  readonly acts: number;
  readonly refusedActs: number;
  readonly seconds: number;
}

const ADMIN_KEY = 'work-stream-key-of-a-server-that-is-killed';
const CONSUMER = fileURLToPath(new URL('consumer.worker.ts', import.meta.url));
/** Whose screen is killed. */
const WATCHED = NODES[2];
/** Longest time in which not one more order is done with, and for the last consumer to see everything, in ms. */
const STILL_MS_MAX = 60_000;
const CATCH_UP_MS_MAX = 60_000;
const LOOK_MS = 500;

/** Kills a node's screen and the server, again and again under orders; then what was seen and done is held against what is. */
export async function runWorkStream(options: WorkStreamOptions): Promise<WorkStreamResult> {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-work-stream-'));
  const run = new Run(options, dir);
  try {
    return await run.whole();
  } finally {
    await run.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

class Run {
  readonly #options: WorkStreamOptions;
  readonly #dir: string;
  readonly #chance: Random;
  readonly #killing: Killing;
  /** Of the nodes' people and of the screen; made once the server runs. */
  #nodeKey = '';
  #placer: Placer | undefined;
  #staff: readonly Staff[] = [];

  constructor(options: WorkStreamOptions, dir: string) {
    this.#options = options;
    this.#dir = dir;
    this.#chance = seeded(options.seed);
    this.#killing = new Killing({
      dir,
      chance: this.#chance,
      say: options.say,
      adminKey: ADMIN_KEY,
      env: { REQUESTS_PER_MIN_ADDRESS: '0', REQUESTS_PER_MIN_KEY: '0' },
      consumer: (url, file) => [CONSUMER, url, this.#nodeKey, `work:${WATCHED}`, file],
    });
  }

  async whole(): Promise<WorkStreamResult> {
    const startMs = performance.now();
    writeReference(join(this.#dir, 'reference'), crashReference());
    const url = await this.#killing.start();
    await openStock(url);
    await preferNearest(url);
    this.#nodeKey = await makeNodeKey(url);
    const placer = (this.#placer = new Placer({ url, key: ADMIN_KEY, chance: this.#chance, rate: this.#options.rate }));
    const client = new HttpClient({ base: url, token: this.#nodeKey });
    this.#staff = NODES.map((node, index) => new Staff(node, client, seeded(this.#options.seed + index + 1)));
    const placing = placer.run();
    const working = Promise.all(this.#staff.map((staff) => staff.run()));
    // Whoever fails is asked at the end.
    for (const each of [placing, working]) each.catch(() => undefined);
    await this.#killing.rounds(this.#options);
    placer.stop();
    await placing;
    const reads = new Reads(url, ADMIN_KEY);
    const unfinished = await this.#finish(reads, [...placer.taken]);
    for (const staff of this.#staff) staff.stop();
    await working;
    const seen = await this.#catchUp(reads);
    return { ...seen, ...(await this.#verdict(reads, [...placer.taken])), unfinished, seconds: secondsSince(startMs) };
  }

  async end(): Promise<void> {
    this.#placer?.stop();
    for (const staff of this.#staff) staff.stop();
    await this.#killing.end();
  }

  /** The nodes work on until every order has left or waits for a person; how many have not by then. */
  async #finish(reads: Reads, orders: readonly string[]): Promise<number> {
    let open = orders;
    let movedMs = performance.now();
    for (;;) {
      const before = open.length;
      open = await reads.ordersThat(open, (body) => body?.status !== 'shipped' && body?.order.queue === undefined);
      if (open.length < before) movedMs = performance.now();
      if (open.length === 0 || performance.now() - movedMs > STILL_MS_MAX) break;
      await wait(LOOK_MS);
    }
    for (const id of open.slice(0, 5)) this.#options.say(`unfinished: ${id}`);
    return open.length;
  }

  async #catchUp(reads: Reads): Promise<Seen> {
    const works = await reads.works(WATCHED);
    this.#killing.startConsumer();
    for (const untilMs = performance.now() + CATCH_UP_MS_MAX; ;) {
      const seen = judgeSeen(this.#killing.lines(), works);
      if (seen.missing === 0 || performance.now() > untilMs) return seen;
      await wait(LOOK_MS);
    }
  }

  async #verdict(reads: Reads, orders: readonly string[]) {
    const done = this.#staff.flatMap((staff) => staff.done);
    const refused = this.#staff.flatMap((staff) => staff.refused);
    for (const line of refused.slice(0, 5)) this.#options.say(`refused: ${line}`);
    const logs = await Promise.all(NODES.map((node) => reads.events(node)));
    return {
      ...judgeActs(done, logs.flat()),
      consumerKills: this.#options.consumerKills,
      serverKills: this.#killing.serverKills,
      orders: orders.length,
      lostOrders: (await reads.ordersThat(orders, (body) => body === undefined)).length,
      acts: done.length,
      refusedActs: refused.length,
    };
  }
}

async function openStock(url: string): Promise<void> {
  const at = Date.now() - 60_000;
  const rows = NODES.flatMap((node) => MOVING_SKUS.map((sku) => ({ sku, node })));
  const lines = rows.map(({ sku, node }) =>
    JSON.stringify({ kind: 'snapshot', id: `open-${node}`, at, sku, node, quantity: MOVING_UNITS, covers: 'book' }),
  );
  const body = lines.join('\n');
  await send(url, `/v1/feeds/${WMS}`, { method: 'POST', body, type: 'application/x-ndjson' });
}

/** So that each node has something to do: by cost a distribution centre would get nearly all of it. */
async function preferNearest(url: string): Promise<void> {
  const handlingMinor = { dc: 0, store: 0, supplier: 0, 'third-party': 0 };
  const row = {
    id: 'live',
    name: 'The nearest',
    steps: [{ name: 'any', rank: ['distance'] }],
    costs: { splitMinor: 0, handlingMinor, pressureMinor: 0 },
  };
  const body = JSON.stringify(row);
  await send(url, '/v1/reference/sourcing/live', { method: 'PUT', body, type: 'application/json' });
}

/** The nodes' own: it sees and does their work, and reads their logs. */
async function makeNodeKey(url: string): Promise<string> {
  const body = JSON.stringify({ name: 'nodes', role: 'node', limits: { nodes: NODES } });
  const made = await send(url, '/v1/keys', { method: 'POST', body, type: 'application/json' });
  return (made as { readonly key: string }).key;
}

async function send(
  url: string,
  path: string,
  { method, body, type }: { readonly method: string; readonly body: string; readonly type: string },
): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type };
  const response = await fetch(url + path, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 1000);
}

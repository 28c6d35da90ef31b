import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { crashReference, MOVING_SKUS, NODES } from '../crash/retailer.ts';
import { writeReference } from '../reference-folder.ts';
import { seeded, type Random } from '../random.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { Sender } from './sender.ts';
import { judge, readTruth, type Judged } from './truth.ts';

export interface LogStreamOptions {
  readonly consumerKills: number;
  readonly serverKills: number;
  /** Events per second. */
  readonly rate: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
}

export interface LogStreamResult extends Judged {
  readonly consumerKills: number;
  readonly serverKills: number;
  readonly acknowledged: number;
  /** Answered for and not in the ledger. */
  readonly unrecorded: number;
  readonly seconds: number;
}

const KEY = 'log-stream-key-of-a-server-that-is-killed';
const CONSUMER = fileURLToPath(new URL('consumer.worker.ts', import.meta.url));
const READ_NODES = NODES.slice(0, 2);
/** A consumer lives this long at most after its first new line, in ms. */
const LIFE_MS_MAX = 300;
/** Longest wait for a consumer that has just been started to get anywhere, and for the last one to see everything, in ms. */
const PROGRESS_MS_MAX = 60_000;
const LOOK_MS = 20;

/** Kills a consumer and the server it reads from, again and again under load; then what it wrote is held against the ledger. */
export async function runLogStream(options: LogStreamOptions): Promise<LogStreamResult> {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-log-stream-'));
  const run = new Run(options, dir);
  try {
    return await run.whole();
  } finally {
    await run.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

class Run {
  readonly #options: LogStreamOptions;
  readonly #dir: string;
  readonly #chance: Random;
  readonly #seen: string;
  #server: ServerProcess | undefined;
  #consumer: ChildProcess | undefined;
  #sender: Sender | undefined;
  #sending: Promise<void> | undefined;
  #serverKills = 0;

  constructor(options: LogStreamOptions, dir: string) {
    this.#options = options;
    this.#dir = dir;
    this.#chance = seeded(options.seed);
    this.#seen = join(dir, 'seen');
  }

  async whole(): Promise<LogStreamResult> {
    const { consumerKills, serverKills, rate, say } = this.#options;
    const startMs = performance.now();
    writeReference(join(this.#dir, 'reference'), crashReference());
    const { url } = (this.#server = await this.#start());
    await this.#define(url);
    this.#sender = new Sender({ url, key: KEY, chance: this.#chance, rate });
    this.#sending = this.#sender.run();
    // Whoever fails is asked at the end.
    this.#sending.catch(() => undefined);
    for (let kill = 1; kill <= consumerKills; kill++) {
      await this.#oneLife(url);
      const isServerToo = Math.floor((kill * serverKills) / consumerKills) > this.#serverKills;
      if (isServerToo) await this.#killServer();
      if (kill % 10 === 0) say(`${kill} consumers and ${this.#serverKills} servers killed, ${this.#size()} bytes seen`);
    }
    this.#sender.stop();
    await this.#sending;
    return this.#verdict(url, startMs);
  }

  async end(): Promise<void> {
    this.#sender?.stop();
    this.#consumer?.kill('SIGKILL');
    await this.#server?.kill();
  }

  async #verdict(url: string, startMs: number): Promise<LogStreamResult> {
    const { acknowledged } = this.#sender!;
    let truth = await readTruth(url, KEY, READ_NODES);
    this.#consumer = this.#startConsumer(url);
    for (const untilMs = performance.now() + PROGRESS_MS_MAX; performance.now() < untilMs; await wait(LOOK_MS * 10)) {
      truth = await readTruth(url, KEY, READ_NODES);
      if (acknowledged.every((id) => truth.ids.has(id)) && judge(this.#lines(), truth.eids).missing === 0) break;
    }
    return {
      consumerKills: this.#options.consumerKills,
      serverKills: this.#serverKills,
      acknowledged: acknowledged.length,
      unrecorded: acknowledged.filter((id) => !truth.ids.has(id)).length,
      ...judge(this.#lines(), truth.eids),
      seconds: Math.round((performance.now() - startMs) / 1000),
    };
  }

  /** A consumer begins, gets somewhere, and is killed in the midst of it. */
  async #oneLife(url: string): Promise<void> {
    const before = this.#size();
    const consumer = (this.#consumer = this.#startConsumer(url));
    const untilMs = performance.now() + PROGRESS_MS_MAX;
    while (this.#size() === before) {
      if (consumer.exitCode !== null) throw new Error('the consumer ended by itself');
      if (performance.now() > untilMs) throw new Error(`the consumer got nowhere\n${this.#server?.output()}`);
      await wait(LOOK_MS);
    }
    await wait(this.#chance.below(LIFE_MS_MAX));
    const ended = new Promise((resolve) => consumer.once('exit', resolve));
    consumer.kill('SIGKILL');
    await ended;
  }

  async #killServer(): Promise<void> {
    const { port } = this.#server!;
    // Half the time with a consumer on the line.
    if (this.#chance.chance(0.5)) this.#consumer = this.#startConsumer(this.#server!.url);
    await wait(this.#chance.below(LIFE_MS_MAX));
    await this.#server!.kill();
    this.#serverKills++;
    this.#consumer?.kill('SIGKILL');
    this.#server = await this.#start(port);
  }

  #start(port = 0): Promise<ServerProcess> {
    const { root } = this.#options;
    return startServer({
      dataDir: join(this.#dir, 'data'),
      referenceDir: join(this.#dir, 'reference'),
      adminKey: KEY,
      port,
      env: { LOG_LEVEL: 'error', SNAPSHOT_EVERY_FACTS: '2000' },
      ...(root === undefined ? {} : { root }),
    });
  }

  #startConsumer(url: string): ChildProcess {
    return spawn(process.execPath, [CONSUMER, url, KEY, 'feed:killed', this.#seen], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  async #define(url: string): Promise<void> {
    const row = { id: 'killed', nodes: READ_NODES, skus: MOVING_SKUS, kinds: ['delta'] };
    const response = await fetch(`${url}/v1/reference/outfeeds/killed`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(row),
    });
    if (response.status !== 200) throw new Error(`the outfeed was not defined: ${await response.text()}`);
  }

  #size(): number {
    return existsSync(this.#seen) ? statSync(this.#seen).size : 0;
  }

  #lines(): string[] {
    return existsSync(this.#seen) ? readFileSync(this.#seen, 'utf8').trimEnd().split('\n') : [];
  }
}

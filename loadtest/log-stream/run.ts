import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { crashReference, MOVING_SKUS, NODES } from '../crash/retailer.ts';
import { writeReference } from '../reference-folder.ts';
import { seeded, type Random } from '../random.ts';
import { Killing, type Kills } from './killing.ts';
import { Sender } from './sender.ts';
import { judge, readTruth, type Judged } from './truth.ts';

export interface LogStreamOptions extends Kills {
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
/** Longest wait for the last consumer to see everything, in ms. */
const CATCH_UP_MS_MAX = 60_000;
const LOOK_MS = 200;

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
  readonly #killing: Killing;
  #sender: Sender | undefined;

  constructor(options: LogStreamOptions, dir: string) {
    this.#options = options;
    this.#dir = dir;
    this.#chance = seeded(options.seed);
    const { say, root } = options;
    this.#killing = new Killing({
      dir,
      chance: this.#chance,
      say,
      adminKey: KEY,
      consumer: (url, file) => [CONSUMER, url, KEY, 'feed:killed', file],
      ...(root !== undefined && { root }),
    });
  }

  async whole(): Promise<LogStreamResult> {
    const startMs = performance.now();
    writeReference(join(this.#dir, 'reference'), crashReference());
    const url = await this.#killing.start();
    await this.#define(url);
    const sender = (this.#sender = new Sender({ url, key: KEY, chance: this.#chance, rate: this.#options.rate }));
    const sending = sender.run();
    // Whoever fails is asked at the end.
    sending.catch(() => undefined);
    await this.#killing.rounds(this.#options);
    sender.stop();
    await sending;
    return this.#verdict(url, sender.acknowledged, startMs);
  }

  async end(): Promise<void> {
    this.#sender?.stop();
    await this.#killing.end();
  }

  async #verdict(url: string, acknowledged: readonly string[], startMs: number): Promise<LogStreamResult> {
    let truth = await readTruth(url, KEY, READ_NODES);
    this.#killing.startConsumer();
    for (const untilMs = performance.now() + CATCH_UP_MS_MAX; performance.now() < untilMs; await wait(LOOK_MS)) {
      truth = await readTruth(url, KEY, READ_NODES);
      const isRecorded = acknowledged.every((id) => truth.ids.has(id));
      if (isRecorded && judge(this.#killing.lines(), truth.eids).missing === 0) break;
    }
    return {
      consumerKills: this.#options.consumerKills,
      serverKills: this.#killing.serverKills,
      acknowledged: acknowledged.length,
      unrecorded: acknowledged.filter((id) => !truth.ids.has(id)).length,
      ...judge(this.#killing.lines(), truth.eids),
      seconds: Math.round((performance.now() - startMs) / 1000),
    };
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
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Deliverer } from './deliverer.ts';
import { deliveries } from './delivery-log.ts';
import { Endpoints, type Endpoint } from './endpoints.ts';
import type { AttemptResult, Post } from './http-attempt.ts';
import { outgoingEvent, type OutgoingEvent } from './outgoing-event.ts';
import { SqliteJobs } from './sqlite-jobs.ts';
import { openWebhookFile } from './webhook-file.ts';

const START = Date.now();
export const HOUR = 3_600_000;

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-deliverer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'webhooks.sqlite');
}

interface Bounds {
  readonly queueMax?: number;
  readonly logMax?: number;
  readonly concurrency?: number;
  readonly concurrencyEach?: number;
}

/** A deliverer on a real file, with a clock and endpoints that do what the test says. */
export class World {
  readonly path = newFile();
  readonly posts: (Post & { readonly at: number })[] = [];
  readonly log: string[] = [];
  readonly bounds: Bounds;
  nowMs = START;
  answer: (post: Post) => Promise<AttemptResult> = async () => OK;
  #timers: { run: () => void; at: number }[] = [];
  db = openWebhookFile(this.path);
  jobs!: SqliteJobs;
  endpoints!: Endpoints;
  deliverer!: Deliverer;

  constructor(bounds: Bounds = {}) {
    this.bounds = bounds;
    this.#open();
  }

  #open(): void {
    const { queueMax = 1_000, logMax = 1_000, concurrency = 32, concurrencyEach = 4 } = this.bounds;
    this.jobs = new SqliteJobs(this.db, { queueMax, logMax }, () => this.nowMs);
    this.endpoints = new Endpoints(this.db, 100);
    this.deliverer = new Deliverer({
      jobs: this.jobs,
      endpoints: this.endpoints,
      attempt: (post) => {
        this.posts.push({ ...post, at: this.nowMs });
        return this.answer(post);
      },
      now: () => this.nowMs,
      random: () => 0,
      later: (run, ms) => {
        const timer = { run, at: this.nowMs + ms };
        this.#timers.push(timer);
        return () => (this.#timers = this.#timers.filter((one) => one !== timer));
      },
      limits: { concurrency, concurrencyEach, pauseMs: 24 * HOUR },
      log: (line) => this.log.push(line),
    });
  }

  /** As after kill -9: what was under way is forgotten, what is in the file is there. */
  crash(): void {
    this.#timers = [];
    this.db.close();
    this.db = openWebhookFile(this.path);
    this.#open();
  }

  endpoint(url = 'https://a.test/'): Endpoint {
    const made = this.endpoints.create({ url, types: ['dev.onhand.stock.low'], filters: {} }, this.nowMs);
    if (typeof made === 'string') throw new Error(made);
    return made;
  }

  async put(count: number, ...to: readonly Endpoint[]): Promise<readonly string[]> {
    const endpoints = to.map(({ id }) => id);
    const left = await this.jobs.put(Array.from({ length: count }, () => ({ event: event(), endpoints })));
    this.deliverer.wake();
    await this.settle();
    return left;
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    await setImmediate();
  }

  /** Moves the clock from timer to timer; returns how many there were. */
  async pass(ms: number): Promise<number> {
    const until = this.nowMs + ms;
    for (let timers = 0; ; timers++) {
      await this.settle();
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) {
        this.nowMs = until;
        await this.settle();
        return timers;
      }
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.run();
    }
  }

  states(endpoint: Endpoint): string[] {
    return deliveries(this.db, { endpoint: endpoint.id, limit: 1_000 }).map(({ state }) => state);
  }
}

let made = 0;
export function event(): OutgoingEvent {
  const data = { reservation: `r-${++made}` };
  return outgoingEvent({ type: 'dev.onhand.reservation.expired', name: String(made), at: START, keys: {}, data }, 'e1');
}

export const OK: AttemptResult = { status: 200, ms: 3, answer: 'fine' };
export const failing = (status = 500): AttemptResult => ({ status, ms: 3, answer: 'no' });

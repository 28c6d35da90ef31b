import { Webhook } from 'standardwebhooks';
import type { OutgoingStats } from '../protocol/webhook-bodies.ts';
import { signingSecrets, type Endpoint, type Endpoints } from './endpoints.ts';
import type { AttemptResult, Post } from './http-attempt.ts';
import { inSpan } from '../tracing.ts';
import type { Job, Jobs } from './jobs.ts';
import { FAILURES_CALM, isDelivered, judgeAttempt } from './judge-attempt.ts';
import { CONTENT_TYPE } from './outgoing-event.ts';

export interface DelivererDeps {
  readonly jobs: Jobs;
  readonly endpoints: Endpoints;
  readonly attempt: (post: Post) => Promise<AttemptResult>;
  readonly now: () => number;
  readonly random: () => number;
  /** Calls once, later; returns how to call it off. */
  readonly later: (run: () => void, ms: number) => () => void;
  readonly limits: DeliveryLimits;
  readonly log: (line: string) => void;
}

export interface DeliveryLimits {
  /** Attempts under way at once, in all and per endpoint. */
  readonly concurrency: number;
  readonly concurrencyEach: number;
  readonly pauseMs: number;
}

/** Longest time between two looks at what is due, in ms: nothing depends on it, a clock that was set may. */
const LOOK_MS_MAX = 60_000;

interface Lane {
  readonly running: Set<number>;
  restUntil: number;
  /** When the rest was last lengthened or ended. */
  restSetAt: number;
}

/**
 * Sends what is due. A job leaves the queue when what became of it is written, not when it is attempted: whoever dies
 * between sends it again. No order is promised: each endpoint has several attempts under way, and a failed one comes later.
 */
export class Deliverer {
  readonly #deps: DelivererDeps;
  readonly #lanes = new Map<string, Lane>();
  #running = 0;
  readonly #attempts = { delivered: 0, refused: 0, unanswered: 0 };
  #first = 0;
  #turning = false;
  #again = false;
  #draining: (() => void) | undefined;
  #callOff: () => void = () => undefined;

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
  }

  get running(): number {
    return this.#running;
  }

  /** Since the start, by what came back. */
  get attempts(): OutgoingStats['attempts'] {
    return { ...this.#attempts };
  }

  /** Something may be due: new jobs, an attempt that ended, a moment that came. */
  wake(): void {
    this.#again = true;
    if (!this.#turning) void this.#turns();
  }

  /** The endpoint is another one now, or active again: its failures are no reason to rest. */
  changed(id: string): void {
    const lane = this.#lanes.get(id);
    if (lane !== undefined) setRest(lane, 0, this.#deps.now());
    this.wake();
  }

  /** Begins no more; resolves when what is under way has ended and is written. */
  async drain(): Promise<void> {
    this.#callOff();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#draining = resolve;
    if (this.#running === 0) resolve();
    return promise;
  }

  /** One attempt by hand, whatever the endpoint's state; it is judged by who asked. */
  async send(
    endpoint: Endpoint,
    event: Job['event'],
  ): Promise<{ readonly at: number; readonly result: AttemptResult }> {
    const at = this.#deps.now();
    const post = signedPost(endpoint, event, at);
    const result = await inSpan('webhook.deliver', { 'onhand.endpoint': endpoint.id }, () => this.#deps.attempt(post));
    this.#attempts[outcomeOf(result)] += 1;
    return { at, result };
  }

  async #turns(): Promise<void> {
    this.#turning = true;
    while (this.#again && this.#draining === undefined) {
      this.#again = false;
      this.#callOff();
      const waitMs = Math.min((await this.#turn()) - this.#deps.now(), LOOK_MS_MAX);
      this.#callOff = this.#deps.later(() => this.wake(), Math.max(1, waitMs));
    }
    this.#turning = false;
  }

  /** Begins what is due and there is room for; returns when something is due next. */
  async #turn(): Promise<number> {
    for (const [id, { running }] of this.#lanes) {
      if (running.size === 0 && this.#deps.endpoints.get(id) === undefined) this.#lanes.delete(id);
    }
    const active = this.#deps.endpoints.list().filter(({ pausedFor }) => pausedFor === undefined);
    // Another one is first each time, or the first few would take all attempts there are.
    this.#first = active.length === 0 ? 0 : (this.#first + 1) % active.length;
    let nextAt = Infinity;
    for (const endpoint of [...active.slice(this.#first), ...active.slice(0, this.#first)]) {
      nextAt = Math.min(nextAt, await this.#fill(endpoint));
    }
    return nextAt;
  }

  async #fill(endpoint: Endpoint): Promise<number> {
    const { jobs, now } = this.#deps;
    const lane = this.#lane(endpoint.id);
    const room = this.#roomOf(endpoint, lane);
    if (room > 0 && lane.restUntil <= now()) {
      const due = await jobs.due(endpoint.id, now(), room + lane.running.size);
      for (const job of due.filter(({ id }) => !lane.running.has(id)).slice(0, room)) this.#begin(endpoint, job, lane);
    }
    // The end of an attempt wakes, so a lane with one under way needs no timer, nor one that waits for others to end.
    if (lane.running.size > 0 || this.#running >= this.#deps.limits.concurrency) return Infinity;
    return Math.max(lane.restUntil, await jobs.nextAt(endpoint.id));
  }

  #roomOf({ failures }: Endpoint, lane: Lane): number {
    const { concurrency, concurrencyEach } = this.#deps.limits;
    const each = failures >= FAILURES_CALM ? 1 : concurrencyEach;
    return Math.min(each - lane.running.size, concurrency - this.#running);
  }

  #begin(endpoint: Endpoint, job: Job, lane: Lane): void {
    lane.running.add(job.id);
    this.#running += 1;
    void this.send(endpoint, job.event).then(async ({ at, result }) => {
      await this.#settle(job, at, result, lane);
      lane.running.delete(job.id);
      this.#running -= 1;
      if (this.#running === 0) this.#draining?.();
      this.wake();
    });
  }

  async #settle(job: Job, at: number, result: AttemptResult, lane: Lane): Promise<void> {
    const { jobs, endpoints, now, limits, random } = this.#deps;
    const endpoint = endpoints.get(job.endpoint);
    // Deleted meanwhile, and its jobs with it.
    if (endpoint === undefined) return;
    const nowMs = Math.floor(now());
    const attempts = job.attempts + 1;
    const verdict = judgeAttempt({ result, attempts, endpoint, nowMs, pauseMs: limits.pauseMs, random: random() });
    await jobs.settle(job.id, at, result, verdict.next);
    endpoints.change(job.endpoint, verdict.endpoint);
    // An attempt that began before the endpoint asked for a rest says nothing against it.
    if (verdict.restUntil >= lane.restUntil || lane.restSetAt < at) setRest(lane, verdict.restUntil, nowMs);
    const { pausedFor } = verdict.endpoint;
    if (pausedFor !== undefined) this.#deps.log(`webhooks: endpoint ${job.endpoint} is paused: ${pausedFor}`);
  }

  #lane(id: string): Lane {
    let lane = this.#lanes.get(id);
    if (lane === undefined) this.#lanes.set(id, (lane = { running: new Set(), restUntil: 0, restSetAt: 0 }));
    return lane;
  }
}

function setRest(lane: Lane, until: number, nowMs: number): void {
  lane.restUntil = until;
  lane.restSetAt = nowMs;
}

function outcomeOf(result: AttemptResult): keyof OutgoingStats['attempts'] {
  if (isDelivered(result)) return 'delivered';
  return result.status === undefined ? 'unanswered' : 'refused';
}

function signedPost(endpoint: Endpoint, { id, body }: Job['event'], atMs: number): Post {
  const at = new Date(atMs);
  const signatures = signingSecrets(endpoint, atMs).map((secret) => new Webhook(secret).sign(id, at, body));
  return {
    url: endpoint.url,
    headers: {
      'content-type': CONTENT_TYPE,
      'user-agent': 'Onhand-Webhooks/1',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(atMs / 1000)),
      'webhook-signature': signatures.join(' '),
    },
    body,
  };
}

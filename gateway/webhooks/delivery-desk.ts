import type { DatabaseSync } from 'node:sqlite';
import type {
  Delivery,
  DeliveriesAsked,
  DeliveryDetail,
  EndpointChange,
  EndpointInfo,
  EndpointWish,
  OutgoingStats,
  TestAnswer,
} from '../protocol/webhook-bodies.ts';
import { Deliverer, type DeliveryLimits } from './deliverer.ts';
import { deliveries, delivery } from './delivery-log.ts';
import { Endpoints, type Endpoint } from './endpoints.ts';
import { dropCursor, readCursor, writeCursor, type FactCursor } from './fact-cursor.ts';
import { attempt } from './http-attempt.ts';
import { outgoingEvent, type EventDraft } from './outgoing-event.ts';
import { isDelivered } from './judge-attempt.ts';
import { resolveByDns, resolveBySystem } from './resolve-host.ts';
import { newSecret } from './source-secrets.ts';
import { SqliteJobs, type JobBounds } from './sqlite-jobs.ts';
import type { Targets } from './target-url.ts';

export interface OutSettings {
  readonly targets: Targets;
  readonly timeoutMs: number;
  readonly endpointsMax: number;
  readonly bounds: JobBounds;
  readonly limits: DeliveryLimits;
  readonly rotationMs: number;
}

/** An endpoint with its secret, which is told this once. */
export interface MadeEndpoint {
  readonly endpoint: EndpointInfo;
  readonly secret: string;
}

/** Jobs that one call may make due again. */
const REPLAYED_AT_ONCE_MAX = 10_000;

/** Endpoints, what waits for them and what became of it, as staff and the facts ask for it. */
export class DeliveryDesk {
  readonly #db: DatabaseSync;
  readonly #settings: OutSettings;
  readonly #endpoints: Endpoints;
  readonly #jobs: SqliteJobs;
  readonly #deliverer: Deliverer;

  constructor(db: DatabaseSync, settings: OutSettings, log: (line: string) => void) {
    this.#db = db;
    this.#settings = settings;
    this.#endpoints = new Endpoints(db, settings.endpointsMax);
    this.#jobs = new SqliteJobs(db, settings.bounds, Date.now);
    const { targets, timeoutMs, limits } = settings;
    const resolve = targets === 'any' ? resolveBySystem : resolveByDns;
    this.#deliverer = new Deliverer({
      jobs: this.#jobs,
      endpoints: this.#endpoints,
      attempt: (post) => attempt(post, { targets, timeoutMs, resolve }),
      now: Date.now,
      random: Math.random,
      later(run, ms) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      limits,
      log,
    });
    this.#deliverer.wake();
  }

  list(): readonly EndpointInfo[] {
    return this.#endpoints.list().map((one) => this.#infoOf(one));
  }

  create(wish: EndpointWish): MadeEndpoint | 'too-many-endpoints' {
    const made = this.#endpoints.create(wish, Date.now());
    return typeof made === 'string' ? made : { endpoint: this.#infoOf(made), secret: made.secret };
  }

  /** Resumed, it begins anew: nothing it failed or missed counts any more. */
  change(id: string, { state, ...wish }: EndpointChange): EndpointInfo | undefined {
    const fresh = { pausedFor: undefined, failures: 0, failingSince: undefined, missed: 0, missedSince: undefined };
    const by = state === 'active' ? fresh : state === 'paused' ? { pausedFor: 'staff' as const } : {};
    const changed = this.#endpoints.change(id, { ...wish, ...by });
    if (changed === undefined) return undefined;
    this.#deliverer.changed(id);
    return this.#infoOf(changed);
  }

  rotate(id: string): MadeEndpoint | undefined {
    const before = this.#endpoints.get(id);
    if (before === undefined) return undefined;
    const previous = { secret: before.secret, until: Date.now() + this.#settings.rotationMs };
    const after = this.#endpoints.change(id, { secret: newSecret(), previous });
    return after === undefined ? undefined : { endpoint: this.#infoOf(after), secret: after.secret };
  }

  /** With all that waits for it, and its log. Returns how many endpoints are left. */
  remove(id: string): number | undefined {
    if (!this.#endpoints.remove(id)) return undefined;
    this.#jobs.forget(id);
    if (this.#endpoints.size === 0) dropCursor(this.#db);
    return this.#endpoints.size;
  }

  /** One attempt now, also while it is paused; it is in the log and is not repeated. */
  async test(id: string, epoch: string): Promise<TestAnswer | undefined> {
    const endpoint = this.#endpoints.get(id);
    if (endpoint === undefined) return undefined;
    const at = Date.now();
    const name = `${id} ${at} ${Math.random()}`;
    const data = { endpoint: id };
    const event = outgoingEvent({ type: 'dev.onhand.webhook.test', name, at, keys: {}, data }, epoch);
    const sent = await this.#deliverer.send(endpoint, event);
    const { status = 0, fault, ms, answer } = sent.result;
    const state = isDelivered(sent.result) ? 'delivered' : 'failed';
    await this.#jobs.log(id, event, sent.at, sent.result, state);
    return { state, ms, answer, ...(fault === undefined ? { status } : { fault }) };
  }

  deliveries(asked: DeliveriesAsked): readonly Delivery[] | undefined {
    return this.#endpoints.get(asked.endpoint) === undefined ? undefined : deliveries(this.#db, asked);
  }

  delivery(endpoint: string, id: number): DeliveryDetail | undefined {
    return delivery(this.#db, endpoint, id);
  }

  /** Settled deliveries go out again under their old ids: one, or all that failed. Returns how many. */
  replay(endpoint: string, which: { readonly job: number } | { readonly state: 'failed' }): number {
    const count = this.#jobs.replay(endpoint, which, REPLAYED_AT_ONCE_MAX);
    this.#deliverer.wake();
    return count;
  }

  /** Events become jobs of those who asked for them; then the cursor stands behind them. */
  async put(drafts: readonly EventDraft[], cursor: FactCursor): Promise<void> {
    const jobs = drafts.flatMap((draft) => {
      const endpoints = this.#endpoints.wanting(draft);
      return endpoints.length === 0 ? [] : [{ event: outgoingEvent(draft, cursor.epoch), endpoints }];
    });
    const leftOut = jobs.length === 0 ? [] : await this.#jobs.put(jobs);
    for (const [id, missed] of countedBy(leftOut)) this.#noteMissed(id, missed);
    writeCursor(this.#db, cursor);
    if (jobs.length > 0) this.#deliverer.wake();
  }

  /** Undefined when there is no endpoint: whoever comes next begins with his own moment. */
  cursor(): FactCursor | undefined {
    return this.#endpoints.size === 0 ? undefined : readCursor(this.#db);
  }

  stats(): OutgoingStats {
    const all = this.list();
    const paused = all.filter(({ state }) => state === 'paused').length;
    const sum = (of: (one: EndpointInfo) => number): number => all.reduce((total, one) => total + of(one), 0);
    return {
      attempts: this.#deliverer.attempts,
      running: this.#deliverer.running,
      queued: sum(({ queued }) => queued),
      missed: sum(({ missed }) => missed),
      endpoints: { active: all.length - paused, paused },
    };
  }

  async drain(): Promise<void> {
    await this.#deliverer.drain();
  }

  #noteMissed(id: string, missed: number): void {
    const before = this.#endpoints.get(id);
    if (before === undefined) return;
    this.#endpoints.change(id, { missed: before.missed + missed, missedSince: before.missedSince ?? Date.now() });
  }

  #infoOf({ secret: _secret, previous, ...shown }: Endpoint): EndpointInfo {
    const overlap = previous !== undefined && previous.until > Date.now() ? { previousUntil: previous.until } : {};
    const state = shown.pausedFor === undefined ? 'active' : 'paused';
    return { ...shown, ...overlap, state, queued: this.#jobs.waiting(shown.id) };
  }
}

function countedBy(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

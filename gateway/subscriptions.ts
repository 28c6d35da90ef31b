import type { Engine } from '../engine/api.ts';
import { isRefusal, parseSku, type ChannelId, type Sku } from '../engine/contract/ids.ts';
import type { ChannelRef } from '../engine/contract/reference.ts';
import { may, type Caller } from './caller.ts';
import { refusalToWatch } from './channel-rights.ts';
import { Lane, Outbox, Watch, type Reader } from './lane.ts';
import type { Limit } from './limits.ts';
import type { Limits, Since, Status, Subscribe, Unsubscribe } from './protocol/wire.ts';
import { PacedReader } from './paced-reader.ts';
import { StockTopic, type StockTopics } from './stock-topics.ts';
import { stockView, type ViewMemo } from './stock-view.ts';
import type { TooOften, TopicSource, TopicSources } from './topic-source.ts';
import type { Topic } from './topic.ts';

export interface SubscriptionDeps {
  readonly engine: Pick<Engine, 'epoch' | 'reference'>;
  readonly stock: StockTopics;
  /** Sends the watch the newest version when its time comes. */
  readonly owe: (watch: Watch) => void;
  /** All other channels. */
  readonly sources: TopicSources;
  /** Ms, monotonic. */
  readonly now: () => number;
  /** Ms since the epoch. */
  readonly wallNow: () => number;
  readonly random: () => number;
  readonly defaultSale: () => ChannelId | undefined;
}

export interface Watcher {
  readonly reader: Reader;
  readonly caller: Caller;
  readonly address: string;
  readonly limits: Limits;
  readonly conflateMs: { readonly default: number; readonly min: number; readonly max: number };
}

export interface SubscriptionRefusal {
  readonly code: 'forbidden' | 'too-many-keys' | 'unknown-channel' | 'conflate-out-of-bounds' | 'too-many-bad-keys';
  readonly msg: string;
  readonly retryAfterMs?: number;
  readonly limit?: Limit;
}

interface Subscription {
  readonly watch: Watch;
  readonly source: Releases;
  /** Of stock: what was asked for, from which the topic follows. */
  readonly asked?: Asked;
}

/** How a topic is to be kept. */
interface Keeping {
  readonly conflateMs: number;
  readonly source: Releases;
  readonly asked?: Asked;
  /** The answer holds its state. */
  readonly isShown: boolean;
}

/** Who lent a topic. A closure per key instead costs 100 bytes of each. */
interface Releases {
  release(topic: Topic): void;
}

type Asked = Pick<Subscribe, 'sale' | 'near'>;

/** What most pages ask for. */
const NOTHING_ASKED: Asked = {};

/** What one socket watches. */
export class Subscriptions {
  readonly #deps: SubscriptionDeps;
  readonly #watcher: Watcher;
  /** By wire channel and key, at most limits.keys. A key subscribed again replaces what it was. */
  readonly #kept = new Map<string, Subscription>();
  /** One per conflation time in use: nearly always one, for which a map is too large. */
  #lanes: readonly Lane[] = [];
  readonly #outbox: Outbox;
  /** Of who wants every version: not held to a pace, and what it is sent takes nothing from the pace of other keys. */
  #unpaced: Outbox | undefined;
  readonly #phase: number;
  /** What the client was told of the sources behind its stock. */
  #toldStale = false;
  /** How often reference data was followed. */
  #follows = 0;
  #ended = false;

  constructor(deps: SubscriptionDeps, watcher: Watcher) {
    this.#deps = deps;
    this.#watcher = watcher;
    this.#outbox = new Outbox(new PacedReader(watcher.reader, watcher.limits.updPerSec, deps.now));
    this.#phase = 1 - deps.random();
  }

  /** The text of `subscribed`, or why not. */
  async subscribe(command: Subscribe): Promise<string | SubscriptionRefusal> {
    const refusal = this.#check(command);
    if (refusal !== undefined) return refusal;
    if (command.ch === 'stock') return this.#subscribeStock(command);
    return this.#subscribeKeyed(command, this.#deps.sources[command.ch]);
  }

  unsubscribe(command: Unsubscribe): void {
    for (const key of command.keys) this.#drop(`${command.ch} ${key}`);
    // What was to be sent of them in this turn of the loop goes before the answer, not after it.
    this.#flush();
  }

  /**
   * Reference data changed: whoever asked for a place may see other nodes now, and others' units or no longer. The new
   * topic takes the place of the old one at once; what it shows is sent under its own epoch.
   */
  async follow(views: ViewMemo): Promise<void> {
    this.#follows += 1;
    const moved: StockTopic[] = [];
    // A copy: what is kept anew must not be looked at again.
    const kept = Array.from(this.#kept.values());
    for (const { watch, asked } of kept) {
      const { topic, lane } = watch;
      const channel = asked === undefined ? undefined : this.#channel(asked.sale);
      if (asked === undefined || channel === undefined) continue;
      const next = this.#acquire(topic.k as Sku, channel, asked, views);
      if (next === topic) this.#deps.stock.release(next);
      else {
        this.#keep(next, { conflateMs: lane.conflateMs, source: this.#deps.stock, asked, isShown: false });
        moved.push(next);
      }
    }
    await this.#deps.stock.load(moved);
    for (const topic of moved) this.#owe(topic);
  }

  /** Others may have read the topic before, so that nothing of it changes now. */
  #owe(topic: StockTopic): void {
    const watch = this.#kept.get(nameOf(topic))?.watch;
    if (watch?.topic === topic && watch.sent === 0) this.#deps.owe(watch);
  }

  /** What the client must hear of the sources behind the stock it watches; undefined: what it was told still holds. */
  newStatus(): Status | undefined {
    const since = this.#silentSince();
    const isStale = since !== undefined;
    if (isStale === this.#toldStale) return undefined;
    this.#toldStale = isStale;
    const ageMs = isStale ? Math.max(0, Math.round(this.#deps.wallNow() - since)) : 0;
    return { type: 'status', ch: 'stock', state: isStale ? 'stale' : 'live', ageMs };
  }

  /** Since when, ms since the epoch, nobody reports a number that is watched: of several the longest. */
  #silentSince(): number | undefined {
    let since: number | undefined;
    for (const { watch } of this.#kept.values()) {
      const { topic } = watch;
      const own = topic instanceof StockTopic ? topic.silentSince : undefined;
      if (own !== undefined) since = Math.min(since ?? own, own);
    }
    return since;
  }

  end(): void {
    this.#ended = true;
    for (const name of this.#kept.keys()) this.#drop(name);
  }

  #check(command: Subscribe): SubscriptionRefusal | undefined {
    const { caller, limits, conflateMs } = this.#watcher;
    const forbidden = refusalToWatch(caller, command.ch);
    if (forbidden !== undefined) return { code: 'forbidden', msg: forbidden };
    const added = command.keys.filter((key) => !this.#kept.has(`${command.ch} ${key}`)).length;
    if (this.#kept.size + added > limits.keys) {
      const msg = `a socket watches at most ${limits.keys} keys; unsubscribe some`;
      return { code: 'too-many-keys', msg, limit: 'keys' };
    }
    const asked = command.conflateMs;
    if (asked === undefined || (asked === 0 && may(caller, 'stock'))) return undefined;
    if (asked >= conflateMs.min && asked <= conflateMs.max) return undefined;
    const zero = asked === 0 ? '; 0 needs a key with the scope stock' : '';
    return {
      code: 'conflate-out-of-bounds',
      limit: 'conflation',
      msg: `conflateMs must be ${conflateMs.min} to ${conflateMs.max}, got ${asked}${zero}`,
    };
  }

  async #subscribeStock(command: Subscribe): Promise<string | SubscriptionRefusal> {
    const skus: Sku[] = [];
    const unknown: string[] = [];
    for (const key of command.keys) {
      const sku = parseSku(key);
      if (isRefusal(sku)) unknown.push(key);
      else skus.push(sku);
    }
    const topics = await this.#loaded(skus, command);
    if (topics === undefined) {
      return { code: 'unknown-channel', msg: `no channel of sale ${command.sale ?? '(none is configured)'}` };
    }
    const conflateMs = command.conflateMs ?? this.#watcher.conflateMs.default;
    const about = { conflateMs, source: this.#deps.stock, asked: askedOf(command), isShown: true };
    const known: Topic[] = [];
    for (const topic of topics) {
      if (topic.isKnown) known.push(this.#keep(topic, about));
      else {
        unknown.push(topic.k);
        this.#deps.stock.release(topic);
      }
    }
    return this.#answer(command, conflateMs, known, unknown);
  }

  /** What the caller may see of the skus; undefined: there is no such channel of sale. */
  async #loaded(skus: readonly Sku[], asked: Asked): Promise<readonly StockTopic[] | undefined> {
    for (;;) {
      const channel = this.#channel(asked.sale);
      if (channel === undefined) return undefined;
      const views: ViewMemo = new Map();
      const follows = this.#follows;
      const topics = skus.map((sku) => this.#acquire(sku, channel, asked, views));
      try {
        // Acquired before it is read, so no change between the two is missed.
        await this.#deps.stock.load(topics);
        // What may be seen was decided before the wait, and follow() looks at what is kept already.
        if (follows === this.#follows) return topics;
      } catch (error) {
        for (const topic of topics) this.#deps.stock.release(topic);
        throw error;
      }
      for (const topic of topics) this.#deps.stock.release(topic);
    }
  }

  async #subscribeKeyed(command: Subscribe, source: TopicSource): Promise<string | SubscriptionRefusal> {
    const topics = await source.acquire(command.keys, this.#watcher);
    if ('retryAfterMs' in topics) return tooManyGuesses(topics);
    const asked = command.conflateMs ?? this.#watcher.conflateMs.default;
    const conflateMs = Math.max(source.conflateMsMin, asked);
    for (const topic of topics) this.#keep(topic, { conflateMs, source, isShown: true });
    const known = new Set(topics.map(({ k }) => k));
    const unknown = command.keys.filter((key) => !known.has(key));
    return this.#answer(command, conflateMs, topics, unknown);
  }

  #answer(command: Subscribe, conflateMs: number, known: readonly Topic[], unknown: readonly string[]): string {
    // As for an unsubscribe: a key subscribed again must not be told of its old view after the answer.
    this.#flush();
    return subscribedText(command, conflateMs, known, unknown);
  }

  #keep(topic: Topic, { conflateMs, source, asked, isShown }: Keeping): Topic {
    const name = nameOf(topic);
    this.#drop(name);
    if (this.#ended) {
      source.release(topic);
      return topic;
    }
    let lane = this.#lanes.find((one) => one.conflateMs === conflateMs);
    if (lane === undefined) {
      const outbox = conflateMs === 0 ? (this.#unpaced ??= new Outbox(this.#watcher.reader)) : this.#outbox;
      lane = new Lane(outbox, conflateMs, this.#phase);
      this.#lanes = [...this.#lanes, lane];
    }
    const watch = new Watch(topic, lane, isShown);
    this.#kept.set(name, asked === undefined ? { watch, source } : { watch, source, asked });
    return topic;
  }

  #flush(): void {
    this.#outbox.flush();
    this.#unpaced?.flush();
  }

  #drop(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    this.#kept.delete(name);
    const { lane } = kept.watch;
    kept.watch.end();
    // A client that names a new time with each command must not leave a lane for each.
    if (lane.topics === 0) this.#lanes = this.#lanes.filter((one) => one !== lane);
    kept.source.release(kept.watch.topic);
  }

  #channel(sale: string | undefined): ChannelRef | undefined {
    const id = sale ?? this.#deps.defaultSale();
    return id === undefined ? undefined : this.#deps.engine.reference.channels.get(id);
  }

  #acquire(sku: Sku, channel: ChannelRef, { near }: Asked, views: ViewMemo): StockTopic {
    const asked = { caller: this.#watcher.caller, channel, ...(near !== undefined && { near }) };
    return this.#deps.stock.acquire(sku, stockView(this.#deps.engine, asked, views));
  }
}

function tooManyGuesses({ retryAfterMs }: TooOften): SubscriptionRefusal {
  const msg = 'too many unknown tokens of orders from this address; wait, then use the one you were given';
  return { code: 'too-many-bad-keys', msg, retryAfterMs, limit: 'bad-keys' };
}

function nameOf({ ch, k }: Topic): string {
  return `${ch} ${k}`;
}

/** Of the command only what must be remembered: the whole of it, with its keys, would live as long as the socket. */
function askedOf({ sale, near }: Subscribe): Asked {
  if (sale === undefined && near === undefined) return NOTHING_ASKED;
  return { ...(sale !== undefined && { sale }), ...(near !== undefined && { near }) };
}

/** Entries are the texts the topics keep already; nothing is serialised twice. */
function subscribedText(
  command: Subscribe,
  conflateMs: number,
  topics: readonly Topic[],
  unknown: readonly string[],
): string {
  const since = (topic: Topic): Since | undefined => command.since?.[topic.k];
  const snap = topics.filter((topic) => !topic.isCurrent(since(topic))).map((topic) => topic.entry());
  const unchanged = topics.filter((topic) => topic.isCurrent(since(topic))).map((topic) => topic.k);
  const also =
    (unchanged.length > 0 ? `,"unchanged":${JSON.stringify(unchanged)}` : '') +
    (unknown.length > 0 ? `,"unknown":${JSON.stringify(unknown)}` : '');
  return `{"type":"subscribed","id":${command.id},"ch":"${command.ch}","conflateMs":${conflateMs},"snap":[${snap.join(',')}]${also}}`;
}

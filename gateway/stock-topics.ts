import type { Engine } from '../engine/api.ts';
import type { ChannelStock, SkuStock, StockChange } from '../engine/contract/change.ts';
import type { ChannelId, NodeId, Sku } from '../engine/contract/ids.ts';
import type { NearNode } from './near.ts';
import { stockText } from './stock-state.ts';
import { Topic, type Told } from './topic.ts';

export interface StockTopicSpec {
  readonly sku: Sku;
  readonly channel: ChannelId;
  /** Whether exact units are shown. */
  readonly units: boolean;
  readonly near?: readonly NearNode[];
}

type Available = Map<NodeId, { units: number; revision: number }>;
type Render = (topic: StockTopic) => string | undefined;

export class StockTopic extends Topic {
  readonly spec: StockTopicSpec;
  readonly key: string;
  /** Whether the whole stock was read since the topic began: changes alone do not tell of nodes that rest. */
  whole = false;
  /** The channel's numbers and their revision; -1 before the first. */
  stock: ChannelStock | undefined;
  revision = -1;
  /**
   * Units available at the nodes shown, with the revision that said so; a change carries only the nodes that moved.
   * Absent where no nodes are shown: an empty map for each of 20,000 topics is 4 MB.
   */
  readonly #available: Available | undefined;

  readonly #render: Render;

  constructor(spec: StockTopicSpec, key: string, epoch: string, render: Render) {
    super('stock', spec.sku, epoch);
    this.spec = spec;
    this.key = key;
    this.#render = render;
    if (spec.near !== undefined) this.#available = new Map();
  }

  protected override render(): string | undefined {
    return this.#render(this);
  }

  /** Takes what is newer than what is known: a read and a change may come in either order. */
  tell(told: Pick<SkuStock, 'channels' | 'nodes' | 'revision'>): void {
    if (this.#available !== undefined) this.#tellNodes(this.#available, told);
    if (told.revision < this.revision) return;
    this.revision = told.revision;
    this.stock = told.channels.find((one) => one.channel === this.spec.channel);
  }

  /** Since when nobody reports what it shows, ms since the epoch; undefined: somebody does. */
  get silentSince(): number | undefined {
    return this.stock?.silentSince;
  }

  unitsAt(node: NodeId): number {
    return this.#available?.get(node)?.units ?? 0;
  }

  #tellNodes(available: Available, told: Pick<SkuStock, 'nodes' | 'revision'>): void {
    for (const { node } of this.spec.near ?? []) {
      const stock = told.nodes.find((one) => one.node === node);
      const known = available.get(node)?.revision ?? -1;
      if (stock !== undefined && known <= told.revision) {
        available.set(node, { units: stock.available, revision: told.revision });
      }
    }
  }
}

/**
 * The stock that somebody watches. A topic is shared by all who see the same: channel of sale, sku, whether units
 * show, and the pickup nodes. Bounded by sockets × keys per socket; a topic ends with its last watcher.
 */
export class StockTopics {
  readonly #engine: Pick<Engine, 'epoch' | 'reference' | 'stock'>;
  readonly #changed: (topic: Topic) => void;
  readonly #byKey = new Map<string, StockTopic>();
  readonly #bySku = new Map<Sku, StockTopic[]>();
  #silenceMoved = false;

  constructor(engine: Pick<Engine, 'epoch' | 'reference' | 'stock'>, changed: (topic: Topic) => void) {
    this.#engine = engine;
    this.#changed = changed;
  }

  /** Whether a topic fell silent or was heard again since this was asked last. */
  tookSilence(): boolean {
    const moved = this.#silenceMoved;
    this.#silenceMoved = false;
    return moved;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Pins a topic; changes reach it from now on. Pair with `release`. */
  acquire(spec: StockTopicSpec): StockTopic {
    // Ids hold no white space, so a space parts them without doubt.
    const near = spec.near?.map(({ node, km }) => `${node}@${km}`).join(' ') ?? '-';
    const key = `${spec.channel} ${spec.sku} ${spec.units ? 'units' : 'band'} ${near}`;
    let topic = this.#byKey.get(key);
    if (topic === undefined) {
      topic = new StockTopic(spec, key, this.#engine.epoch, this.#render);
      this.#byKey.set(key, topic);
      const siblings = this.#bySku.get(spec.sku);
      if (siblings === undefined) this.#bySku.set(spec.sku, [topic]);
      else siblings.push(topic);
    }
    topic.pins += 1;
    return topic;
  }

  release(topic: StockTopic): void {
    topic.pins -= 1;
    if (topic.pins > 0) return;
    this.#byKey.delete(topic.key);
    const siblings = this.#bySku.get(topic.spec.sku)!;
    siblings.splice(siblings.indexOf(topic), 1);
    if (siblings.length === 0) this.#bySku.delete(topic.spec.sku);
  }

  /**
   * Reads what the topics do not know yet. They are acquired before, so a change between the read and its answer is
   * not missed: the newer revision wins. Skus neither in stock nor in the item master stay at version 0: unknown.
   */
  async load(topics: readonly StockTopic[]): Promise<void> {
    const unread = topics.filter((topic) => !topic.whole);
    if (unread.length === 0) return;
    const skus = [...new Set(unread.map((topic) => topic.spec.sku))];
    const stock = new Map((await this.#engine.stock(skus)).map((one) => [one.sku, one]));
    for (const topic of unread) this.#takeWhole(topic, stock.get(topic.spec.sku));
  }

  /** A durable change from the engine. Must not throw: the engine calls it while it publishes. */
  take(change: StockChange): void {
    const topics = this.#bySku.get(change.sku);
    if (topics === undefined) return;
    for (const topic of topics) {
      const { silentSince } = topic;
      topic.tell(change);
      // Who begins to watch looks by itself.
      if (topic.watchers > 0 && topic.silentSince !== silentSince) this.#silenceMoved = true;
      // Before its first read a topic with pickup nodes has half a picture; load() completes it.
      if (topic.whole || topic.spec.near === undefined) this.#show(topic, change);
    }
  }

  #takeWhole(topic: StockTopic, stock: SkuStock | undefined): void {
    if (stock !== undefined) topic.tell(stock);
    else if (!this.#engine.reference.items.has(topic.spec.sku)) return;
    topic.whole = true;
    this.#show(topic, READ);
  }

  #show(topic: StockTopic, told: Told): void {
    if (topic.move(Math.max(0, topic.revision), told)) this.#changed(topic);
  }

  readonly #render = (topic: StockTopic): string | undefined => {
    const channel = this.#engine.reference.channels.get(topic.spec.channel);
    if (channel === undefined) return undefined;
    const { units, near } = topic.spec;
    const shown = near === undefined ? { channel, units } : { channel, units, near };
    return stockText(shown, topic.stock, (node) => topic.unitsAt(node));
  };
}

/** What was read was not pushed by a change. */
const READ = { at: 0, receivedAt: 0, facts: 0 };

import type { Engine } from '../engine/api.ts';
import type { ChannelStock, SkuStock, StockChange } from '../engine/contract/change.ts';
import type { NodeId, Sku } from '../engine/contract/ids.ts';
import { stockText } from './stock-state.ts';
import type { StockView } from './stock-view.ts';
import { Topic, type Told } from './topic.ts';

type Available = Map<NodeId, { units: number; revision: number }>;
type Render = (topic: StockTopic) => string | undefined;

export class StockTopic extends Topic {
  readonly sku: Sku;
  readonly view: StockView;
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

  constructor(sku: Sku, view: StockView, render: Render) {
    super('stock', sku, view.e);
    this.sku = sku;
    this.view = view;
    this.#render = render;
    if (view.near !== undefined) this.#available = new Map();
  }

  protected override render(): string | undefined {
    return this.#render(this);
  }

  /** Takes what is newer than what is known: a read and a change may come in either order. */
  tell(told: Pick<SkuStock, 'channels' | 'nodes' | 'revision'>): void {
    if (this.#available !== undefined) this.#tellNodes(this.#available, told);
    if (told.revision < this.revision) return;
    this.revision = told.revision;
    this.stock = told.channels.find((one) => one.channel === this.view.channel.id);
  }

  /** Since when nobody reports what it shows, ms since the epoch; undefined: somebody does. */
  get silentSince(): number | undefined {
    return this.stock?.silentSince;
  }

  unitsAt(node: NodeId): number {
    return this.#available?.get(node)?.units ?? 0;
  }

  #tellNodes(available: Available, told: Pick<SkuStock, 'nodes' | 'revision'>): void {
    for (const { node } of this.view.near ?? []) {
      const stock = told.nodes.find((one) => one.node === node);
      const known = available.get(node)?.revision ?? -1;
      if (stock !== undefined && known <= told.revision) {
        available.set(node, { units: stock.available, revision: told.revision });
      }
    }
  }
}

export interface StockTopicDeps {
  readonly engine: Pick<Engine, 'reference' | 'stock'>;
  /** Ms since the epoch. */
  readonly wallNow: () => number;
  /** The topic may have a new version. */
  readonly changed: (topic: Topic) => void;
}

/**
 * The stock that somebody watches. A topic is shared by all who see the same: the sku, and the view of it, which its epoch
 * names. Bounded by sockets × keys per socket; a topic ends with its last watcher.
 */
export class StockTopics {
  readonly #deps: StockTopicDeps;
  readonly #byKey = new Map<string, StockTopic>();
  readonly #bySku = new Map<Sku, StockTopic[]>();
  #silenceMoved = false;

  constructor(deps: StockTopicDeps) {
    this.#deps = deps;
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
  acquire(sku: Sku, view: StockView): StockTopic {
    const key = keyOf(sku, view);
    let topic = this.#byKey.get(key);
    if (topic === undefined) {
      topic = new StockTopic(sku, view, this.#render);
      this.#byKey.set(key, topic);
      const siblings = this.#bySku.get(sku);
      if (siblings === undefined) this.#bySku.set(sku, [topic]);
      else siblings.push(topic);
    }
    topic.pins += 1;
    return topic;
  }

  release(topic: StockTopic): void {
    topic.pins -= 1;
    if (topic.pins > 0) return;
    this.#byKey.delete(keyOf(topic.sku, topic.view));
    const siblings = this.#bySku.get(topic.sku)!;
    siblings.splice(siblings.indexOf(topic), 1);
    if (siblings.length === 0) this.#bySku.delete(topic.sku);
  }

  /**
   * Reads what the topics do not know yet. They are acquired before, so a change between the read and its answer is
   * not missed: the newer revision wins. Skus neither in stock nor in the item master stay at version 0: unknown.
   */
  async load(topics: readonly StockTopic[]): Promise<void> {
    const unread = topics.filter((topic) => !topic.whole);
    if (unread.length === 0) return;
    const skus = [...new Set(unread.map((topic) => topic.sku))];
    const stock = new Map((await this.#deps.engine.stock(skus)).map((one) => [one.sku, one]));
    for (const topic of unread) {
      // Of two who read at once the first has made it whole: what this read adds comes as changes, with their facts.
      if (!topic.whole) this.#takeWhole(topic, stock.get(topic.sku));
    }
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
      if (topic.whole || topic.view.near === undefined) this.#show(topic, change);
    }
  }

  #takeWhole(topic: StockTopic, stock: SkuStock | undefined): void {
    if (stock !== undefined) topic.tell(stock);
    else if (!this.#deps.engine.reference.items.has(topic.sku)) return;
    topic.whole = true;
    // No change tells of it: its time is that of the read, and no fact is in it.
    this.#show(topic, { at: Math.round(this.#deps.wallNow()), receivedAt: 0, facts: 0 });
  }

  #show(topic: StockTopic, told: Told): void {
    if (topic.move(Math.max(0, topic.revision), told)) this.#deps.changed(topic);
  }

  readonly #render = (topic: StockTopic): string | undefined => {
    const { units, near } = topic.view;
    const channel = this.#deps.engine.reference.channels.get(topic.view.channel.id);
    if (channel === undefined) return undefined;
    const shown = near === undefined ? { channel, units } : { channel, units, near };
    return stockText(shown, topic.stock, (node) => topic.unitsAt(node));
  };
}

/** Ids hold no white space, so a space parts them without doubt. */
function keyOf(sku: Sku, { e }: StockView): string {
  return `${sku} ${e}`;
}

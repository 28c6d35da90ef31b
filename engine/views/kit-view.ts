import { EngineBusyError, type ReferenceView } from '../api.ts';
import { assert } from '../contract/assert.ts';
import type { ChannelStock, KitRow, NodeStock, SkuStock, StockChange } from '../contract/change.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import type { RowsChanged } from '../contract/reference-change.ts';
import { kitStock, type KitParts } from './kit-stock.ts';

type Told = Pick<SkuStock, 'revision' | 'position' | 'channels' | 'nodes' | 'kit'>;

/** One sku that kits are made of, or a kit's own row: the newest that main has been told. */
class Part {
  revision = 0;
  position = '-';
  channels: readonly ChannelStock[] = [];
  readonly nodes = new Map<NodeId, Pick<NodeStock, 'available' | 'asOf'> & { readonly revision: number }>();
  /** It was read; changes alone do not tell of nodes that rest. */
  isWhole = false;
  /** Of a kit's own row, as its shard has it: what follows it is read, never published. */
  kit: KitRow | undefined;

  /** Takes what is newer than what is known: a read and a change may come in either order. */
  tell({ revision, position, channels, nodes, kit }: Told): void {
    for (const { node, available, asOf } of nodes) {
      if ((this.nodes.get(node)?.revision ?? -1) <= revision) this.nodes.set(node, { available, asOf, revision });
    }
    if (revision < this.revision) return;
    this.revision = revision;
    this.position = position;
    this.channels = channels;
    if (kit !== undefined) this.kit = kit;
  }
}

export interface KitPorts {
  readonly read: (skus: readonly Sku[]) => Promise<readonly SkuStock[]>;
  readonly publish: (changes: readonly StockChange[]) => void;
}

/** What a batch of changes did to the components of one kit. */
type Touched = Pick<StockChange, 'at' | 'receivedAt'> & { readonly nodes: Set<NodeId> };

/**
 * The live stock of kits (rule AV9): their components live in different shards, and all changes pass here. A kit is kept
 * from the first time somebody asks for it, flat: 5 numbers a channel and 2 a node for each component. What it shows is
 * worked out once per revision, from parts that only ever become newer, so a revision is one content.
 */
export class KitView {
  readonly #reference: Pick<ReferenceView, 'kits'>;
  readonly #ports: KitPorts;
  readonly #parts = new Map<Sku, Part>();
  readonly #shown = new Map<Sku, SkuStock>();
  /** Component or own row -> kits that are kept. */
  readonly #kitsOf = new Map<Sku, Set<Sku>>();

  constructor(reference: Pick<ReferenceView, 'kits'>, ports: KitPorts) {
    this.#reference = reference;
    this.#ports = ports;
  }

  /** Of kits only; each once, in the order asked. */
  async stock(skus: readonly Sku[]): Promise<SkuStock[]> {
    const kits = skus.filter((sku) => this.#reference.kits.has(sku));
    await this.#load(kits);
    return kits.map((sku) => this.#show(sku));
  }

  /** What a kit's numbers are made of now. */
  async parts(sku: Sku): Promise<KitParts> {
    await this.#load([sku]);
    return this.#partsOf(sku);
  }

  /** Durable changes of a shard, as they are published; the kits' follow them. */
  take(changes: readonly StockChange[]): void {
    if (this.#kitsOf.size === 0) return;
    const touched = new Map<Sku, Touched>();
    for (const change of changes) {
      const part = this.#parts.get(change.sku);
      if (part === undefined) continue;
      part.tell(change);
      for (const kit of this.#kitsOf.get(change.sku) ?? []) touched.set(kit, joined(touched.get(kit), change));
    }
    if (touched.size > 0) this.#ports.publish([...touched].flatMap(([sku, by]) => this.#change(sku, by)));
  }

  /** What every shard has taken: the rows of kits follow kits, items and channels, and are read anew. */
  learn(news: readonly RowsChanged[]): void {
    const kits = new Set<Sku>();
    for (const { batch } of news) {
      if (batch.of === 'channels') for (const sku of this.#shown.keys()) kits.add(sku);
      if (batch.of === 'kits' || batch.of === 'items') {
        for (const { sku } of batch.rows) if (this.#shown.has(sku)) kits.add(sku);
      }
    }
    if (kits.size > 0) void this.#refresh([...kits]);
  }

  /** A busy shard is asked again; one that is closing need not say more. */
  async #refresh(kits: readonly Sku[]): Promise<void> {
    for (const sku of kits) this.#part(sku).isWhole = false;
    try {
      await this.#load(kits);
    } catch (error) {
      if (!(error instanceof EngineBusyError)) throw error;
      if (error.code !== 'draining') setTimeout(() => void this.#refresh(kits), error.retryAfterMs).unref();
      return;
    }
    const changes = kits.flatMap((sku) => {
      const nodes = new Set(this.#partsOf(sku).components.flatMap((part) => [...part.nodes.keys()]));
      return this.#change(sku, { at: Date.now(), receivedAt: 0, nodes });
    });
    if (changes.length > 0) this.#ports.publish(changes);
  }

  /** The rows say what the components are, so they are read first. */
  async #load(kits: readonly Sku[]): Promise<void> {
    await this.#read(kits);
    const components = kits.flatMap((sku) => this.#componentsOf(sku).map((part) => [part, sku] as const));
    for (const [part, sku] of components) {
      const known = this.#kitsOf.get(part);
      if (known === undefined) this.#kitsOf.set(part, new Set([sku]));
      else known.add(sku);
    }
    await this.#read(components.map(([part]) => part));
  }

  async #read(asked: readonly Sku[]): Promise<void> {
    const skus = [...new Set(asked)].filter((sku) => !this.#part(sku).isWhole);
    if (skus.length === 0) return;
    for (const stock of await this.#ports.read(skus)) this.#part(stock.sku).tell(stock);
    for (const sku of skus) this.#part(sku).isWhole = true;
  }

  #componentsOf(kit: Sku): Sku[] {
    return (this.#part(kit).kit?.components ?? []).map(({ sku }) => sku);
  }

  #part(sku: Sku): Part {
    const known = this.#parts.get(sku) ?? new Part();
    this.#parts.set(sku, known);
    return known;
  }

  #partsOf(sku: Sku): KitParts {
    const own = this.#part(sku);
    const { kit } = own;
    assert(kit !== undefined, () => `the row of kit ${sku} was read and is none`);
    return { sku, kit, own, components: kit.components.map((one) => this.#part(one.sku)) };
  }

  /** Of a kit whose parts are whole. */
  #show(sku: Sku): SkuStock {
    const known = this.#shown.get(sku);
    const stock = kitStock(this.#partsOf(sku));
    if (known !== undefined && stock.revision === known.revision) return known;
    assert(known === undefined || stock.revision > known.revision, () => `the revision of kit ${sku} goes back`);
    this.#shown.set(sku, stock);
    return stock;
  }

  /** Nothing while a part is unread: whoever reads it tells what came of it. */
  #change(sku: Sku, { at, receivedAt, nodes }: Touched): StockChange[] {
    const before = this.#shown.get(sku);
    if (before === undefined || ![sku, ...this.#componentsOf(sku)].every((part) => this.#part(part).isWhole)) return [];
    const stock = this.#show(sku);
    if (stock.revision === before.revision) return [];
    const { revision, position, channels } = stock;
    const moved = stock.nodes.filter(({ node }) => nodes.has(node));
    // A component's facts are counted with the component.
    return [{ sku, revision, position, at, receivedAt, facts: 0, channels, nodes: moved }];
  }
}

function joined(before: Touched | undefined, { at, receivedAt, nodes }: StockChange): Touched {
  const moved = new Set([...(before?.nodes ?? []), ...nodes.map(({ node }) => node)]);
  const receipts = [before?.receivedAt ?? 0, receivedAt].filter((each) => each > 0);
  return {
    at: Math.max(at, before?.at ?? 0),
    receivedAt: receipts.length === 0 ? 0 : Math.min(...receipts),
    nodes: moved,
  };
}

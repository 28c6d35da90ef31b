import type { Engine, EngineStats, Publish } from '../engine/api.ts';
import { MicrosBuckets } from '../engine/contract/buckets.ts';
import type { NodeStock, SkuStock } from '../engine/contract/change.ts';
import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../engine/contract/ids.ts';
import type {
  ChannelRef,
  ItemRef,
  NodeGroupRef,
  NodeRef,
  PoolRef,
  SafetyRef,
  SourceRef,
  SwitchRef,
} from '../engine/contract/reference.ts';
import type { TopicSource, TopicSources } from './topic-source.ts';

// A stand-in for tests of topics, sessions and pushing, which need stock that changes on command and reads that answer
// when the test says so. Whatever crosses HTTP or a socket is tested with the real engine (test-server.ts).

export const DC = 'DC-1' as NodeId;
export const STORE = 'S-1' as NodeId;
export const WEB = 'web' as ChannelId;
export const STAFF_ONLY = 'b2b' as ChannelId;

const NO_TOPICS: TopicSource = { conflateMsMin: 0, acquire: async () => [], release: () => undefined };

/** Channels that know no key. */
export const NO_SOURCES: TopicSources = { ops: NO_TOPICS, alerts: NO_TOPICS, order: NO_TOPICS, orders: NO_TOPICS };

export function sku(text: string): Sku {
  return text as Sku;
}

export class TestEngine {
  readonly epoch = 'e1';
  readonly reference = {
    nodes: new Map<NodeId, NodeRef>([DC, STORE].map((id, index) => [id, node(id, index)])),
    groups: new Map<string, NodeGroupRef>([['all', { id: 'all' as GroupId, nodes: [DC, STORE] }]]),
    channels: new Map<string, ChannelRef>([
      [WEB, channel(WEB, true)],
      [STAFF_ONLY, channel(STAFF_ONLY, false)],
    ]),
    sources: new Map<SourceId, SourceRef>(),
    items: new Map<Sku, ItemRef>(),
    pools: new Map<string, PoolRef>(),
    safety: new Map<string, SafetyRef>(),
    switches: new Map<string, SwitchRef>(),
  };
  /** Reads wait until the test lets them go. */
  readonly #held: (() => void)[] = [];
  readonly #stock = new Map<Sku, { store: number; dc: number; revision: number; silentSince?: number }>();
  readonly #publish: Publish;
  holdReads = false;
  reads = 0;

  constructor(publish: Publish = () => undefined) {
    this.#publish = publish;
  }

  /** Sets on-hand at the store (and the DC) and publishes it, as one fact. */
  set(of: string, units: number, about: { at?: number; dc?: number; receivedAt?: number } = {}): void {
    const key = sku(of);
    const before = this.#stock.get(key);
    const dc = about.dc ?? before?.dc ?? 0;
    this.#stock.set(key, { store: units, dc, revision: (before?.revision ?? 0) + 1 });
    const stock = this.#read(key)!;
    const moved = about.dc === undefined ? stock.nodes.filter((one) => one.node === STORE) : stock.nodes;
    const { at = 1_000, receivedAt = 1_000 } = about;
    this.#publish([{ ...stock, nodes: moved, at, receivedAt, facts: 1 }]);
  }

  /** Nobody reports the sku's nodes any more, since then; undefined: somebody does. */
  silence(of: string, silentSince: number | undefined): void {
    const { store, dc, revision } = this.#stock.get(sku(of))!;
    const silent = silentSince === undefined ? {} : { silentSince };
    this.#stock.set(sku(of), { store, dc, revision: revision + 1, ...silent });
    this.#publish([{ ...this.#read(sku(of))!, at: 1_000, receivedAt: 1_000, facts: 1 }]);
  }

  releaseReads(): void {
    for (const go of this.#held.splice(0)) go();
  }

  async stock(skus: readonly Sku[]): Promise<readonly SkuStock[]> {
    this.reads += 1;
    const answer = skus.map((one) => this.#read(one)).filter((one) => one !== undefined);
    if (this.holdReads) await new Promise<void>((go) => this.#held.push(go));
    return answer;
  }

  /** As the parts under test see it. */
  get asEngine(): Engine {
    return this as unknown as Engine;
  }

  async stats(): Promise<Partial<EngineStats>> {
    return {
      recorded: 0,
      duplicates: 0,
      refused: 0,
      holds: 0,
      openLetters: 0,
      health: [],
      heard: [],
      silent: [],
      gaps: [],
      slowClocks: [],
      journal: JOURNAL,
      projector: { position: 0, lag: 0 },
      invariants: { checkedAt: null, positions: 0, short: 0, violations: 0 },
    };
  }

  async reservations(): Promise<readonly []> {
    return [];
  }

  async letters(): Promise<readonly []> {
    return [];
  }

  #read(of: Sku): SkuStock | undefined {
    const known = this.#stock.get(of);
    if (known === undefined) return undefined;
    const { store, dc, revision, silentSince } = known;
    const silent = silentSince === undefined ? {} : { silentSince };
    const ats = store + dc;
    const band = ats === 0 ? 'out-of-stock' : ats <= 3 ? 'low-stock' : 'in-stock';
    return {
      sku: of,
      position: `p${revision}`,
      revision,
      channels: [WEB, STAFF_ONLY].map((id) => ({ channel: id, ats, unplaced: 0, band, asOf: revision, ...silent })),
      nodes: [nodeStock(STORE, store), nodeStock(DC, dc)],
      inbound: [],
    };
  }
}

const JOURNAL = {
  commits: 0,
  facts: 0,
  bytes: 0,
  head: 0,
  commitMicrosP50: 0,
  commitMicrosP99: 0,
  commitMicros: new MicrosBuckets().read(),
  segments: 0,
};

function node(id: NodeId, index: number): NodeRef {
  return {
    id,
    kind: 'store',
    name: `Node ${id}`,
    lat: 41 + index,
    lon: -93,
    timeZone: 'America/Chicago',
    postcode: '50309',
    capabilities: ['ship', 'pickup'],
    hours: [],
    owner: 'wms' as SourceId,
    safety: 0,
    enabled: true,
  };
}

function channel(id: ChannelId, unitsPublic: boolean): ChannelRef {
  return { id, name: id, group: 'all' as GroupId, unitsPublic, lowAt: 3, clearAt: 5 };
}

function nodeStock(id: NodeId, units: number): NodeStock {
  return {
    node: id,
    onHand: units,
    unavailable: 0,
    states: {},
    departed: 0,
    reserved: 0,
    allocated: 0,
    safety: 0,
    available: units,
    short: 0,
    inbound: 0,
    asOf: {},
    uncertain: false,
  };
}

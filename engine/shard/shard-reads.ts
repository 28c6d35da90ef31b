import type { EngineStats } from '../api.ts';
import type { AtpOutcome, AtpRequest } from '../contract/atp.ts';
import type { SkuStock } from '../contract/change.ts';
import type { Sku } from '../contract/ids.ts';
import { shardOfReservation, type ClientId, type ReservationId } from '../contract/ids.ts';
import type { OpenCount } from '../contract/machine.ts';
import type {
  Heard,
  IntakeStats,
  NodeHealth,
  NodeStats,
  OrderStats,
  PromiseStats,
  Query,
  StockStats,
} from '../contract/query.ts';
import type { NodeLoad } from '../contract/work-order.ts';
import { newestPage, type Reservation, type ReservationsAsked } from '../contract/reservation.ts';
import { type Shortfall, shortfallPage, type ShortfallsAsked } from '../contract/shortfall.ts';
import { kindOf, type Partition, shardOfSku } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/** Skus of one chunk when everything is read: with 100 nodes each about 1 MiB of answer, 10 ms of a shard's time. */
const CHUNK_SKUS = 50;

/** Reads that concern more than one shard, merged. */
export class ShardReads {
  #calls: ShardCalls;
  #partition: Partition;

  constructor(calls: ShardCalls, partition: Partition) {
    this.#calls = calls;
    this.#partition = partition;
  }

  async stock(skus: readonly Sku[]): Promise<SkuStock[]> {
    const byShard = Map.groupBy(new Set(skus), (sku) => shardOfSku(this.#partition, sku));
    const queries = [...byShard].map(([shard, part]) => ({ shard, query: { ask: 'stock', skus: part } as const }));
    const answers = await this.#calls.queries(queries, 'stock');
    return answers.flatMap(({ stock }) => stock);
  }

  async atp(request: AtpRequest): Promise<AtpOutcome> {
    const shard = shardOfSku(this.#partition, request.sku);
    return (await this.#calls.query(shard, { ask: 'atp', ...request }, 'atp')).outcome;
  }

  /** One shard after the other, chunk by chunk: a reader that stops costs nothing more. */
  async *allStock(): AsyncGenerator<readonly SkuStock[]> {
    for (let shard = 0; shard < this.#partition.stockShards; shard++) {
      let after: Sku | undefined;
      do {
        const query: Query = { ask: 'all-stock', limit: CHUNK_SKUS, ...(after !== undefined && { after }) };
        const { stock } = await this.#calls.query(shard, query, 'stock');
        if (stock.length > 0) yield stock;
        after = stock.at(-1)?.sku;
      } while (after !== undefined);
    }
  }

  async reservation(id: ReservationId, client?: ClientId): Promise<Reservation | undefined> {
    const shard = this.holdingShard(id);
    if (shard === undefined) return undefined;
    const query: Query = { ask: 'reservation', id, ...(client !== undefined && { client }) };
    return (await this.#calls.query(shard, query, 'reservation')).reservation;
  }

  /** The shard that decides about a reservation; undefined when there is no such shard. */
  holdingShard(id: ReservationId): number | undefined {
    const shard = shardOfReservation(id);
    return shard !== undefined && shard < this.#partition.intake ? shard : undefined;
  }

  /** Each shard's page holds all that can be in the page of all. */
  async reservations(asked: ReservationsAsked): Promise<Reservation[]> {
    const query = { ask: 'reservations', ...asked } as const;
    const queries = Array.from({ length: this.#partition.intake }, (_, shard) => ({ shard, query }));
    const answers = await this.#calls.queries(queries, 'reservations');
    return newestPage(
      answers.flatMap(({ reservations }) => reservations),
      asked,
    );
  }

  /** Open reservations of every client, shard by shard (rule RS6). */
  async openCounts(): Promise<{ shard: number; open: readonly OpenCount[] }[]> {
    const query = { ask: 'open-counts' } as const;
    const queries = Array.from({ length: this.#partition.intake }, (_, shard) => ({ shard, query }));
    const answers = await this.#calls.queries(queries, 'open-counts');
    return answers.map(({ open }, shard) => ({ shard, open }));
  }

  /** Each shard's page holds all that can be in the page of all. */
  async shortfalls(asked: ShortfallsAsked): Promise<Shortfall[]> {
    const query = { ask: 'shortfalls', ...asked } as const;
    const queries = Array.from({ length: this.#partition.stockShards }, (_, shard) => ({ shard, query }));
    const answers = await this.#calls.queries(queries, 'shortfalls');
    return shortfallPage(
      answers.flatMap(({ shortfalls }) => shortfalls),
      asked,
    );
  }

  /** How busy each node is now. */
  async loads(): Promise<NodeLoad[]> {
    const shards = Array.from({ length: this.#partition.shards }, (_, shard) => shard);
    const ofNodes = shards.filter((shard) => kindOf(this.#partition, shard) === 'node');
    const query = { ask: 'stats' } as const;
    const answers = await this.#calls.queries(
      ofNodes.map((shard) => ({ shard, query })),
      'stats',
    );
    return answers.flatMap(({ stats }) => ('loads' in stats ? stats.loads : []));
  }

  async stats(): Promise<ShardStats> {
    const queries = Array.from({ length: this.#partition.shards }, (_, shard) => ({
      shard,
      query: { ask: 'stats' } as const,
    }));
    const answers = await this.#calls.queries(queries, 'stats');
    const of = (kind: string) =>
      answers.filter((_, shard) => kindOf(this.#partition, shard) === kind).map(({ stats }) => stats);
    const orders = mergeOrderStats(of('order') as OrderStats[], of('node') as NodeStats[]);
    const rest = mergeStats(
      of('stock') as StockStats[],
      of('promise') as PromiseStats[],
      of('intake') as IntakeStats[],
    );
    return { ...rest, orders };
  }
}

export type ShardStats = Omit<
  EngineStats,
  'epoch' | 'shards' | 'threads' | 'undurableBytes' | 'journal' | 'projector' | 'invariants' | 'slowClocks'
>;

export function mergeOrderStats(orders: readonly OrderStats[], nodes: readonly NodeStats[]): ShardStats['orders'] {
  const sum = (of: (stats: OrderStats) => number): number => orders.reduce((total, stats) => total + of(stats), 0);
  return {
    kept: sum(({ orders: kept }) => kept),
    open: sum(({ open }) => open),
    early: sum(({ early }) => early),
    byStatus: addUp(orders.map(({ byStatus }) => byStatus)),
    byQueue: addUp(orders.map(({ byQueue }) => byQueue)),
    openByShard: orders.map(({ open }) => open),
    workOpen: nodes.flatMap(({ loads }) => loads).reduce((total, { open }) => total + open, 0),
  };
}

export function mergeStats(
  stock: readonly StockStats[],
  promise: readonly PromiseStats[],
  intake: readonly IntakeStats[],
): Omit<ShardStats, 'orders'> {
  const sum = (of: (stats: StockStats) => number): number => stock.reduce((total, stats) => total + of(stats), 0);
  return {
    skus: sum(({ skus }) => skus),
    positions: sum(({ positions }) => positions),
    holds: sum(({ holds }) => holds) + promise.reduce((total, { held }) => total + held, 0),
    recorded: sum(({ recorded }) => recorded),
    duplicates: sum(({ duplicates }) => duplicates),
    refused: sum(({ refused }) => refused),
    tableBytes: addUp(stock.map(({ tableBytes }) => tableBytes)),
    openLetters: intake.reduce((total, { open }) => total + open, 0),
    health: mergeHealth(stock.flatMap(({ health }) => health)),
    silent: intake.flatMap(({ silent }) => silent),
    gaps: intake.flatMap(({ gaps }) => gaps),
    heard: mergeHeard([...stock, ...intake].flatMap(({ heard }) => heard)),
  };
}

function addUp(all: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const each of all) for (const [name, count = 0] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function mergeHealth(all: readonly NodeHealth[]): NodeHealth[] {
  const merged = new Map<string, NodeHealth>();
  for (const each of all) {
    const known = merged.get(each.node);
    const sums = known && {
      node: each.node,
      positions: known.positions + each.positions,
      stocked: known.stocked + each.stocked,
      low: known.low + each.low,
      short: known.short + each.short,
    };
    merged.set(each.node, sums ?? each);
  }
  return [...merged.values()];
}

/** The newest per source and node. */
function mergeHeard(all: readonly Heard[]): Heard[] {
  const merged = new Map<string, Heard>();
  for (const each of all) {
    const key = `${each.source}\n${each.node ?? ''}`;
    const known = merged.get(key);
    if (known === undefined || each.at > known.at) merged.set(key, each);
  }
  return [...merged.values()];
}

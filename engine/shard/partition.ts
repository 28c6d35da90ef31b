import { unreachable } from '../contract/assert.ts';
import type { Command } from '../contract/command.ts';
import { shardOf } from '../contract/digest.ts';
import type { Sku } from '../contract/ids.ts';
import { explodeLines } from '../contract/kit.ts';
import { isOfSku, isUntold, skuOfKey } from '../contract/reference.ts';
import type { ItemRef, KitRef, PoolRef, ReferenceBatch, SwitchRef } from '../contract/reference.ts';
import type { RowsChanged, ShardPart } from '../contract/reference-change.ts';
import type { ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';

// Which shard decides about what. Stock shards come first, then promise shards, then the intake shard:
//   0 … S-1 stock   S … S+P-1 promise   S+P intake

export type ShardKind = 'stock' | 'promise' | 'intake';

export interface Partition {
  readonly stockShards: number;
  readonly promiseShards: number;
  /** All shards: stock, promise, intake. */
  readonly shards: number;
  readonly intake: number;
}

/** Both counts are the data folder's, fixed when it was created. */
export function createPartition(stockShards: number, promiseShards: number): Partition {
  const intake = stockShards + promiseShards;
  return { stockShards, promiseShards, shards: intake + 1, intake };
}

export function kindOf({ stockShards, intake }: Partition, shard: number): ShardKind {
  if (shard < stockShards) return 'stock';
  return shard === intake ? 'intake' : 'promise';
}

export function shardOfSku({ stockShards }: Partition, sku: Sku): number {
  return shardOf(sku, stockShards);
}

/** A retry must meet the shard that remembers its key, so client and key choose it (rule RS2). */
function promiseShardOf({ stockShards, promiseShards }: Partition, { client, key }: ReserveRequest): number {
  return stockShards + shardOf(`${client}\n${key}`, promiseShards);
}

/** What one shard gets of a call, and where in the call each of its events stood. */
export interface EventPart {
  readonly shard: number;
  readonly events: StockEvent[];
  /** Index in the call of each event. */
  readonly indexes: number[];
}

/** Splits a call by shard, each part in the call's order. A `complete` concerns every sku of its node, so every stock shard gets it. */
export function splitEvents(partition: Partition, events: readonly StockEvent[]): EventPart[] {
  const parts = new Map<number, EventPart>();
  events.forEach((event, index) => {
    for (const shard of shardsOfEvent(partition, event)) {
      let part = parts.get(shard);
      if (part === undefined) parts.set(shard, (part = { shard, events: [], indexes: [] }));
      part.events.push(event);
      part.indexes.push(index);
    }
  });
  return [...parts.values()];
}

function shardsOfEvent(partition: Partition, event: StockEvent): Iterable<number> {
  switch (event.kind) {
    case 'heartbeat':
      return [partition.intake];
    case 'complete':
      return Array.from({ length: partition.stockShards }, (_, shard) => shard);
    case 'snapshot':
    case 'delta':
    case 'move':
    case 'inbound':
    case 'void':
      return [shardOfSku(partition, event.sku)];
    default:
      return unreachable(event);
  }
}

/** Where a reservation is decided: its skus' one shard, or a promise shard that asks each line's shard; with kits always there. */
export function placeReserve(
  partition: Partition,
  request: ReserveRequest,
  known: ReadonlyMap<Sku, KitRef> = NO_KITS,
): { readonly shard: number; readonly command: Extract<Command, { do: 'reserve' }> } {
  const kits = kitsIn(request, known);
  if (kits.length > 0) {
    const shards = explodeLines(request.lines, kits).lines.map(({ sku }) => shardOfSku(partition, sku));
    return { shard: promiseShardOf(partition, request), command: { do: 'reserve', request, shards, kits } };
  }
  const shards = request.lines.map(({ sku }) => shardOfSku(partition, sku));
  const first = shards[0] ?? 0;
  const single = shards.every((shard) => shard === first);
  if (single) return { shard: first, command: { do: 'reserve', request } };
  return { shard: promiseShardOf(partition, request), command: { do: 'reserve', request, shards } };
}

const NO_KITS: ReadonlyMap<Sku, KitRef> = new Map();

/** The definitions that hold now: whatever becomes of them, the reservation stays what it is (rule AV9). */
function kitsIn({ lines }: ReserveRequest, known: ReadonlyMap<Sku, KitRef>): KitRef[] {
  if (known.size === 0) return [];
  return [...new Set(lines.map(({ sku }) => sku))].flatMap((sku) => known.get(sku) ?? []);
}

/** Rows of skus go to their sku's shard; everything else that moves stock is known in every stock shard. Rows keep their order. */
export function splitReference({ stockShards }: Partition, changed: RowsChanged): ShardPart[] {
  const { batch, retire = [] } = changed;
  const { of } = batch;
  if (isUntold(of)) return [];
  if (!isOfSku(of)) return Array.from({ length: stockShards }, (_, shard) => ({ shard, ...changed }));
  const own = batch.rows as readonly (ItemRef | PoolRef | SwitchRef | KitRef)[];
  const rowsOf = Map.groupBy(own, ({ sku }) => shardOf(sku, stockShards));
  const retireOf = Map.groupBy(retire, (key) => shardOf(skuOfKey(key), stockShards));
  return [...new Set([...rowsOf.keys(), ...retireOf.keys()])].map((shard) => {
    const keys = retireOf.get(shard);
    const part = { of, rows: rowsOf.get(shard) ?? [] } as ReferenceBatch;
    return { shard, batch: part, ...(keys !== undefined && { retire: keys }) };
  });
}

import { unreachable } from '../contract/assert.ts';
import type { Command } from '../contract/command.ts';
import { shardOf } from '../contract/digest.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import { explodeLines } from '../contract/kit.ts';
import { isOfOrders, isOfSku, isOfStock, skuOfKey } from '../contract/reference.ts';
import type { ItemRef, KitRef, PoolRef, ReferenceBatch, SwitchRef } from '../contract/reference.ts';
import type { RowsChanged, ShardPart } from '../contract/reference-change.ts';
import type { ReserveRequest } from '../contract/reservation.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import type { StockEvent } from '../contract/stock-event.ts';

// Which shard decides about what. Stock shards come first, then promise shards, then the intake shard:
//   0 … S-1 stock   S … S+P-1 promise   S+P intake   then O order shards   then N node shards

export type ShardKind = 'stock' | 'promise' | 'intake' | 'order' | 'node';

export interface ShardCounts {
  readonly stockShards: number;
  readonly promiseShards: number;
  readonly orderShards: number;
  readonly nodeShards: number;
}

export interface Partition extends ShardCounts {
  /** All shards. */
  readonly shards: number;
  readonly intake: number;
  /** First order shard, and first node shard. */
  readonly orders: number;
  readonly nodes: number;
}

/** The counts are the data folder's, fixed when it was created. */
export function createPartition(counts: ShardCounts): Partition {
  const { stockShards, promiseShards, orderShards, nodeShards } = counts;
  const intake = stockShards + promiseShards;
  const orders = intake + 1;
  const nodes = orders + orderShards;
  return { stockShards, promiseShards, orderShards, nodeShards, intake, orders, nodes, shards: nodes + nodeShards };
}

export function kindOf({ stockShards, intake, orders, nodes }: Partition, shard: number): ShardKind {
  if (shard < stockShards) return 'stock';
  if (shard < intake) return 'promise';
  if (shard < orders) return 'intake';
  return shard < nodes ? 'order' : 'node';
}

/** A channel's messages about an order must all meet the shard that has it (rule OR1). */
export function shardOfChannelOrder(
  { orders, orderShards }: Partition,
  { channel, channelOrderId }: Pick<ShopMessage, 'channel' | 'channelOrderId'>,
): number {
  return orders + shardOf(`${channel}\n${channelOrderId}`, orderShards);
}

export function shardOfNode({ nodes, nodeShards }: Pick<Partition, 'nodes' | 'nodeShards'>, node: NodeId): number {
  return nodes + shardOf(node, nodeShards);
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

/**
 * Rows of skus go to their sku's shard; everything else that moves stock is known in every stock shard, what orders look at in
 * every order shard, nodes in every node shard. Rows keep their order.
 */
export function splitReference(partition: Partition, changed: RowsChanged): ShardPart[] {
  const { of } = changed.batch;
  return [
    ...(isOfSku(of) ? skuParts(partition, changed) : []),
    ...(isOfStock(of) && !isOfSku(of) ? everyShard(0, partition.stockShards, changed) : []),
    ...(isOfOrders(of) ? everyShard(partition.orders, partition.orderShards, changed) : []),
    ...(of === 'nodes' ? everyShard(partition.nodes, partition.nodeShards, changed) : []),
  ];
}

function everyShard(first: number, count: number, changed: RowsChanged): ShardPart[] {
  return Array.from({ length: count }, (_, index) => ({ shard: first + index, ...changed }));
}

function skuParts({ stockShards }: Partition, { batch, retire = [] }: RowsChanged): ShardPart[] {
  const { of } = batch;
  const own = batch.rows as readonly (ItemRef | PoolRef | SwitchRef | KitRef)[];
  const rowsOf = Map.groupBy(own, ({ sku }) => shardOf(sku, stockShards));
  const retireOf = Map.groupBy(retire, (key) => shardOf(skuOfKey(key), stockShards));
  return [...new Set([...rowsOf.keys(), ...retireOf.keys()])].map((shard) => {
    const keys = retireOf.get(shard);
    const part = { of, rows: rowsOf.get(shard) ?? [] } as ReferenceBatch;
    return { shard, batch: part, ...(keys !== undefined && { retire: keys }) };
  });
}

import { randomBytes } from 'node:crypto';
import type { ClientId, OrderId, Sku } from '../contract/ids.ts';
import { shardOfOrder } from '../contract/ids.ts';
import { explodeLines } from '../contract/kit.ts';
import type { ByHand, Order, OrderAct } from '../contract/order.ts';
import type { ActOutcome, ShopMessageCommand, ShopOutcome } from '../contract/order-command.ts';
import { refuse } from '../contract/outcome.ts';
import type { KitRef } from '../contract/reference.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { kindOf, type Partition, shardOfChannelOrder, shardOfSku } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/** Main's way in for orders: a channel's message goes to its order's shard, told where its skus and kits belong. */
export class OrderDoor {
  readonly #calls: ShardCalls;
  readonly #partition: Partition;
  /** As main knows them now. */
  readonly #kits: ReadonlyMap<Sku, KitRef>;

  constructor(calls: ShardCalls, about: { readonly partition: Partition; readonly kits: ReadonlyMap<Sku, KitRef> }) {
    this.#calls = calls;
    this.#partition = about.partition;
    this.#kits = about.kits;
  }

  say(client: ClientId, message: ShopMessage): Promise<ShopOutcome> {
    const shard = shardOfChannelOrder(this.#partition, message);
    return this.#calls.command<ShopOutcome>(shard, this.#told(client, message));
  }

  async act(
    order: OrderId,
    asked: { readonly client: ClientId; readonly by: ByHand; readonly what: OrderAct },
  ): Promise<ActOutcome> {
    const shard = this.#owner(order);
    if (shard === undefined) return refuse('unknown-order');
    return this.#calls.command<ActOutcome>(shard, { do: 'order-act', order, ...asked });
  }

  async read(ids: readonly OrderId[]): Promise<readonly Order[]> {
    const byShard = Map.groupBy(ids, (id) => this.#owner(id));
    byShard.delete(undefined);
    const asked = [...byShard].map(([shard = 0, own]) => ({ shard, query: { ask: 'orders', ids: own } as const }));
    const answers = await this.#calls.queries(asked, 'orders');
    return answers.flatMap(({ orders }) => orders);
  }

  #owner(id: OrderId): number | undefined {
    const shard = shardOfOrder(id);
    const isOurs = shard !== undefined && shard < this.#partition.shards && kindOf(this.#partition, shard) === 'order';
    return isOurs ? shard : undefined;
  }

  #told(client: ClientId, message: ShopMessage): ShopMessageCommand {
    const lines = 'order' in message ? message.order.lines : [];
    const kits = [...new Set(lines.map(({ sku }) => sku))].flatMap((sku) => this.#kits.get(sku) ?? []);
    const group = '' as never;
    const exploded = explodeLines(
      lines.map(({ sku, units }) => ({ sku, units, group })),
      kits,
    ).lines;
    const skus = [...new Set(exploded.map(({ sku }) => sku))];
    const shards = Object.fromEntries(skus.map((sku) => [sku, shardOfSku(this.#partition, sku)]));
    // Machines roll no dice: what nobody shall guess is drawn here.
    const secret = randomBytes(16).toString('hex');
    return { do: 'shop-message', client, message, shards, ...(kits.length > 0 && { kits }), secret };
  }
}

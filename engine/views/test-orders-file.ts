import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChannelId, OrderId, Sku } from '../contract/ids.ts';
import { orderId } from '../contract/ids.ts';
import type { Order, OrderLine } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import type { OrderRow, OrdersAsked } from '../contract/order-view.ts';
import type { Journal } from '../journal/journal.ts';
import { openSnapshotStore } from '../journal/snapshot-store.ts';
import { imageOfOrders } from '../orders/order-image.ts';
import { ordersPage } from './order-answers.ts';
import { OrderProjector, type OrderProjectorSettings } from './order-projector.ts';
import { append, EPOCH, folder } from './test-ledger.ts';

// Orders in a real journal, for tests of orders.sqlite.

export const ORDER_SHARD = 2;
export const PLACED_MS = 1_767_600_000_000;

export class OrderJournal {
  readonly dir: string;
  readonly journal: Journal;
  #lsn = 0;

  constructor() {
    ({ dir: this.dir, journal: this.journal } = folder());
  }

  get settings(): OrderProjectorSettings {
    return {
      ordersPath: join(this.dir, 'orders.sqlite'),
      journalDir: join(this.dir, 'journal'),
      snapshotsDir: join(this.dir, 'snapshots'),
      epoch: EPOCH,
      orderDays: 1_095,
      orders: ORDER_SHARD,
      nodes: ORDER_SHARD + 1,
      head: this.journal.head,
      log() {},
    };
  }

  write(...facts: readonly OrderFact[]): void {
    this.writeAt(PLACED_MS, ...facts);
  }

  writeAt(atMs: number, ...facts: readonly OrderFact[]): void {
    if (facts.length === 0) return;
    const about = { shard: ORDER_SHARD, atMs };
    append(this.journal, ...facts.map((fact) => ({ ...about, lsn: ++this.#lsn, fact: fact as never })));
  }

  place(...orders: readonly Order[]): void {
    this.write(...orders.map(placed));
  }

  /** Of the shard with these orders, as far as it has come. */
  async snapshot(orders: readonly Order[]): Promise<void> {
    const store = openSnapshotStore({ dir: this.settings.snapshotsDir, shard: ORDER_SHARD });
    const image = imageOfOrders(new Uint8Array(8), orders.map((order) => ({ order })) as never);
    const writer = store.begin({ lsn: this.#lsn, position: this.journal.head }, image);
    while (!writer.step(10));
    await writer.finish();
  }

  /** Facts of nothing that is looked at: more than a segment. */
  fill(): void {
    for (let commit = 0; commit < 40; commit++) {
      const order = { ...orderOf(1_000 + commit), note: 'x'.repeat(4_000) };
      const message = { kind: 'place', order } as never;
      this.write({ fact: 'MessageKept', at: PLACED_MS, order: order.id, client: 'shop' as never, message });
    }
  }

  /** The journal forgets whole segments before the newest. */
  cutBeginning(): void {
    this.journal.releaseBefore(this.journal.head);
    rmSync(join(this.settings.journalDir, 'archive'), { recursive: true });
  }

  /** Everything that is in the journal. */
  read(most?: number): OrderProjector {
    const projector = new OrderProjector(this.settings);
    onTestFinished(() => {
      if (projector.file.db.isOpen) projector.close();
    });
    while (!projector.step(this.journal.head, most));
    return projector;
  }
}

const placed = (begins: Order): OrderFact => {
  return { fact: 'OrderPlaced', at: begins.at, order: begins.id, begins, message: 'm', shards: {}, secret: 'x' };
};

export function orderOf(number: number, about: Partial<Order> = {}, skus: readonly string[] = ['SKU-1']): Order {
  const at = PLACED_MS + number * 1_000;
  return {
    id: orderId(ORDER_SHARD, number),
    channel: 'web' as ChannelId,
    channelOrderId: `G${number}`,
    number: `#${1_000 + number}`,
    client: 'shop' as never,
    placedAt: at,
    receivedAt: at,
    currency: 'USD',
    customer: {},
    method: 'ship',
    group: 'all' as never,
    tags: [],
    priority: 5,
    lines: skus.map((sku, index) => lineOf(`${index + 1}`, sku)),
    charges: [],
    holds: [],
    works: [],
    returns: [],
    refunds: [],
    token: 'secret',
    version: 1,
    at,
    ...about,
  };
}

const lineOf = (line: string, sku: string): OrderLine => {
  const price = { unitMinor: 1_000, discountMinor: 0, taxMinor: 0 };
  return { line, sku: sku as Sku, name: `Thing ${sku}`, units: 2, ...price, pieces: [{ units: 2, state: 'asked' }] };
};

/** All pages, one after the other. */
export function allOf(projector: OrderProjector, asked: Partial<OrdersAsked> = {}): readonly OrderRow[] {
  const rows: OrderRow[] = [];
  for (let after: string | undefined; ;) {
    const about = { sort: 'newest', limit: 50, ...asked, ...(after !== undefined && { after }) } as const;
    const page = ordersPage(projector, about);
    rows.push(...page.orders);
    if (page.next === undefined) return rows;
    after = page.next;
  }
}

export const idsOf = (rows: readonly { readonly id: OrderId }[]): readonly OrderId[] => rows.map(({ id }) => id);

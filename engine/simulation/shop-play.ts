import type { ChannelId, ClientId, GroupId, NodeId, ReservationId, Sku } from '../contract/ids.ts';
import type { KitRef } from '../contract/reference.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { ShopLine, ShopMessage, ShopOrder } from '../contract/shop-order.ts';
import { type Partition, shardOfChannelOrder } from '../shard/partition.ts';
import type { Chance } from './chance.ts';
import type { Work } from './client.ts';
import type { OrderBooks } from './order-books.ts';
import { CHANNELS, CLIENTS, GROUPS, NODES, SKUS } from './retailer.ts';
import type { Sent } from './sent.ts';

// What channels say of orders: they place, edit, cancel and refund, out of order, twice, and under one id with other content.

interface Held {
  readonly id: ReservationId;
  readonly client: ClientId;
  readonly lines: readonly ReserveLine[];
}

type Place = Extract<ShopMessage, { kind: 'place' }>;

/** Orders of one run at most: few, so that much happens to each. */
const ORDERS_MAX = 12;

export class ShopPlay {
  readonly #chance: Chance;
  readonly #partition: Partition;
  readonly #sent: Sent;
  readonly #kits: ReadonlyMap<Sku, KitRef>;
  readonly #orders: { readonly client: ClientId; readonly place: Place }[] = [];
  /** Placing messages that are on their way for long: others about the order come before them. */
  readonly #late: { readonly client: ClientId; readonly place: Place }[] = [];
  readonly #said: { readonly client: ClientId; readonly message: ShopMessage }[] = [];
  readonly #books: OrderBooks;
  #made = 0;

  /** `kits`: as main knows them. */
  constructor(
    chance: Chance,
    partition: Partition,
    sent: Sent,
    about: { readonly kits: ReadonlyMap<Sku, KitRef>; readonly books: OrderBooks },
  ) {
    this.#chance = chance;
    this.#partition = partition;
    this.#sent = sent;
    this.#kits = about.kits;
    this.#books = about.books;
  }

  next(nowMs: number, held: readonly Held[]): Work[] {
    const chance = this.#chance;
    const late = this.#late.length > 0 && chance.yes(0.3) ? this.#late.shift() : undefined;
    if (late !== undefined) return this.#say(late.client, late.place);
    if (this.#said.length > 0 && chance.yes(0.2)) return this.#again();
    const placed = this.#orders.length === 0 || chance.yes(0.4) ? this.place(nowMs, held) : [];
    if (placed.length > 0 || this.#orders.length === 0) return placed;
    const { client, place } = chance.pick(chance.yes(0.6) ? this.#orders.slice(-3) : this.#orders);
    return this.#say(client, this.#later(place, nowMs));
  }

  /** All that was said, as it was. */
  everything(): Work[] {
    return this.#said.map(({ client, message }) => this.#told(client, message));
  }

  #again(): Work[] {
    const chance = this.#chance;
    const { client, message } = chance.pick(this.#said);
    if (chance.yes(0.8)) return this.#say(client, message);
    return this.#say(client, { ...message, at: message.at + 1_000 });
  }

  /** A new order. */
  place(nowMs: number, held: readonly Held[]): Work[] {
    const chance = this.#chance;
    if (this.#orders.length >= ORDERS_MAX || (!this.#books.areReady && chance.yes(0.95))) return [];
    const known = held.length > 0 && chance.yes(0.35) ? chance.pick(held.slice(-3)) : undefined;
    const channel = chance.pick(Object.keys(CHANNELS)) as ChannelId;
    const order = this.#order(nowMs, channel, known);
    const head = { channel, channelOrderId: `A${this.#orders.length}`, message: `m${this.#made++}` };
    const place: Place = { ...head, kind: 'place', at: this.#moment(nowMs), order };
    const made = { client: known?.client ?? chance.pick(CLIENTS), place };
    this.#orders.push(made);
    if (chance.yes(0.8)) return this.#say(made.client, place);
    this.#late.push(made);
    return this.#say(made.client, this.#later(place, nowMs));
  }

  #order(nowMs: number, channel: ChannelId, held: Held | undefined): ShopOrder {
    const chance = this.#chance;
    const method = chance.pick(['ship', 'ship', 'ship', 'pickup', 'pickup', 'ship-to-store'] as const);
    const own = (held?.lines ?? []).map(({ sku, units }) => ({ sku, units: Math.max(1, units - chance.below(2)) }));
    const count = held === undefined || chance.yes(0.3) ? 1 + chance.below(chance.pick([2, 5])) : 0;
    const more = Array.from({ length: count }, () => this.#wish());
    const lines = [...own, ...more].map((wish, index) => this.#line(`${index + 1}`, wish));
    const isGone = channel === 'till' && chance.yes(0.4);
    return {
      placedAt: nowMs - chance.below(9) * 1_000,
      currency: 'USD',
      method,
      ...(method !== 'ship' && { pickupNode: chance.pick(NODES) as NodeId }),
      lines,
      ...(chance.yes(0.5) && { priority: chance.below(3) }),
      ...(chance.yes(0.3) && { tags: [chance.pick(['gift', 'vip'])] }),
      ...(held !== undefined && { reservation: held.id }),
      ...(chance.yes(0.15) && { group: chance.pick(Object.keys(GROUPS)) as GroupId }),
      ...(chance.yes(0.3) && { paid: chance.pick(['pending', 'paid'] as const) }),
      ...(isGone && { fulfilled: { node: chance.pick(NODES) as NodeId, at: nowMs } }),
    };
  }

  #wish(): { readonly sku: Sku; readonly units: number } {
    const chance = this.#chance;
    const isKit = this.#kits.size > 0 && chance.yes(0.25);
    return { sku: chance.pick(isKit ? [...this.#kits.keys()] : SKUS), units: 1 + chance.below(4) };
  }

  #line(line: string, wish: { readonly sku: Sku; readonly units: number }): ShopLine {
    const node = this.#chance.yes(0.1) ? { node: this.#chance.pick(NODES) as NodeId } : {};
    return { line, ...wish, unitMinor: 1_000, ...node };
  }

  /** Something that is said of an order afterwards, or arrives before it. */
  #later({ channel, channelOrderId, order }: Place, nowMs: number): ShopMessage {
    const chance = this.#chance;
    const head = { channel, channelOrderId, message: `m${this.#made++}`, at: this.#moment(nowMs) };
    const what = chance.weighted([
      { weight: 4, kind: 'edit' as const },
      { weight: 4, kind: 'refund' as const },
      { weight: 1, kind: 'cancel' as const },
    ]);
    switch (what.kind) {
      case 'cancel':
        return { ...head, kind: 'cancel' };
      case 'edit':
        return { ...head, kind: 'edit', order: this.#edited(order) };
      case 'refund': {
        const lines = Array.from({ length: 1 + chance.below(2) }, () => this.#refunded(order));
        return { ...head, kind: 'refund', lines, amountMinor: chance.pick([0, 500]) };
      }
    }
  }

  #edited(order: ShopOrder): ShopOrder {
    const chance = this.#chance;
    const lines = order.lines
      .filter(() => chance.yes(0.85))
      .map((line) => (chance.yes(0.5) ? { ...line, units: chance.below(5) } : line));
    const more = chance.yes(0.25) ? [this.#line(`${order.lines.length + 1}`, this.#wish())] : [];
    const { fulfilled: _gone, reservation: _held, ...rest } = order;
    const paid = chance.yes(0.4) ? { paid: 'paid' as const } : {};
    return { ...rest, lines: [...lines, ...more], ...paid };
  }

  #refunded({ lines }: ShopOrder): Extract<ShopMessage, { kind: 'refund' }>['lines'][number] {
    const chance = this.#chance;
    const { line, units } = chance.pick(lines);
    const restock = chance.pick(['cancel', 'cancel', 'return', 'none'] as const);
    return { line, units: 1 + chance.below(units), restock, ...(restock === 'return' && { node: chance.pick(NODES) }) };
  }

  /** On a grid, so that several are of one moment. */
  #moment(nowMs: number): number {
    return Math.floor(nowMs / 5_000) * 5_000 - this.#chance.below(3) * 5_000;
  }

  #say(client: ClientId, message: ShopMessage): Work[] {
    this.#sent.message(message);
    const isNew = !this.#said.some((each) => JSON.stringify(each.message) === JSON.stringify(message));
    if (isNew) this.#said.push({ client, message });
    return [this.#told(client, message)];
  }

  /** As main tells it: with the kits it knows. */
  #told(client: ClientId, message: ShopMessage): Work {
    const lines = 'order' in message ? message.order.lines : [];
    const kits = [...new Set(lines.map(({ sku }) => sku))].flatMap((sku) => this.#kits.get(sku) ?? []);
    const secret = this.#chance
      .below(2 ** 31)
      .toString(16)
      .padStart(32, '0');
    const about = { client, message, shards: {}, ...(kits.length > 0 && { kits }), secret };
    return { shard: shardOfChannelOrder(this.#partition, message), command: { do: 'shop-message', ...about } };
  }
}

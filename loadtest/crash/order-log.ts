import type { OrderMessage } from '../orders/asking.ts';
import type { TryEntry } from './client-log.ts';

// The client's memory of orders: what the shop sent, what its nodes' staff did, what was done by hand, and how each was
// answered. What left a node is known from the staff's own acts, whoever else says so.

/** A channel's message: how far it got. `asked`: sent, not answered. */
type Told = 'no' | 'asked' | 'done';

export interface OrderEntry {
  readonly channelOrderId: string;
  readonly placing: OrderMessage;
  readonly cancelling: OrderMessage;
  readonly units: ReadonlyMap<string, number>;
  /** The cart's hold that it takes over. */
  readonly cart?: TryEntry;
  placed: Told;
  cancelled: Told;
  /** Our id of it, and what the customer's page is opened with, once it was answered. */
  id?: string;
  token?: string;
  /** Whether it is held by hand, by what was answered last. */
  held: boolean;
}

export interface HandEntry {
  readonly entry: OrderEntry & { readonly id: string };
  readonly key: string;
  readonly act: string;
  readonly body: string;
  answer?: string;
}

export interface StaffEntry {
  readonly work: string;
  readonly node: string;
  readonly order: string;
  readonly key: string;
  readonly body: string;
  /** `done`, or the code of the refusal. */
  answer?: string;
}

/** Units of one order that left one node, by our word and by the warehouse's. */
interface Leaving {
  readonly sku: string;
  readonly node: string;
  shipped: number;
  booked: number;
}

export class OrderLog {
  readonly orders: OrderEntry[] = [];
  readonly hands: HandEntry[] = [];
  readonly staff: StaffEntry[] = [];
  /** Orders that may still have units somewhere; an audit that finds one over takes it out. */
  readonly open = new Set<OrderEntry>();
  readonly #leaving = new Map<string, Map<string, Leaving>>();
  readonly #departed = new Map<string, number>();
  placed = 0;
  acts = 0;

  asked(planned: Omit<OrderEntry, 'placed' | 'cancelled' | 'held'>): OrderEntry {
    const entry: OrderEntry = { ...planned, placed: 'no', cancelled: 'no', held: false };
    this.orders.push(entry);
    this.open.add(entry);
    if (entry.cart !== undefined) entry.cart.release = 'ordered';
    return entry;
  }

  placedAs(entry: OrderEntry, { id, token }: { readonly id: string; readonly token: string }): void {
    if (entry.placed !== 'done') this.placed += 1;
    entry.placed = 'done';
    entry.id = id;
    entry.token = token;
  }

  /** Units left, as the answer to `ship` or `collect` said; each act's once. */
  left(order: string, lines: readonly { readonly sku: string; readonly node: string; readonly units: number }[]): void {
    for (const { sku, node, units } of lines) this.#of(order, sku, node).shipped += units;
    for (const { sku, node, units } of lines) this.#depart(sku, node, units);
  }

  /** The warehouse's message says so, before or after the staff do; `units` of what left. */
  bookedAs(
    order: string,
    lines: readonly { readonly sku: string; readonly node: string; readonly units: number }[],
  ): void {
    for (const { sku, node, units } of lines) this.#of(order, sku, node).booked += units;
    for (const { sku, node, units } of lines) this.#depart(sku, node, -units);
  }

  leavings(order: string): readonly Leaving[] {
    return [...(this.#leaving.get(order)?.values() ?? [])];
  }

  /** Of all orders that ever were: shipped by us and not booked; what was booked before it left is below 0. */
  departed(sku: string, node: string): number {
    return this.#departed.get(placeOf(sku, node)) ?? 0;
  }

  over(entry: OrderEntry): void {
    this.open.delete(entry);
    if (entry.id !== undefined) this.#leaving.delete(entry.id);
  }

  /** Lets go of the oldest, which several restarts have looked at; those that are open stay. */
  forgetOld(): void {
    for (const list of [this.orders, this.hands, this.staff]) list.splice(0, Math.max(0, list.length - KEPT_MAX));
  }

  #of(order: string, sku: string, node: string): Leaving {
    const places = this.#leaving.get(order) ?? new Map<string, Leaving>();
    this.#leaving.set(order, places);
    const leaving = places.get(placeOf(sku, node)) ?? { sku, node, shipped: 0, booked: 0 };
    places.set(placeOf(sku, node), leaving);
    return leaving;
  }

  #depart(sku: string, node: string, units: number): void {
    this.#departed.set(placeOf(sku, node), this.departed(sku, node) + units);
  }
}

/** Entries of each kind: some fifty cycles. */
const KEPT_MAX = 10_000;
const placeOf = (sku: string, node: string): string => `${sku} ${node}`;

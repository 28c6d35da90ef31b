import { digestHex } from '../contract/digest.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { ExtendRequest, MoveRequest, ReserveRequest } from '../contract/reservation.ts';
import type { OrderAct } from '../contract/order.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import type { WorkAct } from '../contract/work-order.ts';
import type { KitRef } from '../contract/reference.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { isSame } from './violation.ts';

/** All that clients have ever sent: nothing else may become a fact. */
export class Sent {
  readonly #events = new Set<string>();
  readonly #requests = new Map<string, ReserveRequest[]>();
  readonly #steps = new Map<string, readonly AllocationStep[]>();
  readonly #kits = new Set<string>();
  readonly #releases = new Set<ReservationId>();
  readonly #extends = new Map<ReservationId, readonly ExtendRequest[]>();
  readonly #moves = new Map<ReservationId, readonly MoveRequest[]>();
  readonly #messages = new Map<string, readonly ShopMessage[]>();
  readonly #acts = new Map<string, readonly OrderAct[]>();
  readonly #workActs = new Map<string, readonly WorkAct[]>();

  event(event: StockEvent, approvedBy?: ClientId): void {
    this.#events.add(`${approvedBy} ${canonical(event)}`);
  }

  kit({ sku, components }: KitRef): void {
    this.#kits.add(JSON.stringify({ sku, components }));
  }

  hasKit(kit: object): boolean {
    return this.#kits.has(JSON.stringify(kit));
  }

  request(request: ReserveRequest): void {
    for (const digest of keyDigests(request.client, request.key)) {
      const known = this.#requests.get(digest) ?? [];
      const isKnown = known.some((each) => JSON.stringify(each) === JSON.stringify(request));
      if (!isKnown) this.#requests.set(digest, [...known, request]);
    }
  }

  extend(request: ExtendRequest): void {
    this.#extends.set(request.id, [...this.extends(request.id), request]);
  }

  move(request: MoveRequest): void {
    const known = this.moves(request.id);
    if (!known.some((each) => isSame(each, request))) this.#moves.set(request.id, [...known, request]);
  }

  extends(id: ReservationId): readonly ExtendRequest[] {
    return this.#extends.get(id) ?? [];
  }

  moves(id: ReservationId): readonly MoveRequest[] {
    return this.#moves.get(id) ?? [];
  }

  step(command: AllocationStep): void {
    const key = `${command.allocation} ${command.step}`;
    this.#steps.set(key, [...(this.#steps.get(key) ?? []), command]);
  }

  /** Steps of an order with that number, whatever they ask. */
  steps(allocation: string, step: number): readonly AllocationStep[] {
    return this.#steps.get(`${allocation} ${step}`) ?? [];
  }

  message(message: ShopMessage): void {
    add(this.#messages, messageKey(message), message);
  }

  /** Contents sent under the message's id. */
  messages(about: Pick<ShopMessage, 'channel' | 'channelOrderId' | 'message'>): readonly ShopMessage[] {
    return this.#messages.get(messageKey(about)) ?? [];
  }

  act(order: string, key: string, what: OrderAct): void {
    add(this.#acts, `${order} ${key}`, what);
  }

  acts(order: string, key: string): readonly OrderAct[] {
    return this.#acts.get(`${order} ${key}`) ?? [];
  }

  workAct(act: WorkAct): void {
    add(this.#workActs, `${act.work} ${digestHex(act.key)}`, act);
  }

  workActs(work: string, keyDigest: string): readonly WorkAct[] {
    return this.#workActs.get(`${work} ${keyDigest}`) ?? [];
  }

  release(id: ReservationId): void {
    this.#releases.add(id);
  }

  hasEvent(event: object, approvedBy: ClientId | undefined): boolean {
    return this.#events.has(`${approvedBy} ${canonical(event)}`);
  }

  requests(keyDigest: string): readonly ReserveRequest[] {
    return this.#requests.get(keyDigest) ?? [];
  }

  hasRelease(id: ReservationId): boolean {
    return this.#releases.has(id);
  }
}

function add<T>(known: Map<string, readonly T[]>, key: string, one: T): void {
  const before = known.get(key) ?? [];
  if (!before.some((each) => isSame(each, one))) known.set(key, [...before, one]);
}

const messageKey = ({
  channel,
  channelOrderId,
  message,
}: Pick<ShopMessage, 'channel' | 'channelOrderId' | 'message'>) => `${channel} ${channelOrderId} ${message}`;

/** The order of fields says nothing: a fact's event was read from bytes. */
function canonical(event: object): string {
  return JSON.stringify(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Stock and promise shards each have their own way of joining client and key. */
export function keyDigests(client: ClientId, key: string): readonly [stock: string, promise: string] {
  return [digestHex(`${client}\u0000${key}`), digestHex(`${client}\n${key}`)];
}

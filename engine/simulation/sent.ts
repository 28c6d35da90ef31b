import { digestHex } from '../contract/digest.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { ExtendRequest, MoveRequest, ReserveRequest } from '../contract/reservation.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
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

/** The order of fields says nothing: a fact's event was read from bytes. */
function canonical(event: object): string {
  return JSON.stringify(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Stock and promise shards each have their own way of joining client and key. */
export function keyDigests(client: ClientId, key: string): readonly [stock: string, promise: string] {
  return [digestHex(`${client}\u0000${key}`), digestHex(`${client}\n${key}`)];
}

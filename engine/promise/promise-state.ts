import { assert, unreachable } from '../contract/assert.ts';
import { digestHex } from '../contract/digest.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { OpenCount, StateImage } from '../contract/machine.ts';
import { sticksToKey } from '../contract/outcome.ts';
import { DueQueue } from '../contract/due-queue.ts';
import type { Saga, SagaEvent } from './saga.ts';
import { grantedLines, isClosed, partsOf, SAGA_TABLE } from './saga.ts';

/** How long an ended reservation and its key are remembered, in ms: a day, so a shop's nightly retry still finds its answer (rule RS2). */
export const REMEMBER_MS = 24 * 3_600_000;

/** Everything a promise shard knows. Changed by `evolve` alone, so the same facts make the same state. */
export class PromiseState {
  readonly sagas = new Map<ReservationId, Saga>();
  readonly byKey = new Map<string, ReservationId>();
  /** Of each client: what is asked for or held, in the order it was begun. */
  readonly openOf = new Map<ClientId, Set<ReservationId>>();
  /** Ended and refused ones, oldest first: what #forget looks through. */
  readonly settled = new Set<ReservationId>();
  readonly due = new DueQueue<ReservationId>();
  lsn = 0;
  /** Number of the last reservation started here: ids are never used twice. */
  lastNumber = 0;

  evolve(fact: PromiseFact, lsn: number): void {
    assert(lsn === this.lsn + 1, () => `fact ${lsn} follows fact ${this.lsn}`);
    this.lsn = lsn;
    this.#forget(fact.at);
    switch (fact.fact) {
      case 'ReservationStarted':
        return this.#start(fact);
      case 'PartAnswered': {
        const part = this.#part(fact.id, fact.shard);
        part.answer = fact.outcome;
        return;
      }
      case 'ReservationDecided':
        return this.#decide(fact, lsn);
      case 'ReservationExtended':
        return this.#extend(fact);
      case 'MoveStarted': {
        const { id, keyDigest, contentDigest, request, shard, move } = fact;
        const saga = this.#saga(id);
        saga.moves = move;
        saga.moving = { number: move, keyDigest, contentDigest, request, shard };
        return;
      }
      case 'MoveAnswered':
        return this.#moveAnswered(fact);
      case 'ReservationEnded': {
        const saga = this.#saga(fact.id);
        this.#move(saga, 'ended', fact.at);
        saga.end = fact.end;
        this.#close(saga);
        this.#dropStaleDue();
        return;
      }
      case 'ReservationAllocated': {
        const saga = this.#saga(fact.id);
        this.#move(saga, 'ended', fact.at);
        saga.end = 'allocated';
        saga.allocated = fact.allocated;
        this.#close(saga);
        this.#dropStaleDue();
        return;
      }
      case 'PartClosed': {
        const part = this.#part(fact.id, fact.shard);
        part.closed = true;
        this.#dropSpent(fact.id);
        return;
      }
      default:
        return unreachable(fact);
    }
  }

  #start(fact: Extract<PromiseFact, { fact: 'ReservationStarted' }>): void {
    this.lastNumber++;
    this.sagas.set(fact.id, {
      id: fact.id,
      keyDigest: fact.keyDigest,
      contentDigest: fact.contentDigest,
      request: fact.request,
      shards: fact.shards,
      ...(fact.kits !== undefined && { kits: fact.kits }),
      startedAt: fact.at,
      parts: partsOf(fact.shards),
      state: 'asking',
    });
    this.byKey.set(fact.keyDigest, fact.id);
    this.#open(fact.request.client, fact.id);
  }

  #decide(fact: Extract<PromiseFact, { fact: 'ReservationDecided' }>, lsn: number): void {
    const saga = this.#saga(fact.id);
    saga.decidedLsn = lsn;
    if (fact.outcome.status === 'reserved') {
      this.#move(saga, 'reserved', fact.at);
      saga.reservation = fact.outcome.reservation;
      this.due.add(saga.reservation.expiresAt, saga.id);
      return;
    }
    this.#move(saga, 'refused', fact.at);
    saga.refusal = fact.outcome;
    this.#close(saga);
    if (!sticksToKey(fact.outcome.code)) this.byKey.delete(saga.keyDigest);
  }

  /** A no that does not stick is asked anew under the same key: once its parts are closed nothing refers to it. */
  #dropSpent(id: ReservationId): void {
    const saga = this.#saga(id);
    if (saga.refusal === undefined || sticksToKey(saga.refusal.code) || !isClosed(saga)) return;
    this.settled.delete(id);
    this.sagas.delete(id);
  }

  #extend({ id, expiresAt }: Extract<PromiseFact, { fact: 'ReservationExtended' }>): void {
    const saga = this.#saga(id);
    const { reservation } = saga;
    assert(reservation !== undefined && saga.state === 'held', () => `reservation ${id} is extended but not held`);
    saga.first ??= reservation;
    saga.reservation = { ...reservation, expiresAt, extensions: (reservation.extensions ?? 0) + 1 };
    this.due.add(expiresAt, id);
    this.#dropStaleDue();
  }

  #moveAnswered({ id, move, outcome }: Extract<PromiseFact, { fact: 'MoveAnswered' }>): void {
    const saga = this.#saga(id);
    const { moving, reservation } = saga;
    assert(
      moving?.number === move && reservation !== undefined,
      () => `move ${move} of ${id} is answered, not under way`,
    );
    delete saga.moving;
    // What has ended stays as it was: its part was given back whole.
    if (outcome.status === 'refused' || saga.state !== 'held') return;
    const { keyDigest, contentDigest } = moving;
    this.#part(id, moving.shard).answer = outcome;
    saga.first ??= reservation;
    saga.reservation = { ...reservation, lines: grantedLines(saga) };
    saga.moved = [...(saga.moved ?? []), { keyDigest, contentDigest }];
  }

  #move(saga: Saga, event: SagaEvent, at: number): void {
    const next = SAGA_TABLE[saga.state][event];
    assert(next !== 'forbidden', () => `reservation ${saga.id} is ${saga.state}, cannot be ${event}`);
    saga.state = next;
    saga.settledAt = at;
    if (next === 'held') return;
    // Settled last stands last, in an image too, so that #forget finds the oldest first.
    this.sagas.delete(saga.id);
    this.sagas.set(saga.id, saga);
    this.settled.add(saga.id);
  }

  /** Drops what ended more than a day before `at`; one whose parts are not closed yet stays. */
  #forget(at: number): void {
    for (const id of this.settled) {
      const saga = this.#saga(id);
      if ((saga.settledAt ?? at) > at - REMEMBER_MS) return;
      if (!isClosed(saga)) continue;
      this.settled.delete(id);
      this.sagas.delete(id);
      if (this.byKey.get(saga.keyDigest) === id) this.byKey.delete(saga.keyDigest);
    }
  }

  /** The queue's head is always a held reservation at its time, so that is when the shard next has something to do. */
  #dropStaleDue(): void {
    for (let first = this.due.first(); first !== undefined; first = this.due.first()) {
      const saga = this.sagas.get(first.name);
      if (saga?.state === 'held' && saga.reservation?.expiresAt === first.at) return;
      this.due.removeFirst();
    }
  }

  /** Whose number of open ones changed; kept aside of the state. */
  readonly #recounted = new Set<ClientId>();

  takeOpen(): OpenCount[] {
    const counts = Array.from(this.#recounted, (client): OpenCount => [client, this.openOf.get(client)?.size ?? 0]);
    this.#recounted.clear();
    return counts;
  }

  #open(client: ClientId, id: ReservationId): void {
    this.#recounted.add(client);
    const open = this.openOf.get(client);
    if (open === undefined) this.openOf.set(client, new Set([id]));
    else open.add(id);
  }

  #close({ id, request: { client } }: Saga): void {
    this.#recounted.add(client);
    const open = this.openOf.get(client);
    assert(open?.delete(id) === true, () => `${id} of ${client} is closed, not open`);
    if (open.size === 0) this.openOf.delete(client);
  }

  #saga(id: ReservationId): Saga {
    const saga = this.sagas.get(id);
    assert(saga !== undefined, () => `no reservation ${id}`);
    return saga;
  }

  #part(id: ReservationId, shard: number): Saga['parts'][number] {
    const part = this.#saga(id).parts.find((each) => each.shard === shard);
    assert(part !== undefined, () => `reservation ${id} has no part in shard ${shard}`);
    return part;
  }

  #text(): string {
    return JSON.stringify({ lsn: this.lsn, lastNumber: this.lastNumber, sagas: [...this.sagas.values()] });
  }

  digest(): string {
    return digestHex(this.#text());
  }

  beginImage(): StateImage {
    const header = new TextEncoder().encode(this.#text());
    return { header, pageCount: 0, next: () => undefined, abandon: () => {} };
  }

  restore(header: Uint8Array): void {
    assert(this.lsn === 0, () => 'only a new machine can be restored');
    const image = JSON.parse(new TextDecoder().decode(header)) as { lsn: number; lastNumber: number; sagas: Saga[] };
    this.lsn = image.lsn;
    this.lastNumber = image.lastNumber;
    for (const saga of image.sagas) {
      this.sagas.set(saga.id, saga);
      const sticks = saga.refusal === undefined || sticksToKey(saga.refusal.code);
      if (sticks) this.byKey.set(saga.keyDigest, saga.id);
      if (saga.state === 'asking' || saga.state === 'held') this.#open(saga.request.client, saga.id);
      else this.settled.add(saga.id);
      if (saga.state === 'held' && saga.reservation) this.due.add(saga.reservation.expiresAt, saga.id);
    }
  }
}

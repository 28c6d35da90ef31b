import type { Fact } from '../contract/fact.ts';

// Reservations over several shards, followed through the journal's one order: a part may be held only for a saga that was
// started before, and a yes to all of it needs every part held before.

interface OpenSaga {
  readonly shards: readonly number[];
  readonly partial: boolean;
  readonly held: Set<number>;
  readonly closed: Set<number>;
}

export class SagaBook {
  readonly #open = new Map<string, OpenSaga>();

  /** What a fact of a shard breaks. */
  apply(shard: number, fact: Fact): string | undefined {
    if (fact.fact === 'ReservationStarted') this.#start(fact);
    if (fact.fact === 'PartHeld') return this.#hold(shard, fact.saga);
    if (fact.fact === 'ReservationDecided' && fact.outcome.status === 'reserved') return this.#grant(fact.id);
    if (fact.fact === 'PartClosed') this.#close(fact.id, fact.shard);
    return undefined;
  }

  #start({ id, shards, request }: Extract<Fact, { fact: 'ReservationStarted' }>): void {
    this.#open.set(id, { shards, partial: request.partial, held: new Set(), closed: new Set() });
  }

  #hold(shard: number, id: string): string | undefined {
    const saga = this.#open.get(id);
    if (saga?.shards.includes(shard) !== true) return `a part of ${id} is held that nobody had asked for`;
    saga.held.add(shard);
    return undefined;
  }

  #grant(id: string): string | undefined {
    const saga = this.#open.get(id);
    const all = saga?.partial === true || saga?.shards.every((shard) => saga.held.has(shard)) === true;
    return all ? undefined : `${id} was granted before all of it was held`;
  }

  /** With its last part closed a saga is only a memory. */
  #close(id: string, shard: number): void {
    const saga = this.#open.get(id);
    saga?.closed.add(shard);
    if (saga?.shards.every((each) => saga.closed.has(each)) === true) this.#open.delete(id);
  }
}

import type { ClientId, Sku } from '../contract/ids.ts';
import type { KitRef } from '../contract/reference.ts';
import type { ReserveOutcome, ReserveRequest } from '../contract/reservation.ts';
import type { ClientHolds } from './client-holds.ts';
import type { Work } from './messages.ts';
import { type Partition, placeReserve } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/** Main's way in for reservations: each goes to the shard that decides it and is told what others hold for its client. */
export class ReserveDoor {
  readonly #calls: ShardCalls;
  readonly #holds: ClientHolds;
  readonly #partition: Partition;
  /** As main knows them now. */
  readonly #kits: ReadonlyMap<Sku, KitRef>;

  constructor(
    calls: ShardCalls,
    holds: ClientHolds,
    about: { readonly partition: Partition; readonly kits: ReadonlyMap<Sku, KitRef> },
  ) {
    this.#calls = calls;
    this.#holds = holds;
    this.#partition = about.partition;
    this.#kits = about.kits;
  }

  async reserve(request: ReserveRequest): Promise<ReserveOutcome> {
    const { shard, command } = this.#ask(request);
    try {
      return await this.#calls.command<ReserveOutcome>(shard, command);
    } finally {
      this.#holds.answered(request.client, shard);
    }
  }

  /** One promise for all: each on its own costs main more than its bytes do. */
  async reserveMany(requests: readonly ReserveRequest[]): Promise<readonly ReserveOutcome[]> {
    const asked = requests.map((request) => this.#ask(request));
    try {
      return (await this.#calls.commands(asked)) as ReserveOutcome[];
    } finally {
      for (const { shard, command } of asked) this.#holds.answered(command.request.client, shard);
    }
  }

  #ask(request: ReserveRequest) {
    const { shard, command } = placeReserve(this.#partition, request, this.#kits);
    const heldElsewhere = this.#heldElsewhere(request.client, shard);
    return { shard, command: { ...command, heldElsewhere } } satisfies Work;
  }

  /** Counted as asked from now on, so that of two requests sent together each later one counts the earlier. */
  #heldElsewhere(client: ClientId, shard: number): number {
    const held = this.#holds.elsewhere(client, shard);
    this.#holds.asked(client, shard);
    return held;
  }
}

import type { ClientId } from '../contract/ids.ts';
import type { OpenCount } from '../contract/machine.ts';

/**
 * Open reservations of each client over all shards, as main knows them (rule RS6). Each shard counts its own exactly and
 * says them with what it lets out; to a new request main adds what other shards hold or have been asked for meanwhile.
 * So of all requests the one sent last has counted every other, and no more are admitted than may be.
 */
export class ClientHolds {
  readonly #open = new Counts();
  readonly #asked = new Counts();

  /** Of clients whose count a shard has said before it was asked what it began with. */
  #said: Set<string> | undefined = new Set();

  /** What each shard had when main began; counts it has said since are newer. */
  begin(counts: readonly { readonly shard: number; readonly open: readonly OpenCount[] }[]): void {
    for (const { shard, open } of counts) {
      for (const [client, count] of open)
        if (this.#said?.has(`${shard} ${client}`) !== true) this.#open.set(client, shard, count);
    }
    this.#said = undefined;
  }

  /** What a shard says as it changes. */
  take(shard: number, counts: readonly OpenCount[]): void {
    for (const [client, open] of counts) {
      this.#said?.add(`${shard} ${client}`);
      this.#open.set(client, shard, open);
    }
  }

  /** Others than the shard hold so many for the client, or may be about to. */
  elsewhere(client: ClientId, shard: number): number {
    return this.#open.sumBut(client, shard) + this.#asked.sumBut(client, shard);
  }

  /** A request goes to a shard; `answered` when its answer is there, together with what the shard counts then. */
  asked(client: ClientId, shard: number): void {
    this.#asked.set(client, shard, this.#asked.get(client, shard) + 1);
  }

  answered(client: ClientId, shard: number): void {
    this.#asked.set(client, shard, this.#asked.get(client, shard) - 1);
  }
}

/** Counts of a client per shard, and their sum beside them: it is asked for every reservation. */
class Counts {
  readonly #ofClient = new Map<ClientId, { sum: number; readonly byShard: Map<number, number> }>();

  get(client: ClientId, shard: number): number {
    return this.#ofClient.get(client)?.byShard.get(shard) ?? 0;
  }

  /** A client without any takes no room. */
  set(client: ClientId, shard: number, count: number): void {
    const own = this.#ofClient.get(client) ?? { sum: 0, byShard: new Map<number, number>() };
    own.sum += count - (own.byShard.get(shard) ?? 0);
    if (count === 0) own.byShard.delete(shard);
    else own.byShard.set(shard, count);
    if (own.byShard.size === 0) this.#ofClient.delete(client);
    else this.#ofClient.set(client, own);
  }

  sumBut(client: ClientId, shard: number): number {
    const own = this.#ofClient.get(client);
    return own === undefined ? 0 : own.sum - (own.byShard.get(shard) ?? 0);
  }
}

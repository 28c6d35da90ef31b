import type { ClientId } from '../contract/ids.ts';
import type { OpenCount } from '../contract/machine.ts';

/**
 * Open reservations of each client over all shards, as main knows them (rule RS6). Each shard counts its own exactly and
 * says them with what it lets out; to a new request main adds what other shards hold or have been asked for meanwhile.
 * So of all requests the one sent last has counted every other, and no more are admitted than may be.
 */
export class ClientHolds {
  readonly #open = new Map<ClientId, Map<number, number>>();
  readonly #asked = new Map<ClientId, Map<number, number>>();

  /** Of clients whose count a shard has said before it was asked what it began with. */
  #said: Set<string> | undefined = new Set();

  /** What each shard had when main began; counts it has said since are newer. */
  begin(counts: readonly { readonly shard: number; readonly open: readonly OpenCount[] }[]): void {
    for (const { shard, open } of counts) {
      for (const [client, count] of open)
        if (this.#said?.has(`${shard} ${client}`) !== true) set(this.#open, client, shard, count);
    }
    this.#said = undefined;
  }

  /** What a shard says as it changes. */
  take(shard: number, counts: readonly OpenCount[]): void {
    for (const [client, open] of counts) {
      this.#said?.add(`${shard} ${client}`);
      set(this.#open, client, shard, open);
    }
  }

  /** Others than the shard hold so many for the client, or may be about to. */
  elsewhere(client: ClientId, shard: number): number {
    return sumBut(this.#open.get(client), shard) + sumBut(this.#asked.get(client), shard);
  }

  /** A request goes to a shard; `answered` when its answer is there, together with what the shard counts then. */
  asked(client: ClientId, shard: number): void {
    set(this.#asked, client, shard, (this.#asked.get(client)?.get(shard) ?? 0) + 1);
  }

  answered(client: ClientId, shard: number): void {
    set(this.#asked, client, shard, (this.#asked.get(client)?.get(shard) ?? 0) - 1);
  }
}

type Counts = Map<ClientId, Map<number, number>>;

/** A client without any takes no room. */
function set(counts: Counts, client: ClientId, shard: number, count: number): void {
  const own = counts.get(client) ?? new Map<number, number>();
  if (count === 0) own.delete(shard);
  else own.set(shard, count);
  if (own.size === 0) counts.delete(client);
  else counts.set(client, own);
}

function sumBut(own: ReadonlyMap<number, number> | undefined, shard: number): number {
  let sum = 0;
  for (const [at, count] of own ?? []) if (at !== shard) sum += count;
  return sum;
}

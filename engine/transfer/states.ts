import { engineSettings } from '../shard/engine-settings.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { createShard } from '../shard/machines.ts';
import type { Partition } from '../shard/partition.ts';
import type { FactLine, ShardState } from './lines.ts';

/** A shard's state to begin with. */
export interface Image extends ShardState {
  readonly position: number;
  readonly header: Uint8Array;
  readonly pages: readonly { readonly page: number; readonly bytes: Uint8Array }[];
}

/** Every shard's machine, replayed beside the lines: both ends of a transfer must come to the same states. */
export class States {
  readonly shards: readonly HostedShard[];
  /** lsn of each shard's newest line, 0 before the first. */
  readonly #seen = new Map<number, number>();

  constructor(partition: Partition) {
    // The bounds are enforced when a promise is made; a replay only has them because a machine asks for some.
    const limits = engineSettings({ dataDir: '', publish: () => undefined });
    this.shards = Array.from({ length: partition.shards }, (_, shard) => createShard(partition, shard, limits));
  }

  /** Undefined when it has the digest that was written, otherwise what it has. */
  restore({ shard, lsn, digest, header, pages }: Image): string | undefined {
    const hosted = this.shards[shard];
    if (hosted === undefined) return `shard ${shard} does not exist`;
    try {
      hosted.machine.restore(header, pages);
    } catch (error) {
      return `the image of shard ${shard} does not restore: ${messageOf(error)}`;
    }
    hosted.lsn = lsn;
    const is = hosted.machine.digest();
    return is === digest ? undefined : `the image of shard ${shard} restores to ${is}, written was ${digest}`;
  }

  /** Undefined when the fact applies, otherwise why not. What an image holds already is only counted. */
  apply({ shard, lsn, fact }: FactLine): string | undefined {
    const hosted = this.shards[shard];
    if (hosted === undefined) return `shard ${shard} does not exist`;
    const seen = this.#seen.get(shard);
    const right = seen === undefined ? lsn >= 1 && lsn <= hosted.lsn + 1 : lsn === seen + 1;
    if (!right) return `fact ${lsn} of shard ${shard} follows fact ${seen ?? hosted.lsn}`;
    this.#seen.set(shard, lsn);
    if (lsn <= hosted.lsn) return undefined;
    hosted.lsn = lsn;
    try {
      hosted.machine.evolve(fact, lsn);
      return undefined;
    } catch (error) {
      return `fact ${lsn} of shard ${shard} does not apply: ${messageOf(error)}`;
    }
  }

  all(): readonly ShardState[] {
    return this.shards.map(({ number, lsn, machine }) => ({ shard: number, lsn, digest: machine.digest() }));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { assert } from '../contract/assert.ts';
import type { SnapshotPoint, SnapshotStore } from '../journal/snapshot-store.ts';
import type { SnapshotWriter } from '../journal/snapshot-writer.ts';
import type { HostedShard } from './hosted-shard.ts';
import type { DurableMessage } from './messages.ts';

/** Pages copied per turn of the event loop: 8 × 64 KiB take about 0.1 ms, which no caller notices. */
const PAGES_PER_TURN = 8;
/** A shard of this thread, its store and the snapshots that store keeps. */
export interface SnapshotShard {
  readonly shard: HostedShard;
  readonly store: SnapshotStore;
  /** Oldest first, at most two: what recovery found. */
  readonly kept: readonly SnapshotPoint[];
}

export interface SnapshotScheduleSettings {
  readonly shards: readonly SnapshotShard[];
  /** Facts of a shard between its snapshots. */
  readonly everyFacts: number;
  /** Shards of the whole folder. */
  readonly allShards: number;
  /** Position of the journal that this thread's shards have replayed. */
  readonly position: number;
  /** Newest batch given to the journal: the state of every shard holds it. */
  readonly seq: () => number;
  /** Every fact of the shard up to the position is in each snapshot kept. */
  readonly kept: (shard: number, position: number) => void;
  /** Calls back in a later turn of the event loop. */
  readonly soon: (step: () => void) => void;
  /** The disk refused a snapshot. */
  readonly failed: (error: unknown) => void;
}

interface Current {
  readonly of: SnapshotShard;
  readonly point: SnapshotPoint;
  /** The image holds facts up to this batch: they must be durable before the snapshot counts. */
  readonly seq: number;
  readonly writer: SnapshotWriter;
  written: boolean;
}

/** When which shard of a thread is written, one at a time, a few pages per turn between batches. */
export class SnapshotSchedule {
  #settings: SnapshotScheduleSettings;
  #kept: Map<SnapshotShard, readonly SnapshotPoint[]>;
  #position: number;
  #durable = 0;
  #dueBefore = 0;
  #current: Current | undefined;
  #finishing: (() => void) | undefined;

  constructor(settings: SnapshotScheduleSettings) {
    this.#settings = settings;
    this.#position = settings.position;
    this.#kept = new Map(settings.shards.map((each) => [each, each.kept]));
    for (const each of settings.shards) this.#sayKept(each);
  }

  /** After each turn. */
  turned(): void {
    if (this.#current !== undefined) return;
    // The one written longest ago first, or a few busy shards would always come before the quiet ones.
    let next: SnapshotShard | undefined;
    for (const each of this.#settings.shards) {
      if (this.#isDue(each) && (next === undefined || this.#last(each).position < this.#last(next).position))
        next = each;
    }
    if (next !== undefined) this.#begin(next);
    else this.#finishing?.();
  }

  durable({ seq, position, dueBefore }: Omit<DurableMessage, 'type'>): void {
    this.#durable = seq;
    this.#position = position;
    this.#dueBefore = dueBefore;
    this.#finishIfReady();
  }

  /** For the drain: writes every shard that has facts since its snapshot, then calls back. All facts are durable by now. */
  finish(done: () => void): void {
    assert(this.#finishing === undefined, () => 'finish is called once');
    this.#finishing = done;
    this.turned();
  }

  #isDue(each: SnapshotShard): boolean {
    const { everyFacts, allShards } = this.#settings;
    const last = this.#last(each);
    const facts = each.shard.lsn - last.lsn;
    if (this.#finishing !== undefined) return facts > 0;
    if (facts >= everyFacts || last.position < this.#dueBefore) return true;
    // A shard with little to say must not keep the whole journal: it is written anew when all others may have been.
    return this.#position - last.position >= everyFacts * allShards;
  }

  #last(each: SnapshotShard): SnapshotPoint {
    return this.#kept.get(each)?.at(-1) ?? { lsn: 0, position: 0 };
  }

  #begin(of: SnapshotShard): void {
    const { lsn, machine } = of.shard;
    // The newest position that is certain; facts between it and lsn are replayed and skipped.
    const point = { lsn, position: this.#position, digest: machine.digest() };
    const writer = of.store.begin(point, machine.beginImage());
    this.#current = { of, point, seq: this.#settings.seq(), writer, written: false };
    this.#settings.soon(() => this.#step());
  }

  #step(): void {
    const current = this.#current;
    assert(current !== undefined, () => 'a step belongs to a snapshot');
    current.written = current.writer.step(PAGES_PER_TURN);
    if (current.written) this.#finishIfReady();
    else this.#settings.soon(() => this.#step());
  }

  #finishIfReady(): void {
    const current = this.#current;
    if (current === undefined || !current.written || current.seq > this.#durable) return;
    // Not again while the file is being synced.
    current.written = false;
    // What follows from it, the next shard's first write too, must not fail unheard.
    current.writer
      .finish()
      .then(() => this.#finished(current))
      .catch(this.#settings.failed);
  }

  #finished({ of, point }: Current): void {
    const kept = [...(this.#kept.get(of) ?? []), point].slice(-2);
    this.#kept.set(of, kept);
    this.#sayKept(of);
    this.#current = undefined;
    this.turned();
  }

  /** With two kept the older one counts: should the newest be damaged, the older one and its tail must be there. */
  #sayKept(of: SnapshotShard): void {
    const [older, newer] = this.#kept.get(of) ?? [];
    if (older !== undefined && newer !== undefined) this.#settings.kept(of.shard.number, older.position);
  }
}

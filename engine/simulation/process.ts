import type { Disk } from '../journal/disk.ts';
import type { Journal } from '../journal/journal.ts';
import { createClock } from '../shard/clock.ts';
import { openJournal } from '../shard/journal-kinds.ts';
import { JournalHost } from '../shard/journal-host.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import type { DurableMessage, ToJournal } from '../shard/messages.ts';
import type { Partition } from '../shard/partition.ts';
import type { Audit } from './audit.ts';
import type { Chance } from './chance.ts';
import type { Planted } from './planted/planted.ts';
import { type MainMessage, ShardThread, type ThreadMessage } from './shard-thread.ts';
import type { Weighted } from './swarm.ts';

export interface ProcessSettings {
  readonly disk: Disk;
  readonly partition: Partition;
  readonly threads: number;
  readonly segmentBytes: number;
  readonly snapshotEveryFacts: number;
  readonly snapshotEveryBytes: number;
  readonly createShard: (shard: number) => HostedShard;
  readonly audit: Audit;
  readonly planted: Planted;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

export interface Action {
  readonly name: Weighted;
  readonly weight: number;
  readonly run: () => void;
}

/**
 * One life of the engine's process: the journal thread and the shard threads as actors, the ports between them as queues.
 * Which actor looks at which of its ports next is the scheduler's choice; within a port order is kept, as by the real ones.
 */
export class Process {
  readonly threads: readonly ShardThread[];
  /** To main, by thread. */
  readonly toMain: MainMessage[][];
  readonly #journal: Journal;
  readonly #host: JournalHost;
  readonly #toThread: ThreadMessage[][];
  readonly #toJournal: ToJournal[][];
  readonly #fromJournal: DurableMessage[][];

  /** Recovers what the disk holds. Throws what the disk throws. */
  constructor(settings: ProcessSettings) {
    const { audit, disk, partition, planted } = settings;
    const log = (): void => {};
    const clock = createClock({ ...settings, log });
    const place = { journalDir: 'j', snapshotsDir: 's', epoch: 'simulate', acceptLoss: false } as const;
    const { segmentBytes } = settings;
    const opened = openJournal({ ...place, journal: 'segments', shards: partition.shards, disk, segmentBytes, log });
    audit.recovered(opened.read(opened.first), opened.first, opened.head);
    this.#journal = watched(planted.journal?.(opened) ?? opened, audit);
    this.#host = new JournalHost({
      journal: this.#journal,
      shards: partition.shards,
      threads: settings.threads,
      snapshotEveryBytes: settings.snapshotEveryBytes,
      nowMs: () => clock.now(),
      durable: (thread, message) => void this.#fromJournal[thread]?.push(message),
      released: () => {},
    });
    const each = Array.from({ length: settings.threads }, (_, thread) => thread);
    this.toMain = each.map(() => []);
    this.#toThread = each.map(() => [{ type: 'begin' }]);
    this.#toJournal = each.map(() => []);
    this.#fromJournal = each.map(() => []);
    const head = planted.head?.(opened.head) ?? opened.head;
    this.threads = each.map(
      (thread) =>
        new ShardThread({
          ...settings,
          ...place,
          thread,
          head,
          toJournal: (message) => void this.#toJournal[thread]?.push(message),
          toMain: (message) => void this.toMain[thread]?.push(message),
        }),
    );
  }

  post(thread: number, message: ThreadMessage): void {
    this.#toThread[thread]?.push(message);
  }

  get isDrained(): boolean {
    return this.threads.every(({ drained }) => drained);
  }

  /** The end of a drain: last word of snapshots, then the journal closes. */
  close(): void {
    this.#toJournal.forEach((port, thread) => {
      for (const message of port.splice(0)) this.#host.receive(thread, message);
    });
    this.#journal.close();
  }

  /** Everything that could happen next inside the process. */
  actions(chance: Chance, weights: Readonly<Record<Weighted, number>>): Action[] {
    const actions: Action[] = [];
    const add = (name: Weighted, run: () => void): void => void actions.push({ name, weight: weights[name], run });
    if (this.#toJournal.some((port) => port.length > 0)) add('commit', () => this.#commit(chance));
    if (chance.yes(0.1)) add('seal', () => this.#journal.seal());
    this.threads.forEach((actor, thread) => {
      const work = this.#toThread[thread] as ThreadMessage[];
      const durable = this.#fromJournal[thread] as DurableMessage[];
      if (work.length > 0) add('work', () => actor.receive(work.shift() as ThreadMessage));
      if (durable.length > 0) add('durable', () => actor.durable(durable.shift() as DurableMessage));
      if (actor.isDue) add('tick', () => actor.ring());
      if (actor.soon.length > 0) add('snapshot', () => actor.soon.shift()?.());
    });
    return actions;
  }

  /** What has arrived by now, of some ports all and of some a part, shares a commit. */
  #commit(chance: Chance): void {
    const all = chance.yes(0.5);
    this.#toJournal.forEach((port, thread) => {
      const count = all ? port.length : chance.below(port.length + 1);
      for (const message of port.splice(0, count)) this.#host.receive(thread, message);
    });
    this.#host.commit();
  }
}

/** The bookkeeper hears of each commit before and after. */
function watched(journal: Journal, audit: Audit): Journal {
  return {
    get head() {
      return journal.head;
    },
    get first() {
      return journal.first;
    },
    get segments() {
      return journal.segments;
    },
    append(batches, atMs) {
      audit.attempt(batches);
      const first = journal.append(batches, atMs);
      audit.committed();
      return first;
    },
    seal: () => journal.seal(),
    read: (from) => journal.read(from),
    releaseBefore: (position) => journal.releaseBefore(position),
    close: () => journal.close(),
  };
}

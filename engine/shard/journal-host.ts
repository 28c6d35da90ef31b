import { assert, unreachable } from '../contract/assert.ts';
import type { Journal } from '../journal/journal.ts';
import type { DurableMessage, FactsMessage, ToJournal } from './messages.ts';

/** Bytes of one commit at most: half of what a journal frame may hold. */
const COMMIT_BYTES_MAX = 8 * 1024 * 1024;

export interface JournalHostSettings {
  readonly journal: Journal;
  /** Shards of the folder: nothing is released before each of them has kept a snapshot. */
  readonly shards: number;
  readonly nowMs: () => number;
  /** To the shard thread number `thread`. */
  readonly durable: (thread: number, message: DurableMessage) => void;
  /** Something left the journal for the archive. */
  readonly released: () => void;
}

interface Waiting extends FactsMessage {
  readonly thread: number;
}

/**
 * Group commit: whatever arrived while the last commit ran is the next one, so one sync serves all threads and nobody
 * waits for a timer. An error of the journal is thrown through: the process must end, nothing is acknowledged.
 */
export class JournalHost {
  #settings: JournalHostSettings;
  #waiting: Waiting[] = [];
  /** Newest batch of each thread. */
  #newest = new Map<number, number>();
  /** Position each shard no longer needs anything before. */
  #kept = new Map<number, number>();

  constructor(settings: JournalHostSettings) {
    this.#settings = settings;
  }

  receive(thread: number, message: ToJournal): void {
    switch (message.type) {
      case 'facts':
        this.#waiting.push({ ...message, thread });
        return;
      case 'kept':
        this.#kept.set(message.shard, message.position);
        this.#release();
        return;
      default:
        unreachable(message);
    }
  }

  /** Makes everything received durable, then says so to each thread; in one commit unless it is very much. */
  commit(): void {
    const batches = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < batches.length;) {
      let bytes = 0;
      let to = from;
      do bytes += batches[to++]!.records.byteLength;
      while (to < batches.length && bytes + batches[to]!.records.byteLength <= COMMIT_BYTES_MAX);
      this.#commit(batches.slice(from, to));
      from = to;
    }
  }

  #commit(batches: readonly Waiting[]): void {
    const { journal, nowMs, durable } = this.#settings;
    const first = journal.append(
      batches.map(({ records }) => records),
      // Threads look at the clock each for itself. A fact dated later than its commit could be undercut after a restart,
      // which goes by the newest commit's time when snapshots hold every fact.
      Math.max(nowMs(), ...batches.map(({ atMs }) => atMs)),
    );
    const told = new Set<number>();
    let end = first - 1;
    for (const { thread, seq, count } of batches) {
      end += count;
      const before = this.#newest.get(thread) ?? 0;
      assert(seq === before + 1, () => `thread ${thread}: batch ${seq} follows ${before}`);
      this.#newest.set(thread, seq);
      told.add(thread);
    }
    assert(end === journal.head, () => `journal head ${journal.head}, counted ${end}`);
    for (const thread of told) durable(thread, { type: 'durable', seq: this.#newest.get(thread) ?? 0, position: end });
  }

  /** What every shard has in kept snapshots is needed for explanations only: it may leave the journal. */
  #release(): void {
    const { journal, shards, released } = this.#settings;
    if (this.#kept.size < shards) return;
    const needed = Math.min(...this.#kept.values()) + 1;
    if (needed <= journal.first) return;
    if (journal.releaseBefore(needed).length > 0) released();
  }
}

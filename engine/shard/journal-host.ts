import { assert, unreachable } from '../contract/assert.ts';
import { frameBytes } from '../journal/frame.ts';
import type { Journal } from '../journal/journal.ts';
import { SEGMENT_BYTES } from '../journal/segment.ts';
import type { DurableMessage, FactsMessage, ToJournal } from './messages.ts';

/** Bytes of one commit at most: half of what a journal frame may hold. */
const COMMIT_BYTES_MAX = 8 * 1024 * 1024;
/**
 * Bytes by which the journal grows until every shard is written again, 16 segments: a shard that is quiet, or whose facts
 * are few and huge, must not keep it. A shard's older snapshot is at most two such spans old and a segment is filled to
 * 56 MiB at least, so the journal holds 39 segments at most, and what is written while snapshots are being made.
 */
export const SNAPSHOT_EVERY_BYTES = 16 * SEGMENT_BYTES;

export interface JournalHostSettings {
  readonly journal: Journal;
  /** Shards of the folder: nothing is released before each of them has kept a snapshot. */
  readonly shards: number;
  readonly threads: number;
  /** See SNAPSHOT_EVERY_BYTES. */
  readonly snapshotEveryBytes: number;
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
  #dueBefore = 0;
  /** Bytes of the journal since then; all of it at the start, or a process that dies often would never get there. */
  #grown: number;

  constructor(settings: JournalHostSettings) {
    this.#settings = settings;
    this.#grown = (settings.journal.segments - 1) * SEGMENT_BYTES;
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
    const { journal, nowMs, threads } = this.#settings;
    const first = journal.append(
      batches.map(({ records }) => records),
      // Threads look at the clock each for itself. A fact dated later than its commit could be undercut after a restart,
      // which goes by the newest commit's time when snapshots hold every fact.
      Math.max(nowMs(), ...batches.map(({ atMs }) => atMs)),
    );
    const told = new Set<number>();
    let end = first - 1;
    let bytes = 0;
    for (const { thread, seq, count, records } of batches) {
      end += count;
      bytes += records.byteLength;
      const before = this.#newest.get(thread) ?? 0;
      assert(seq === before + 1, () => `thread ${thread}: batch ${seq} follows ${before}`);
      this.#newest.set(thread, seq);
      told.add(thread);
    }
    assert(end === journal.head, () => `journal head ${journal.head}, counted ${end}`);
    // A thread without facts of its own would not hear of it otherwise.
    if (this.#hasGrown(bytes, end)) for (let thread = 0; thread < threads; thread++) told.add(thread);
    for (const thread of told) this.#tell(thread, end);
  }

  #hasGrown(bytes: number, end: number): boolean {
    this.#grown += frameBytes(bytes);
    if (this.#grown < this.#settings.snapshotEveryBytes) return false;
    this.#grown = 0;
    this.#dueBefore = end;
    return true;
  }

  #tell(thread: number, position: number): void {
    const seq = this.#newest.get(thread) ?? 0;
    this.#settings.durable(thread, { type: 'durable', seq, position, dueBefore: this.#dueBefore });
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

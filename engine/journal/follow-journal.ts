import { nodeDisk } from './disk.ts';
import type { Frame } from './frame.ts';
import type { Positioned } from './journal.ts';
import { isSqlite, readHistory } from './read-history.ts';
import { epochOf, recordsOf, startOf } from './read-segments.ts';
import { listSegments } from './segment.ts';
import { readSqlite } from './sqlite-journal.ts';
import { type End, walkFrames } from './walk-frames.ts';

/**
 * Reads a journal as it grows, from another thread. readJournal() finds a position by walking its segment from the
 * beginning: asked after every commit that is 64 MiB each time. So the follower remembers where the last frame ended and
 * goes on there; when the segment has gone to the archive meanwhile, it catches up from history and begins anew.
 */
export class JournalFollower {
  readonly #dir: string;
  #next: number;
  #reached: { readonly end: End; readonly previous: Frame } | undefined;

  constructor(dir: string, next: number) {
    this.#dir = dir;
    this.#next = next;
  }

  /** Position that is read next. */
  get next(): number {
    return this.#next;
  }

  /** Everything up to `to`, the end of a durable commit. Whoever stops in the middle goes on from there the next time. */
  *readTo(to: number): Generator<Positioned> {
    if (this.#next > to) return;
    yield* this.#count(isSqlite(this.#dir) ? readSqlite({ dir: this.#dir, from: this.#next, to }) : this.#walk(to));
    if (this.#next > to) return;
    this.#reached = undefined;
    yield* this.#count(readHistory({ dir: this.#dir, from: this.#next, to }));
  }

  *#count(records: Iterable<Positioned>): Generator<Positioned> {
    for (const entry of records) {
      this.#next = entry.position + 1;
      yield entry;
    }
  }

  /** Ends early when the files are not where they were. */
  *#walk(to: number): Generator<Positioned> {
    const walk = this.#begin();
    try {
      for (let step = walk?.next(); step !== undefined && step.done !== true; step = walk?.next()) {
        const { frame, index, offset } = step.value;
        // A commit that is being written: not known to be durable.
        if (frame.first > to) return;
        if (frame.first > this.#next) return;
        yield* recordsOf(frame, this.#next);
        // The frame's bytes are not kept, only what continues its chain.
        const previous = { ...frame, records: frame.records.subarray(0, 0) };
        this.#reached = { end: { index, offset: offset + frame.bytes }, previous };
        if (this.#next > to) return;
      }
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
    } finally {
      walk?.return(undefined as never);
    }
  }

  #begin(): ReturnType<typeof walkFrames> | undefined {
    const indexes = listSegments(nodeDisk, this.#dir);
    const oldest = indexes[0];
    if (oldest === undefined) return undefined;
    const folder = { disk: nodeDisk, dir: this.#dir, epoch: epochOf(nodeDisk, this.#dir, oldest) };
    if (this.#reached !== undefined) return walkFrames(folder, indexes, this.#reached);
    try {
      return walkFrames(folder, indexes.slice(startOf(folder, indexes, this.#next)));
    } catch (error) {
      // The position was released: history has it.
      if ((error as { name?: unknown }).name === 'InvariantError') return undefined;
      throw error;
    }
  }
}

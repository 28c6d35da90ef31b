// The port every journal implements. It keeps facts as bytes, in one order, and never changes one.

/** One fact of one shard. `lsn` is the shard's own count, from 1, without gaps. */
export interface JournalRecord {
  readonly shard: number;
  readonly lsn: number;
  readonly fact: Uint8Array;
}

export interface Positioned {
  /** Number of the record in the journal, from 1, without gaps. */
  readonly position: number;
  readonly record: JournalRecord;
}

/** A write, sync or check failed. The process must end: what the kernel dropped cannot be written again. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** The bytes on disk are not what was written. `start` refuses until an operator decides. */
export class CorruptionError extends Error {
  override readonly name = 'CorruptionError';
}

export interface Journal {
  /** Position of the newest durable record, 0 when there is none. */
  readonly head: number;
  /** Oldest position that can be read; 1 until something is dropped. */
  readonly first: number;
  /**
   * One group commit: all record batches (bytes of records.ts) become durable together, in order.
   * Returns the position of the first record. Throws JournalError; after that no call succeeds.
   */
  append(batches: readonly Uint8Array[], atMs: number): number;
  /** Records from a position on, in order, up to the head at the time of the call. Throws CorruptionError. */
  read(from: number): Iterable<Positioned>;
  /** Everything before the position may go to the archive (segments) or is deleted (sqlite). Returns what was moved. */
  releaseBefore(position: number): readonly string[];
  close(): void;
}

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
  /** Journal time of the commit that holds it, ms since the epoch; never runs backwards. */
  readonly atMs: number;
  readonly record: JournalRecord;
}

/** A write, sync or check failed. The process must end: what the kernel dropped cannot be written again. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Where bytes are not what was written: file, byte offset in it, position that should have stood there. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly position: number;
}

const ADVICE = 'restore a backup, or start once with acceptLoss (ACCEPT_LOSS=yes) to go on without what follows';

/** The bytes on disk are not what was written. `start` refuses until an operator decides. */
export class CorruptionError extends Error {
  override readonly name = 'CorruptionError';
  readonly place: Place;

  constructor(why: string, place: Place, options?: ErrorOptions) {
    super(`${place.file} at byte ${place.offset}, position ${place.position}: ${why}; ${ADVICE}`, options);
    this.place = place;
  }
}

export interface Journal {
  /** Position of the newest durable record, 0 when there is none. */
  readonly head: number;
  /** Oldest position that can be read; 1 until something is dropped. */
  readonly first: number;
  /** Files the readable part consists of. */
  readonly segments: number;
  /**
   * One group commit: all record batches (bytes of records.ts) become durable together, in order.
   * Returns the position of the first record. Throws JournalError; after that no call succeeds.
   */
  append(batches: readonly Uint8Array[], atMs: number): number;
  /**
   * Call when nothing has arrived for about a second. Leaves proof on disk that the newest commit was acknowledged,
   * so damage to it is told from a torn write. Does nothing when the proof is there. Throws JournalError.
   */
  seal(): void;
  /** Records from a position (not before `first`) on, in order, up to the head at the time of the call. Throws CorruptionError. */
  read(from: number): Iterable<Positioned>;
  /** Everything before the position may go to the archive (segments) or is deleted (sqlite). Returns what was moved. */
  releaseBefore(position: number): readonly string[];
  close(): void;
}

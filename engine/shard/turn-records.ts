import type { Fact } from '../contract/fact.ts';
import { RECORD_HEAD_BYTES, writeRecordHead } from '../journal/records.ts';
import { ByteWriter } from './codec/byte-writer.ts';
import { writeFact } from './codec/fact-bytes.ts';

/** Facts of one record batch at most, in bytes: a quarter of what a journal frame may hold. */
export const RECORD_BATCH_BYTES_MAX = 4 * 1024 * 1024;

export interface RecordBatch {
  readonly count: number;
  /** As journal/records.ts; its buffer may be given away. */
  readonly records: Uint8Array<ArrayBuffer>;
}

/** A turn's facts, written as the journal keeps them while they are decided: nothing is made that must be copied again. */
export class TurnRecords {
  readonly #writer = new ByteWriter();
  #full: RecordBatch[] = [];
  #count = 0;

  add(shard: number, lsn: number, fact: Fact): void {
    const writer = this.#writer;
    const start = writer.at;
    writer.room(RECORD_HEAD_BYTES);
    writer.at = start + RECORD_HEAD_BYTES;
    writeFact(writer, fact);
    writeRecordHead(writer.bytes, start, { shard, lsn, length: writer.at - start - RECORD_HEAD_BYTES });
    if (start > 0 && writer.at > RECORD_BATCH_BYTES_MAX) this.#endBefore(start);
    this.#count++;
  }

  /** Nearly always one batch; a turn with very large facts is cut, for a frame has a largest size. */
  take(): RecordBatch[] {
    const batches = this.#full;
    this.#full = [];
    if (this.#count > 0) batches.push({ count: this.#count, records: this.#writer.take() });
    this.#count = 0;
    return batches;
  }

  /** The record written last goes into the next batch. */
  #endBefore(start: number): void {
    const writer = this.#writer;
    const last = writer.bytes.slice(start, writer.at);
    writer.at = start;
    this.#full.push({ count: this.#count, records: writer.take() });
    this.#count = 0;
    writer.copy(last, 0, last.length);
  }
}

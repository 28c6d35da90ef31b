import { assert } from '../contract/assert.ts';
import type { JournalRecord } from './journal.ts';

// A shard thread encodes its facts once; the bytes travel to the journal thread and to disk as they are.
//
//   record   0        4       6              12
//            +--------+-------+--------------+----------------+
//            | length | shard | lsn          | fact           |
//            | u32    | u16   | u48          | length bytes   |      little-endian, no padding between records
//            +--------+-------+--------------+----------------+

export const RECORD_HEAD_BYTES = 12;

export const SHARD_MAX = 0xffff;
/** Largest lsn, 2^48 - 1: at a million facts per second and shard it lasts nine years. */
export const LSN_MAX = 0xffff_ffff_ffff;

export function encodeRecords(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> {
  // Not from the pool of small buffers: the result is transferred to another thread, with all of its memory.
  const bytes = Buffer.allocUnsafeSlow(encodedBytes(records));
  let at = 0;
  for (const { shard, lsn, fact } of records) {
    writeRecordHead(bytes, at, { shard, lsn, length: fact.length });
    bytes.set(fact, at + RECORD_HEAD_BYTES);
    at += RECORD_HEAD_BYTES + fact.length;
  }
  return bytes;
}

/** Byte by byte: the calls of Buffer cost more than all else that is done to a record. */
export function writeRecordHead(
  into: Uint8Array,
  at: number,
  { shard, lsn, length }: { readonly shard: number; readonly lsn: number; readonly length: number },
): void {
  assert(shard >= 0 && shard <= SHARD_MAX, () => `shard ${shard} does not fit a record`);
  assert(lsn >= 1 && lsn <= LSN_MAX, () => `lsn ${lsn} does not fit a record`);
  writeU32(into, at, length);
  into[at + 4] = shard;
  into[at + 5] = shard >>> 8;
  writeU32(into, at + 6, lsn % 0x1_0000_0000);
  const high = Math.floor(lsn / 0x1_0000_0000);
  into[at + 10] = high;
  into[at + 11] = high >>> 8;
}

function writeU32(into: Uint8Array, at: number, value: number): void {
  into[at] = value;
  into[at + 1] = value >>> 8;
  into[at + 2] = value >>> 16;
  into[at + 3] = value >>> 24;
}

export function encodedBytes(records: readonly JournalRecord[]): number {
  let sum = 0;
  for (const { fact } of records) sum += RECORD_HEAD_BYTES + fact.length;
  return sum;
}

/** Facts are views into `bytes`, not copies. Bytes that are no batch break an invariant: frames and transfers are checked before. */
export function* decodeRecords(bytes: Uint8Array): Generator<JournalRecord> {
  const view = asBuffer(bytes);
  for (let at = 0; at < view.length;) {
    const end = recordEnd(view, at);
    yield {
      shard: view.readUInt16LE(at + 4),
      lsn: view.readUIntLE(at + 6, 6),
      fact: view.subarray(at + RECORD_HEAD_BYTES, end),
    };
    at = end;
  }
}

export function countRecords(bytes: Uint8Array): number {
  const view = asBuffer(bytes);
  let count = 0;
  for (let at = 0; at < view.length; at = recordEnd(view, at)) count++;
  return count;
}

function recordEnd(view: Buffer, at: number): number {
  const end = at + RECORD_HEAD_BYTES <= view.length ? at + RECORD_HEAD_BYTES + view.readUInt32LE(at) : Infinity;
  assert(end <= view.length, () => `record at byte ${at} runs past the ${view.length} bytes of its batch`);
  return end;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

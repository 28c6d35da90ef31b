import { crc32 } from 'node:zlib';
import { assert } from '../contract/assert.ts';

// A frame is one group commit.
//
//    0        4          8          12       16      20         24       32      40       48        56         64
//   +--------+----------+----------+--------+-------+----------+--------+-------+--------+---------+----------+---------+---------+
//   | magic  | checksum | previous | length | count | reserved | epoch  | first | atMs   | durable | reserved | records | padding |
//   | u32    | u32      | u32      | u32    | u32   | zeros    | 8 char | u48   | f64    | u48     | zeros    | length  | zeros   |
//   +--------+----------+----------+--------+-------+----------+--------+-------+--------+---------+----------+---------+---------+
//
//   checksum  crc32 of everything behind it, padding too: every byte of an acknowledged sector is checked
//   previous  checksum of the frame before, 0 for the first: a frame that vanished is noticed
//   length    bytes of records; count of them; 0 both for a seal
//   first     position of the first record (of the next one, for a seal)
//   atMs      journal time; never runs backwards
//   durable   highest position known durable before this frame was written
//
// Padded to whole sectors of 4 KiB, and the next frame begins at the next sector, so a later write never touches an
// acknowledged one. Little-endian.

export const SECTOR_BYTES = 4096;
const FRAME_HEAD_BYTES = 64;
/** Largest frame, 16 MiB: one commit stays far below a segment, and a damaged length cannot ask for much memory. */
export const FRAME_BYTES_MAX = 16 * 1024 * 1024;

const MAGIC = 0x314d_464f; // "OFM1"
const EPOCH = /^[0-9a-z]{8}$/;

export interface FrameHead {
  readonly previous: number;
  readonly count: number;
  readonly epoch: string;
  readonly first: number;
  readonly atMs: number;
  readonly durable: number;
}

export interface Frame extends FrameHead {
  readonly checksum: number;
  /** Size on disk with padding. */
  readonly bytes: number;
  /** A view, see records.ts. */
  readonly records: Uint8Array;
}

/** `more`: the frame needs that many bytes and the given ones end before. */
export type Parsed =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'more'; readonly bytes: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly why: string };

export function isEpoch(text: string): boolean {
  return EPOCH.test(text);
}

export function frameBytes(recordBytes: number): number {
  return Math.ceil((FRAME_HEAD_BYTES + recordBytes) / SECTOR_BYTES) * SECTOR_BYTES;
}

/** Writes a frame to the start of `into`, which has room for it; returns its checksum. */
export function writeFrame(into: Buffer, head: FrameHead, batches: readonly Uint8Array[]): number {
  assert(isEpoch(head.epoch), () => `epoch must be 8 of 0-9 a-z, got ${JSON.stringify(head.epoch)}`);
  let end = FRAME_HEAD_BYTES;
  into.fill(0, 0, FRAME_HEAD_BYTES);
  for (const batch of batches) {
    into.set(batch, end);
    end += batch.length;
  }
  const bytes = frameBytes(end - FRAME_HEAD_BYTES);
  into.fill(0, end, bytes);
  into.writeUInt32LE(MAGIC, 0);
  into.writeUInt32LE(head.previous, 8);
  into.writeUInt32LE(end - FRAME_HEAD_BYTES, 12);
  into.writeUInt32LE(head.count, 16);
  into.write(head.epoch, 24, 8, 'latin1');
  into.writeUIntLE(head.first, 32, 6);
  into.writeDoubleLE(head.atMs, 40);
  into.writeUIntLE(head.durable, 48, 6);
  const checksum = crc32(into.subarray(8, bytes));
  into.writeUInt32LE(checksum, 4);
  return checksum;
}

/** What stands at `at`. Only bytes and epoch are judged; whether the frame belongs there is the caller's question. */
export function parseFrame(bytes: Buffer, at: number, epoch: string): Parsed {
  if (at + SECTOR_BYTES > bytes.length) return { kind: 'more', bytes: SECTOR_BYTES };
  const magic = bytes.readUInt32LE(at);
  if (magic === 0 && isZero(bytes.subarray(at, at + SECTOR_BYTES))) return { kind: 'empty' };
  if (magic !== MAGIC) return { kind: 'bad', why: 'no frame begins here' };
  const length = bytes.readUInt32LE(at + 12);
  const size = frameBytes(length);
  if (size > FRAME_BYTES_MAX) return { kind: 'bad', why: `frame says it is ${size} bytes long` };
  if (at + size > bytes.length) return { kind: 'more', bytes: size };
  const checksum = bytes.readUInt32LE(at + 4);
  if (crc32(bytes.subarray(at + 8, at + size)) !== checksum) return { kind: 'bad', why: 'checksum differs' };
  const wrote = bytes.toString('latin1', at + 24, at + 32);
  if (wrote !== epoch) return { kind: 'bad', why: `frame has epoch ${wrote}, the folder ${epoch}` };
  return { kind: 'frame', frame: readFrame(bytes, at, { checksum, size, length, epoch }) };
}

function readFrame(
  bytes: Buffer,
  at: number,
  known: { checksum: number; size: number; length: number; epoch: string },
): Frame {
  return {
    checksum: known.checksum,
    bytes: known.size,
    previous: bytes.readUInt32LE(at + 8),
    count: bytes.readUInt32LE(at + 16),
    epoch: known.epoch,
    first: bytes.readUIntLE(at + 32, 6),
    atMs: bytes.readDoubleLE(at + 40),
    durable: bytes.readUIntLE(at + 48, 6),
    records: bytes.subarray(at + FRAME_HEAD_BYTES, at + FRAME_HEAD_BYTES + known.length),
  };
}

/** All zeros: the first byte is, and every byte equals the next. One comparison of memory, whatever the length. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.length === 0 || (bytes[0] === 0 && Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) === 0);
}

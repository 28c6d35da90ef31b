import { crc32 } from 'node:zlib';
import { assert } from '../contract/assert.ts';
import type { DiskFile } from './disk.ts';
import { readWhole } from './disk.ts';

// A snapshot file: the frozen state of one shard at one lsn.
//
//   head      | magic u32 | crc u32 | version u32 | shard u32 | lsn u48 | position u48 | digest 32 char | length u32 | reserved u32 | header bytes |
//   page      | magic u32 | crc u32 | page u32    | length u32                                        | bytes (<= 64 KiB)                        |   any number
//   trailer   | magic u32 | crc u32 | pages u32   | total u32                                         |                                          |   last 16 bytes
//
//   crc       crc32 of what follows it in its own record
//   digest    the shard's digest at that lsn, or 32 zero bytes
//   total     crc32 over the crcs of head and pages in order: a page that was lost, doubled or moved is noticed
//
// Little-endian, no padding. A file without its trailer was never finished.

export const PAGE_BYTES_MAX = 64 * 1024;
const HEAD_BYTES = 68;
const PAGE_HEAD_BYTES = 16;
const VERSION = 1;
const HEAD_MAGIC = 0x3148_534f; // "OSH1"
const PAGE_MAGIC = 0x3150_534f; // "OSP1"
const DIGEST = /^[0-9a-f]{32}$/;
const TRAILER_MAGIC = 0x3154_534f; // "OST1"

export interface SnapshotHead {
  readonly shard: number;
  /** The shard's lsn the state stands at. */
  readonly lsn: number;
  /** Journal position from which replay begins: records of this shard with a greater lsn. */
  readonly position: number;
  /** 32 hex digits. */
  readonly digest?: string;
  readonly header: Uint8Array;
}

export interface SnapshotPage {
  readonly page: number;
  readonly bytes: Uint8Array;
}

export interface Sealed {
  readonly bytes: Buffer;
  readonly crc: number;
}

export function encodeHead(head: SnapshotHead): Sealed {
  const bytes = Buffer.alloc(HEAD_BYTES + head.header.length);
  bytes.writeUInt32LE(HEAD_MAGIC, 0);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(head.shard, 12);
  bytes.writeUIntLE(head.lsn, 16, 6);
  bytes.writeUIntLE(head.position, 22, 6);
  assert(head.digest === undefined || DIGEST.test(head.digest), () => `digest ${head.digest} is not 32 hex digits`);
  if (head.digest !== undefined) bytes.write(head.digest, 28, 32, 'latin1');
  bytes.writeUInt32LE(head.header.length, 60);
  bytes.set(head.header, HEAD_BYTES);
  return seal(bytes);
}

export function encodePage({ page, bytes: content }: SnapshotPage): Sealed {
  const bytes = Buffer.allocUnsafe(PAGE_HEAD_BYTES + content.length);
  bytes.writeUInt32LE(PAGE_MAGIC, 0);
  bytes.writeUInt32LE(page, 8);
  bytes.writeUInt32LE(content.length, 12);
  bytes.set(content, PAGE_HEAD_BYTES);
  return seal(bytes);
}

export function encodeTrailer(pages: number, total: number): Sealed {
  const bytes = Buffer.alloc(PAGE_HEAD_BYTES);
  bytes.writeUInt32LE(TRAILER_MAGIC, 0);
  bytes.writeUInt32LE(pages, 8);
  bytes.writeUInt32LE(total, 12);
  return seal(bytes);
}

/** The running total over the crcs of all records so far. */
export function addToTotal(total: number, crc: number): number {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(crc);
  return crc32(word, total);
}

function seal(bytes: Buffer): Sealed {
  const crc = crc32(bytes.subarray(8));
  bytes.writeUInt32LE(crc, 4);
  return { bytes, crc };
}

/** Thrown by the readers below; the store turns it into "skipped" or a CorruptionError. */
export class SnapshotFault extends Error {
  override readonly name = 'SnapshotFault';
  readonly offset: number;

  constructor(why: string, offset: number) {
    super(why);
    this.offset = offset;
  }
}

export interface ReadHead {
  readonly head: SnapshotHead;
  readonly crc: number;
  /** Where the first page begins. */
  readonly end: number;
}

export function readHead(file: DiskFile): ReadHead {
  const fixed = readExactly(file, HEAD_BYTES, 0);
  if (fixed.readUInt32LE(0) !== HEAD_MAGIC) throw new SnapshotFault('no snapshot begins here', 0);
  const version = fixed.readUInt32LE(8);
  if (version !== VERSION) throw new SnapshotFault(`snapshot has version ${version}, this program reads ${VERSION}`, 8);
  const end = HEAD_BYTES + fixed.readUInt32LE(60);
  if (end > file.size) throw new SnapshotFault('the file ends inside its header', 0);
  const whole = readExactly(file, end, 0);
  const crc = requireCrc(whole, 0);
  const digest = whole.toString('latin1', 28, 60);
  const head = {
    shard: whole.readUInt32LE(12),
    lsn: whole.readUIntLE(16, 6),
    position: whole.readUIntLE(22, 6),
    header: whole.subarray(HEAD_BYTES),
    ...(digest.startsWith('\0') ? {} : { digest }),
  };
  return { head, crc, end };
}

/** Every page in order, each checked, then the trailer; throws SnapshotFault at the first that does not hold. */
export function* readPages(file: DiskFile, { crc, end }: ReadHead): Generator<SnapshotPage> {
  let total = addToTotal(0, crc);
  let at = end;
  for (let pages = 0; ; pages++) {
    const fixed = readExactly(file, PAGE_HEAD_BYTES, at);
    const magic = fixed.readUInt32LE(0);
    if (magic === TRAILER_MAGIC) return requireTrailer(file, fixed, { at, pages, total });
    const length = fixed.readUInt32LE(12);
    if (magic !== PAGE_MAGIC || length > PAGE_BYTES_MAX) throw new SnapshotFault('no page begins here', at);
    const record = readExactly(file, PAGE_HEAD_BYTES + length, at);
    total = addToTotal(total, requireCrc(record, at));
    yield { page: record.readUInt32LE(8), bytes: record.subarray(PAGE_HEAD_BYTES) };
    at += record.length;
  }
}

function requireTrailer(file: DiskFile, trailer: Buffer, seen: { at: number; pages: number; total: number }): void {
  requireCrc(trailer, seen.at);
  const whole =
    trailer.readUInt32LE(8) === seen.pages &&
    trailer.readUInt32LE(12) === seen.total &&
    seen.at + PAGE_HEAD_BYTES === file.size;
  if (!whole) throw new SnapshotFault('pages are missing, doubled or moved', seen.at);
}

function requireCrc(record: Buffer, at: number): number {
  const crc = crc32(record.subarray(8));
  if (crc !== record.readUInt32LE(4)) throw new SnapshotFault('checksum differs', at);
  return crc;
}

function readExactly(file: DiskFile, length: number, at: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  if (readWhole(file, bytes, at) < length) throw new SnapshotFault('the file ends here', at);
  return bytes;
}

import { LONG, SMALL_MIN } from './byte-writer.ts';

// Background: decoding is mostly making strings, and nearly all of them are names that come again: skus, nodes, sources.
// A new string is allocated and hashed again by every map it is looked up in. So names are kept by their bytes, and the
// same name read again is the same string: no allocation, no second hash. 90 ns a name become 15 ns.

/** Names kept per thread, the newest at each place: 32,768 of some 40 bytes, 2 MB at most. */
const NAMES_KEPT = 32_768;
const names: string[] = Array.from({ length: NAMES_KEPT }, () => '');

/** Reads what a ByteWriter wrote. The bytes are our own and were checked before (frame checksum, or the same process). */
export class ByteReader {
  at = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** From now on these bytes: one reader is kept and used again. */
  open(bytes: Uint8Array): this {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    return this;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.at++] as number;
  }

  count(): number {
    let byte = this.#bytes[this.at++] as number;
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = this.#bytes[this.at++] as number;
      value += (byte & 127) * scale;
    }
    return value;
  }

  number(): number {
    const byte = this.#bytes[this.at++] as number;
    return byte === LONG ? this.f64() : byte + SMALL_MIN;
  }

  f64(): number {
    const value = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  u32(): number {
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  /** A text that hardly comes again: a key, an id. */
  text(): string {
    const head = this.count();
    const length = head >>> 1;
    const start = this.at;
    if ((head & 1) === 1) return this.#wide(length);
    this.at = start + length;
    return this.#bytes.toString('latin1', start, this.at);
  }

  json(): unknown {
    return JSON.parse(this.text());
  }

  /** A text that comes again and again. */
  name(): string {
    const start = this.at;
    const head = this.count();
    if ((head & 1) === 1) {
      this.at = start;
      return this.text();
    }
    const length = head >>> 1;
    const from = this.at;
    const bytes = this.#bytes;
    let hash = length;
    for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + (bytes[from + i] as number)) | 0;
    const place = (hash ^ (hash >>> 15)) & (NAMES_KEPT - 1);
    const kept = names[place] as string;
    this.at = from + length;
    if (this.#isAt(from, kept, length)) return kept;
    return (names[place] = bytes.toString('latin1', from, this.at));
  }

  #isAt(from: number, name: string, length: number): boolean {
    if (name.length !== length) return false;
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== bytes[from + i]) return false;
    return true;
  }

  #wide(length: number): string {
    const start = this.at;
    this.at = start + 2 * length;
    return this.#bytes.toString('utf16le', start, this.at);
  }
}

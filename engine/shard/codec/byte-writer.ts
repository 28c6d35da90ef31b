// What the codecs write with. Little-endian; a text is its length and its characters, one byte each where all fit one.
//
//   text    count(2 × length + wide) │ length bytes, or 2 × length when wide
//   number  one byte for whole −50…199, else 255 and 8 bytes
//   count   7 bits a byte, the lowest first, the top bit says that more follow

/** Whole numbers that fit the one byte of a number: value + 50, so that small negative units are short too. */
export const SMALL_MIN = -50;
const SMALL_MAX = 199;
export const LONG = 255;

const CAPACITY_FIRST = 64 * 1024;

/** Bytes that grow as they are written. One is kept and used again: making a buffer costs more than filling a small one. */
export class ByteWriter {
  bytes = new Uint8Array(CAPACITY_FIRST);
  at = 0;
  #view = new DataView(this.bytes.buffer);

  byte(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  count(value: number): void {
    this.room(8);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.at++] = (rest & 127) | 128;
    this.bytes[this.at++] = rest;
  }

  number(value: number): void {
    this.room(9);
    if ((value | 0) === value && value >= SMALL_MIN && value <= SMALL_MAX) {
      this.bytes[this.at++] = value - SMALL_MIN;
      return;
    }
    this.bytes[this.at++] = LONG;
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** 8 bytes whatever it is: for times, which are never small. */
  f64(value: number): void {
    this.room(8);
    this.#view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  text(value: string): void {
    const { length } = value;
    this.room(2 * length + 8);
    const start = this.at;
    this.count(2 * length);
    const { bytes, at } = this;
    let seen = 0;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      seen |= unit;
      bytes[at + i] = unit;
    }
    this.at = at + length;
    if (seen > 255) this.#wide(value, start);
  }

  #wide(value: string, start: number): void {
    this.at = start;
    this.count(2 * value.length + 1);
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      this.bytes[this.at++] = unit & 255;
      this.bytes[this.at++] = unit >>> 8;
    }
  }

  json(value: unknown): void {
    this.text(JSON.stringify(value));
  }

  /** What another writer holds between two places. */
  copy(from: Uint8Array, start: number, end: number): void {
    this.room(end - start);
    this.bytes.set(from.subarray(start, end), this.at);
    this.at += end - start;
  }

  /** Room for a number that is known later, see setU32. */
  u32(value: number): void {
    this.room(4);
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** All that was written, in a buffer of its own that may be given away; the next begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(0, this.at);
    this.at = 0;
    return taken;
  }

  room(bytes: number): void {
    if (this.at + bytes > this.bytes.length) this.#grow(this.at + bytes);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

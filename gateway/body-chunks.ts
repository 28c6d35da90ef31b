/** Chunks shorter than this are copied; longer ones cost less to keep than to copy. */
const SHORT_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;

/**
 * The chunks of a body, in order. Short ones share a block: a sender may cut its body into single bytes, and as a
 * buffer each of them would take some 400 bytes of memory.
 */
export class BodyChunks {
  readonly #whole: Uint8Array[] = [];
  #block: Buffer | undefined;
  /** Where the part of the block begins that is not in `#whole` yet, and where it ends. */
  #from = 0;
  #to = 0;

  push(chunk: Uint8Array): void {
    if (chunk.byteLength >= SHORT_BYTES) {
      this.#seal();
      this.#whole.push(chunk);
      return;
    }
    if (this.#block === undefined || this.#to + chunk.byteLength > BLOCK_BYTES) {
      this.#seal();
      this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
      this.#from = this.#to = 0;
    }
    this.#block.set(chunk, this.#to);
    this.#to += chunk.byteLength;
  }

  join(): Uint8Array {
    this.#seal();
    return this.#whole.length === 1 ? this.#whole[0]! : Buffer.concat(this.#whole);
  }

  #seal(): void {
    if (this.#block !== undefined && this.#to > this.#from)
      this.#whole.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}

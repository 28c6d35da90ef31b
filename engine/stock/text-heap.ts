import type { U32Column } from './columns.ts';
import type { Pages } from './pages.ts';
import { Rows, type RowsState } from './rows.ts';

// Texts in pages: chained blocks of 8 words, block 0 of a text begins with its length in code units.
//
//   block   │ next │ w0 │ w1 │ … │ w6 │     14 code units of 16 bits per block, 2 of them the length in the first

const WORDS = 7;

export class TextHeap {
  private readonly next: U32Column;
  private readonly words: readonly U32Column[];
  private readonly rows: Rows;

  constructor(pages: Pages) {
    this.next = pages.u32();
    this.words = Array.from({ length: WORDS }, () => pages.u32());
    this.rows = new Rows(this.next, [this.next, ...this.words]);
  }

  /** Keeps a text and returns its first block. */
  put(text: string): number {
    const first = this.rows.alloc();
    this.word(0).set(first, text.length);
    let block = first;
    let slot = 1;
    for (let i = 0; i < text.length; i += 2) {
      if (slot === WORDS) {
        const after = this.rows.alloc();
        this.next.set(block, after);
        block = after;
        slot = 0;
      }
      this.word(slot++).set(block, text.charCodeAt(i) | ((i + 1 < text.length ? text.charCodeAt(i + 1) : 0) << 16));
    }
    this.next.set(block, 0);
    return first;
  }

  get(first: number): string {
    const length = this.word(0).get(first);
    const units: number[] = [];
    let block = first;
    for (let slot = 1; units.length < length; slot++) {
      if (slot === WORDS) {
        block = this.next.get(block);
        slot = 0;
      }
      const word = this.word(slot).get(block);
      units.push(word & 0xffff, word >>> 16);
    }
    return String.fromCharCode(...units.slice(0, length));
  }

  free(first: number): void {
    for (let block = first; block !== 0;) {
      const after = this.next.get(block);
      this.rows.release(block);
      block = after;
    }
  }

  private word(slot: number): U32Column {
    return this.words[slot] as U32Column;
  }

  save(): RowsState {
    return this.rows.save();
  }

  load(state: RowsState): void {
    this.rows.load(state);
  }
}

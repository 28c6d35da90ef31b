import { assert } from '../contract/assert.ts';
import type { DeadLetter, LetterContent } from '../contract/dead-letter.ts';
import { LETTERS_CLOSED_MAX } from '../contract/dead-letter.ts';
import { digestHex } from '../contract/digest.ts';

/** What changes about a letter; its content never does and is kept as bytes, so an image copies no text. */
type LetterStatus = Pick<DeadLetter, 'id' | 'state' | 'times' | 'closedBy' | 'closedAt'>;

interface Kept {
  status: LetterStatus;
  readonly content: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The same refusal of the same input is the same letter, whenever it arrives. */
export function letterId({ source, code, place, original }: LetterContent): string {
  return digestHex([source, code, place, original].join('\n'));
}

/** The dead letters (rule FD9), oldest first. Open ones stay until somebody closes them. */
export class LetterBox {
  readonly #letters = new Map<string, Kept>();
  #open = 0;
  #bytes = 0;

  get open(): number {
    return this.#open;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes a new letter would take. */
  static bytesOf(content: LetterContent): number {
    return encoder.encode(JSON.stringify(content)).length;
  }

  statusOf(id: string): LetterStatus | undefined {
    return this.#letters.get(id)?.status;
  }

  get(id: string): DeadLetter | undefined {
    const kept = this.#letters.get(id);
    return kept === undefined ? undefined : letterOf(kept);
  }

  /** Newest first, from the one after `after` on. */
  list({ state, source, code, after, limit }: LetterQuery): DeadLetter[] {
    const found: DeadLetter[] = [];
    let passed = after === undefined;
    for (const [id, kept] of [...this.#letters].reverse()) {
      if (found.length === limit) break;
      if (passed && (state === undefined || kept.status.state === state)) {
        const letter = letterOf(kept);
        const fits = (source ?? letter.source) === letter.source && (code ?? letter.code) === letter.code;
        if (fits) found.push(letter);
      }
      if (id === after) passed = true;
    }
    return found;
  }

  keep({ id, state, times, closedBy, closedAt, ...content }: DeadLetter): void {
    assert(this.#letters.get(id)?.status.state !== 'open', () => `dead letter ${id} is open already`);
    this.#remove(id);
    const bytes = encoder.encode(JSON.stringify(content));
    this.#add({ status: { id, state, times, ...closing(closedBy, closedAt) }, content: bytes });
  }

  repeat(id: string): void {
    const kept = this.#kept(id);
    kept.status = { ...kept.status, times: kept.status.times + 1 };
  }

  close(id: string, as: DeadLetter['state'], closedBy: string, closedAt: number): void {
    const kept = this.#kept(id);
    assert(kept.status.state === 'open' && as !== 'open', () => `dead letter ${id} is ${kept.status.state}`);
    kept.status = { ...kept.status, state: as, closedBy, closedAt };
    this.#open--;
    if (this.#letters.size - this.#open > LETTERS_CLOSED_MAX) this.#removeOldestClosed();
  }

  /** Status of each letter with the length of its content, and the contents in the same order. */
  image(): { readonly index: readonly (readonly [LetterStatus, number])[]; readonly contents: readonly Uint8Array[] } {
    const all = [...this.#letters.values()];
    return {
      index: all.map(({ status, content }) => [status, content.length]),
      contents: all.map(({ content }) => content),
    };
  }

  restore(index: readonly (readonly [LetterStatus, number])[], contents: Uint8Array): void {
    let offset = 0;
    for (const [status, length] of index) {
      this.#add({ status, content: contents.slice(offset, offset + length) });
      offset += length;
    }
    assert(offset === contents.length, () => `letters take ${offset} bytes, the image has ${contents.length}`);
  }

  #add(kept: Kept): void {
    this.#letters.set(kept.status.id, kept);
    this.#bytes += kept.content.length;
    if (kept.status.state === 'open') this.#open++;
  }

  #remove(id: string): void {
    const kept = this.#letters.get(id);
    if (kept === undefined) return;
    this.#letters.delete(id);
    this.#bytes -= kept.content.length;
  }

  #removeOldestClosed(): void {
    for (const [id, { status }] of this.#letters) if (status.state !== 'open') return this.#remove(id);
  }

  #kept(id: string): Kept {
    const kept = this.#letters.get(id);
    assert(kept !== undefined, () => `no dead letter ${id}`);
    return kept;
  }
}

interface LetterQuery {
  readonly state?: DeadLetter['state'];
  readonly source?: string;
  readonly code?: string;
  readonly after?: string;
  readonly limit: number;
}

function letterOf({ status, content }: Kept): DeadLetter {
  return { ...status, ...(JSON.parse(decoder.decode(content)) as LetterContent) };
}

function closing(closedBy: string | undefined, closedAt: number | undefined): Partial<LetterStatus> {
  return { ...(closedBy !== undefined && { closedBy }), ...(closedAt !== undefined && { closedAt }) };
}

import { createHash, type Hash } from 'node:crypto';
import { TransferError } from './lines.ts';

/** The lines of an export, parsed, counted and hashed as they pass. */
export class Lines {
  /** Number of the line that was read last, from 1 at the header. */
  number = 0;
  /** Hex, over every line before the last one; '' until that was read. */
  sha256 = '';
  readonly #lines: AsyncIterator<string>;
  readonly #sha: Hash = createHash('sha256');

  constructor(lines: AsyncIterable<string>) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** The header. `npm run export > file` puts npm's own two lines in front. */
  async first(): Promise<unknown> {
    let text = await this.#text();
    while (text !== undefined && (text.trim() === '' || text.startsWith('> '))) text = await this.#text();
    return this.#parsed(text);
  }

  /** Undefined at the end of the file. */
  async next(): Promise<unknown> {
    return this.#parsed(await this.#text());
  }

  wrong(why: string): TransferError {
    return new TransferError(`line ${this.number}: ${why}`);
  }

  async #text(): Promise<string | undefined> {
    const step = await this.#lines.next();
    return step.done === true ? undefined : step.value;
  }

  #parsed(text: string | undefined): unknown {
    if (text === undefined) return undefined;
    this.number += 1;
    if (text.startsWith('{"end":')) this.sha256 = this.#sha.copy().digest('hex');
    this.#sha.update(text).update('\n');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.wrong('this is no JSON');
    }
  }
}

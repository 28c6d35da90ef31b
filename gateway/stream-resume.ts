import { createHash } from 'node:crypto';
import type { Entry, Since, Subscribed, Update } from './protocol/wire.ts';

/** Longest token that is read, in characters: 100 keys have some 900. */
const TOKEN_CHARS_MAX = 4_096;

/** Stands between the parts of a token; no epoch has it. */
const MARK = '~';
const EPOCH = /^[\w.-]{1,64}$/;

/**
 * What the reader of an event stream has seen, as the `id:` of an event: the revision of each key in the order they were
 * asked for. A browser sends the last one back by itself (`Last-Event-ID`).
 *
 *   3fUe0a~pi~~q2~k3f9x2aa    question, revisions in base 36 (empty: not known), epoch
 *
 * The question's digest is part of it: the same revision shows something else to who asks for another place.
 */
export class StreamResume {
  readonly #question: string;
  readonly #seen: Map<string, number | undefined>;
  #epoch = '';

  /** `question`: all that decides what is shown for the keys. */
  constructor(question: string, keys: readonly string[]) {
    this.#question = createHash('sha256')
      .update(JSON.stringify([question, keys]))
      .digest('base64url')
      .slice(0, 6);
    this.#seen = new Map(keys.map((key) => [key, undefined]));
  }

  /** Goes on where a token ends; one that is none, or of another question, is as good as none. */
  goOnFrom(token: string): void {
    const parts = token.length > TOKEN_CHARS_MAX ? [''] : token.split(MARK);
    const epoch = parts.at(-1)!;
    // It is said again in the next token, and must not hold a line of its own making.
    if (parts.length !== this.#seen.size + 2 || parts[0] !== this.#question || !EPOCH.test(epoch)) return;
    this.#epoch = epoch;
    for (const [index, key] of [...this.#seen.keys()].entries()) {
      const part = parts[index + 1]!;
      const revision = /^[0-9a-z]{1,11}$/.test(part) ? Number.parseInt(part, 36) : undefined;
      if (Number.isSafeInteger(revision)) this.#seen.set(key, revision);
    }
  }

  /** The `since` of a subscribe. */
  since(): Readonly<Record<string, Since>> {
    const known = [...this.#seen].filter(([, revision]) => revision !== undefined);
    return Object.fromEntries(known.map(([key, revision]) => [key, [this.#epoch, revision!]]));
  }

  /** Takes note of a message that is being sent. */
  sends(message: Subscribed<unknown> | Update<unknown>): void {
    if (message.type === 'update') return this.#note(message);
    for (const entry of message.snap) this.#note(entry);
  }

  /** Absent while nothing has been seen. */
  token(): string | undefined {
    if (this.#epoch === '') return undefined;
    const revisions = [...this.#seen.values()].map((revision) => revision?.toString(36) ?? '');
    const token = [this.#question, ...revisions, this.#epoch].join(MARK);
    return token.length > TOKEN_CHARS_MAX ? undefined : token;
  }

  #note({ k, e, r }: Pick<Entry<unknown>, 'k' | 'e' | 'r'>): void {
    if (!this.#seen.has(k)) return;
    if (e !== this.#epoch) for (const key of this.#seen.keys()) this.#seen.set(key, undefined);
    this.#epoch = e;
    this.#seen.set(k, r);
  }
}

import { reconnectWaitMs } from '../../gateway/client/backoff.ts';
import type { Cancel, Environment } from '../../gateway/client/environment.ts';
import type { Answer } from '../../gateway/client/http-client.ts';
import type { WorkActBody, WorkAnswer } from '../../gateway/protocol/work-bodies.ts';
import { Observable } from '../store/observable.ts';

// What somebody at the node did, from the click to the answer. Each act is written into the browser's storage before it is
// sent, under a key that makes sending it again harmless, and stays there until the server has answered: a lost connection, a
// closed tab and an answer that got lost neither lose an act nor do it twice.
//
//   click ─► waiting ─► sent ─► done: gone from here
//               ▲         │ └──► refused: stays, with why, until it is dismissed by hand
//               └─────────┘ no answer: again, in order, until there is one

/** One act. */
export interface Said {
  /** Of the request: the server does the same key once. */
  readonly key: string;
  readonly work: string;
  /** The order's number, for people. */
  readonly number: string;
  readonly act: WorkActBody;
  /** When it was said, ms since the epoch, and its place among the others. */
  readonly at: number;
  /** Why the server would not; absent: it waits to be sent. */
  readonly refused?: string;
}

/** Acts of one node at most, refused ones included: more than an hour of work of one pair of hands. */
export const OUTBOX_MAX = 100;

export interface OutboxSettings {
  readonly node: string;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
  readonly env: Pick<Environment, 'after' | 'nowMs' | 'random'>;
  readonly newKey: () => string;
  readonly send: (said: Said) => Promise<Answer<WorkAnswer>>;
  /** The work order as it is since the act. */
  readonly done: (answer: WorkAnswer) => void;
  /** The key is no good any more: nothing is lost, and nothing is sent until somebody signs in. */
  readonly keyRefused: (message: string) => void;
}

export class Outbox {
  readonly all: Observable<readonly Said[]>;
  /** Acts that the browser would not store: they live as long as the page. */
  readonly #unstored = new Map<string, Said>();
  readonly #settings: OutboxSettings;
  readonly #prefix: string;
  #isSending = false;
  #isClosed = false;
  #tries = 0;
  #again: Cancel | undefined;

  constructor(settings: OutboxSettings) {
    this.#settings = settings;
    this.#prefix = `onhand.said.${settings.node}.`;
    this.all = new Observable<readonly Said[]>(this.#read());
  }

  /** Acts that wait, by work order, oldest first. */
  waiting(): ReadonlyMap<string, readonly WorkActBody[]> {
    const waiting = this.all.value.filter(({ refused }) => refused === undefined);
    const byWork = Map.groupBy(waiting, ({ work }) => work);
    return new Map([...byWork].map(([work, all]) => [work, all.map(({ act }) => act)]));
  }

  /** Whether the browser stores nothing: then closing the page loses what waits. */
  get isAtRisk(): boolean {
    return this.#unstored.size > 0;
  }

  say(said: Pick<Said, 'work' | 'number' | 'act'>): 'kept' | 'full' {
    if (this.all.value.length >= OUTBOX_MAX) return 'full';
    const last = this.all.value.at(-1)?.at ?? 0;
    const { env, newKey } = this.#settings;
    this.#write({ ...said, key: newKey(), at: Math.max(env.nowMs(), last + 1) });
    this.sendNow();
    return 'kept';
  }

  /** Takes a refused act off the list; what waits stays. */
  dismiss(key: string): void {
    if (this.all.value.some((said) => said.key === key && said.refused !== undefined)) this.#remove(key);
  }

  /** Another tab of this browser wrote: what it said is sent by whichever is first, once. */
  refresh(): void {
    this.all.set(this.#read());
    this.sendNow();
  }

  /** At once: the server is there again, or there is something new. */
  sendNow(): void {
    this.#again?.();
    this.#again = undefined;
    void this.#sendAll();
  }

  close(): void {
    this.#isClosed = true;
    this.#again?.();
  }

  /** One after the other, as they were done. */
  async #sendAll(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#next(); next !== undefined && !this.#isClosed; next = this.#next()) {
        if (!(await this.#send(next))) return;
      }
    } finally {
      this.#isSending = false;
    }
  }

  #next(): Said | undefined {
    return this.all.value.find(({ refused }) => refused === undefined);
  }

  /** False: not now. */
  async #send(said: Said): Promise<boolean> {
    const answer = await this.#settings.send(said);
    // Whoever is signed in next sends it again, under the same key.
    if (this.#isClosed) return false;
    if (answer.ok) {
      this.#tries = 0;
      this.#settings.done(answer.value);
      this.#remove(said.key);
      return true;
    }
    const { status, error } = answer;
    if (!isAnswered(status, error.code)) {
      this.#sendLater(error.retryAfterMs ?? 0);
      return false;
    }
    this.#tries = 0;
    if (status === 401 || status === 403) {
      this.#settings.keyRefused(error.message);
      return false;
    }
    this.#write({ ...said, refused: error.message });
    return true;
  }

  #sendLater(waitMs: number): void {
    const { env } = this.#settings;
    const backoffMs = reconnectWaitMs(this.#tries++, env.random());
    this.#again = env.after(Math.max(waitMs, backoffMs), () => this.sendNow());
  }

  #write(said: Said): void {
    try {
      this.#settings.storage.setItem(this.#prefix + said.key, JSON.stringify(said));
      this.#unstored.delete(said.key);
    } catch {
      // Full, or forbidden: the page remembers, and says that it alone does.
      this.#unstored.set(said.key, said);
    }
    this.all.set(this.#read());
  }

  #remove(key: string): void {
    this.#unstored.delete(key);
    try {
      this.#settings.storage.removeItem(this.#prefix + key);
    } catch {
      // Forbidden: then it was never stored.
    }
    this.all.set(this.#read());
  }

  #read(): readonly Said[] {
    const { storage } = this.#settings;
    const found = new Map<string, Said>(this.#unstored);
    try {
      for (let i = 0; i < storage.length; i++) {
        const name = storage.key(i) ?? '';
        const said = name.startsWith(this.#prefix) ? parse(storage.getItem(name)) : undefined;
        if (said !== undefined && !found.has(said.key)) found.set(said.key, said);
      }
    } catch {
      // Forbidden: only what the page remembers.
    }
    return [...found.values()].sort((a, b) => a.at - b.at);
  }
}

/** Something else on the way may answer too, a proxy or a gateway: only our own no is one. */
function isAnswered(status: number, code: string): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429 && !code.startsWith('http-');
}

function parse(text: string | null): Said | undefined {
  try {
    const said = JSON.parse(text ?? 'null') as Said | null;
    const isSaid = typeof said?.key === 'string' && typeof said.at === 'number' && typeof said.act?.act === 'string';
    return isSaid ? said : undefined;
  } catch {
    // Somebody else's text under our name.
    return undefined;
  }
}

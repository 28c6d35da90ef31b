import assert from 'node:assert/strict';

/** A message of the server, of which a script knows only what it looks at. */
export type Message = Readonly<Record<string, unknown>> & { readonly type: string };

/** How long a script waits for what must come, ms. */
const PATIENCE_MS = 5_000;

/** How one ended: a websocket's close, or an event stream's last error. */
export interface Ended {
  readonly code: number;
  readonly reason: string;
}

/** What a door hands a script: one connection, of which everything that was heard is kept until it is asked for. */
export class Talk {
  readonly closed: Promise<Ended>;
  /** Newest epoch and revision heard of each key. */
  readonly seen = new Map<string, readonly [epoch: string, revision: number]>();
  /** All that ever came, in order. */
  readonly all: Message[] = [];
  readonly #heard: Message[] = [];
  #ended: Ended | undefined;
  #wake: () => void = () => undefined;
  #close: (ended: Ended) => void = () => undefined;
  readonly #send: (text: string | Buffer) => void;
  readonly #leave: () => void;

  constructor(send: (text: string | Buffer) => void, leave: () => void) {
    this.closed = new Promise((resolve) => (this.#close = resolve));
    this.#send = send;
    this.#leave = leave;
  }

  say(message: object | string | Buffer): void {
    this.#send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** The next message of a type; others before it are dropped. */
  next(type: string, patienceMs = PATIENCE_MS): Promise<Message> {
    return this.nextOf([type], patienceMs);
  }

  /** The same of several types, whichever comes first. */
  async nextOf(types: readonly string[], patienceMs = PATIENCE_MS): Promise<Message> {
    const type = types.join(' or ');
    const late = AbortSignal.timeout(patienceMs);
    for (;;) {
      const found = this.#heard.findIndex((message) => types.includes(message.type));
      if (found !== -1) return this.#heard.splice(0, found + 1).at(-1)!;
      assert.equal(this.#ended, undefined, `closed instead of ${type}; ${this.#said()}`);
      assert.ok(!late.aborted, `no ${type} within ${patienceMs} ms; ${this.#said()}`);
      await this.#something(late);
    }
  }

  /** Whatever came and was not asked for. */
  rest(): readonly Message[] {
    return this.#heard.splice(0);
  }

  /** The close code; the script fails when there is none in time. */
  async ends(patienceMs = PATIENCE_MS): Promise<number> {
    const late = AbortSignal.timeout(patienceMs);
    while (this.#ended === undefined) {
      assert.ok(!late.aborted, `still open after ${patienceMs} ms; ${this.#said()}`);
      await this.#something(late);
    }
    return this.#ended.code;
  }

  leave(): void {
    this.#leave();
  }

  /** For doors: what came. */
  hear(text: string): void {
    const message = JSON.parse(text) as Message;
    this.all.push(message);
    if (message.type === 'update') this.#see(message);
    for (const entry of (message['snap'] ?? []) as Message[]) this.#see(entry);
    this.#heard.push(message);
    this.#wake();
  }

  /** For doors: the connection is gone. */
  end(ended: Ended): void {
    this.#ended ??= ended;
    this.#close(this.#ended);
    this.#wake();
  }

  #see(entry: Message): void {
    this.seen.set(String(entry['k']), [String(entry['e']), Number(entry['r'])]);
  }

  #something(late: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      late.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #said(): string {
    const last = this.all
      .slice(-3)
      .map((message) => JSON.stringify(message).slice(0, 200))
      .join(' ');
    const end = this.#ended === undefined ? '' : ` closed ${this.#ended.code} ${this.#ended.reason}`;
    return `heard last: ${last === '' ? 'nothing' : last}${end}`;
  }
}

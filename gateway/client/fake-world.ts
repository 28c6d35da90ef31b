import type { ClientMessage, ServerMessage } from '../protocol/wire.ts';
import type { Cancel, Environment, Socket } from './environment.ts';

// For tests: a world where time stands still until it is told to pass, and the server is the test.

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: ClientMessage[] = [];
  closedWith: number | undefined;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
  }

  /** The server says something. */
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** Opens and greets, as the server does. */
  welcome(): void {
    this.onopen?.();
    this.say({
      type: 'welcome',
      v: 1,
      session: 's_1',
      pingMs: 25_000,
      limits: { keys: 100, msgBytes: 8192, cmdPerSec: 20 },
      conflateMs: { default: 250, min: 50, max: 5000 },
    });
  }

  /** The server, or the network, closes. */
  drop(code: number): void {
    this.onclose?.({ code, reason: '' });
  }
}

export class FakeWorld implements Environment {
  readonly sockets: FakeSocket[] = [];
  /** What `random` answers. */
  luck = 0.5;
  #nowMs = 1_000_000;
  #timers: { atMs: number; run: () => void }[] = [];
  readonly #networkListeners = new Set<(online: boolean) => void>();

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }

  get timers(): number {
    return this.#timers.length;
  }

  openSocket(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  random(): number {
    return this.luck;
  }

  onNetwork(listen: (online: boolean) => void): Cancel {
    this.#networkListeners.add(listen);
    return () => this.#networkListeners.delete(listen);
  }

  network(online: boolean): void {
    for (const listen of this.#networkListeners) listen(online);
  }

  /** Time passes; timers run when due, in order, also those that others set on the way. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = due.atMs;
      due.run();
    }
    this.#nowMs = untilMs;
  }
}

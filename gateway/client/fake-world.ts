import type { ClientMessage, ServerMessage } from '../protocol/wire.ts';
import type { Cancel, Environment, PageNews, Socket } from './environment.ts';

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
    this.say(WELCOME);
  }

  /** The server, or the network, closes. */
  drop(code: number): void {
    this.onclose?.({ code, reason: '' });
  }
}

/** A request whose answer the test gives. */
export class FakeRequest {
  readonly url: URL;
  readonly headers: Headers;
  readonly signal: AbortSignal | null | undefined;
  readonly answered: Promise<Response>;
  #resolve: (response: Response) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(url: string, init: RequestInit) {
    this.url = new URL(url);
    this.headers = new Headers(init.headers);
    this.signal = init.signal;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.signal?.addEventListener('abort', () => this.#reject(new Error('aborted')));
  }

  reply(body: unknown, init: ResponseInit = {}): void {
    const headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string>) };
    this.#resolve(new Response(init.status === 304 ? null : JSON.stringify(body), { ...init, headers }));
  }

  fail(): void {
    this.#reject(new Error('unreachable'));
  }

  /** Opens a stream of events. */
  stream(): void {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#stream = controller) });
    this.#resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  }

  say(message: ServerMessage, id?: string): void {
    this.text(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`);
  }

  text(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#stream?.close();
  }
}

export const WELCOME: ServerMessage = {
  type: 'welcome',
  v: 1,
  session: 's_1',
  pingMs: 25_000,
  limits: { keys: 100, msgBytes: 8192, cmdPerSec: 20, updPerSec: 1_000 },
  conflateMs: { default: 250, min: 50, max: 5000 },
};

export class FakeWorld implements Environment {
  readonly sockets: FakeSocket[] = [];
  readonly requests: FakeRequest[] = [];
  /** What `random` answers. */
  luck = 0.5;
  #nowMs = 1_000_000;
  #timers: { atMs: number; run: () => void }[] = [];
  readonly #pageListeners = new Set<(news: PageNews) => void>();

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }

  /** The newest request. */
  get request(): FakeRequest {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('nothing was asked');
    return request;
  }

  get timers(): number {
    return this.#timers.length;
  }

  openSocket(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  fetch(url: string, init: RequestInit): Promise<Response> {
    const request = new FakeRequest(url, init);
    this.requests.push(request);
    return request.answered;
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

  onPage(listen: (news: PageNews) => void): Cancel {
    this.#pageListeners.add(listen);
    return () => this.#pageListeners.delete(listen);
  }

  page(news: PageNews): void {
    for (const listen of this.#pageListeners) listen(news);
  }

  /** Lets promises run that wait for nothing. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
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

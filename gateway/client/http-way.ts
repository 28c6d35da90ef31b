import type { ServerMessage, Subscribe } from '../protocol/wire.ts';
import type { CloseEvent, Environment, Socket } from './environment.ts';

// What the ways over plain HTTP share: from above they look like a socket, so that everything else is the same.

/** Longest wait that a server may ask for, in ms: beyond it a page would seem dead. */
const RETRY_AFTER_MS_MAX = 300_000;

/** The server's greeting, for a way where it sends none: `pingMs` leaves room for the slowest poll. */
const GREETING = { type: 'welcome', pingMs: 90_000, limits: { keys: 100 } } as ServerMessage;

/** Commands in one scope: what a stream and a poll are asked in. */
export interface Group {
  readonly name: string;
  readonly scope: Pick<Subscribe, 'sale' | 'near' | 'conflateMs'>;
  readonly ids: readonly number[];
  /** Each key, and whether a revision of it is held. */
  readonly keys: ReadonlyMap<string, boolean>;
}

export function groupsOf(commands: readonly Subscribe[]): readonly Group[] {
  const groups = Map.groupBy(commands, ({ sale, near, conflateMs }) => JSON.stringify({ sale, near, conflateMs }));
  return [...groups].map(([name, ofGroup]) => ({
    name,
    scope: JSON.parse(name) as Group['scope'],
    ids: ofGroup.map(({ id }) => id),
    keys: new Map(ofGroup.flatMap(({ keys, since }) => keys.map((key) => [key, since?.[key] !== undefined] as const))),
  }));
}

/** The socket's upper side, and the asking. */
export class HttpWay {
  readonly socket: Socket;
  readonly #url: string;
  readonly #env: Environment;
  readonly #ended = new AbortController();
  #greeted = false;

  constructor(url: string, env: Environment, want: (commands: readonly Subscribe[]) => void) {
    this.#url = url;
    this.#env = env;
    const close = (): void => this.#ended.abort();
    this.socket = { onopen: null, onmessage: null, onclose: null, onerror: null, want, send: () => {}, close };
  }

  get over(): boolean {
    return this.#ended.signal.aborted;
  }

  /** By whomever; a timer that is left would keep a program of Node running. */
  onEnd(run: () => void): void {
    this.#ended.signal.addEventListener('abort', run);
  }

  /** Several streams greet, the page hears one greeting. */
  greet(greeting = GREETING): void {
    if (this.#greeted) return;
    this.#greeted = true;
    this.socket.onopen?.();
    this.say(greeting);
  }

  say(message: ServerMessage): void {
    if (!this.over) this.socket.onmessage?.({ data: JSON.stringify(message) });
  }

  fail(event: CloseEvent): void {
    if (this.over) return;
    this.#ended.abort();
    this.socket.onclose?.(event);
  }

  /**
   * The answer to read on, undefined when there is nothing to read: unchanged, ended by `signal`, or a no. A no about what
   * was asked goes to those who asked, one about the moment ends the socket (1013), and what is not from our server, a
   * proxy's page for instance, speaks against the way (1006).
   */
  async ask(group: Group, asked: Asked, signal: AbortSignal): Promise<Response | undefined> {
    const { path, search, type, etag } = asked;
    for (const [name, value] of Object.entries(group.scope.near ?? {})) search.set(name, String(value));
    // wss://shop.example/v1/live -> https://shop.example
    const url = new URL(`${path}?${search}`, this.#url.replace(/^ws/, 'http')).href;
    try {
      const response = await this.#env.fetch(url, {
        signal: AbortSignal.any([this.#ended.signal, signal]),
        cache: 'no-store',
        credentials: 'omit',
        headers: { accept: type, ...(etag && { 'if-none-match': etag }) },
      });
      if (response.ok && response.headers.get('content-type')?.startsWith(type)) return response;
      if (response.status !== 304) await this.#refused(response, group);
    } catch (error) {
      this.lost(error, signal);
    }
    return undefined;
  }

  /** What we ended ourselves is no failure; a time that passed is. */
  lost(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted || signal.reason?.name === 'TimeoutError') this.fail({ code: 1006, reason: String(error) });
  }

  async #refused(response: Response, { ids }: Group): Promise<void> {
    const { status, headers } = response;
    const no = await noOf(response);
    const seconds = Number(headers.get('retry-after')) || 0;
    const retryAfterMs = Math.min(Math.max(seconds, 0) * 1000, RETRY_AFTER_MS_MAX);
    if (no === undefined) return this.fail({ code: 1006, reason: `http ${status}`, retryAfterMs });
    if (status === 429 || status >= 500) return this.fail({ code: 1013, reason: no.code, retryAfterMs });
    this.greet();
    for (const id of ids) this.say({ type: 'error', id, code: no.code, msg: no.message, temporary: false });
  }
}

interface Asked {
  readonly path: string;
  readonly search: URLSearchParams;
  readonly type: string;
  readonly etag?: string | undefined;
}

interface No {
  readonly code: string;
  readonly message: string;
}

async function noOf(response: Response): Promise<No | undefined> {
  try {
    const no = (await response.json()) as Partial<No>;
    // A server without this door says `unknown-route`: the way is not there.
    return no.code && no.message && no.code !== 'unknown-route' ? (no as No) : undefined;
  } catch {
    return undefined;
  }
}

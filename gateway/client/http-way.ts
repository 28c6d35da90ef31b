import type { ServerMessage, Subscribe } from '../protocol/wire.ts';
import type { CloseEvent, Socket } from './environment.ts';
import type { Group } from './wanted-keys.ts';

// What the ways over plain HTTP share: they look like a socket, so that everything above them is the same.

/** Longest wait that a server may ask for, in ms: beyond it a page would seem dead. */
const RETRY_AFTER_MS_MAX = 300_000;

/** The server's greeting, for a way where it sends none. `pingMs` leaves room for the slowest poll. */
const GREETING: ServerMessage = {
  type: 'welcome',
  v: 1,
  session: '',
  pingMs: 90_000,
  limits: { keys: 100, msgBytes: 8192, cmdPerSec: 20, updPerSec: 500 },
  conflateMs: { default: 250, min: 50, max: 5000 },
};

/** The socket's upper side. */
export class HttpWay {
  readonly socket: Socket;
  #greeted = false;
  #over = false;
  readonly #aborted = new AbortController();

  constructor(send: (text: string) => void) {
    this.socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      early: true,
      send,
      close: () => this.#end(),
    };
  }

  get over(): boolean {
    return this.#over;
  }

  /** Aborted when the socket is closed, by whomever. */
  get signal(): AbortSignal {
    return this.#aborted.signal;
  }

  /** Several streams greet, the page hears one greeting. */
  greet(greeting = GREETING): void {
    if (this.#greeted) return;
    this.#greeted = true;
    this.socket.onopen?.();
    this.say(greeting);
  }

  say(message: ServerMessage): void {
    if (!this.#over) this.socket.onmessage?.({ data: JSON.stringify(message) });
  }

  fail(event: CloseEvent): void {
    if (this.#over) return;
    this.#end();
    this.socket.onclose?.(event);
  }

  #end(): void {
    this.#over = true;
    this.#aborted.abort();
  }

  /**
   * Whether the answer can be read on. A no that is about what was asked goes to those who asked; everything else, a
   * proxy's page for instance, ends the way.
   */
  async accepts(response: Response, type: string, group: Group): Promise<boolean> {
    const { status, headers } = response;
    if (response.ok && (headers.get('content-type') ?? '').startsWith(type)) return true;
    const no = status >= 400 && status < 500 && status !== 429 ? await noOf(response) : undefined;
    if (no === undefined) this.fail({ code: 1006, reason: `http ${status}`, retryAfterMs: retryAfterMs(headers) });
    else this.#refuse(group, no);
    return false;
  }

  #refuse(group: Group, { code, message }: No): void {
    this.greet();
    for (const id of group.ids.splice(0)) this.say({ type: 'error', id, code, msg: message, temporary: false });
  }
}

interface No {
  readonly code: string;
  readonly message: string;
}

async function noOf(response: Response): Promise<No | undefined> {
  try {
    const no = (await response.json()) as Partial<No>;
    // A server without this door says `unknown-route`: the way is not there.
    if (no.code === undefined || no.message === undefined || no.code === 'unknown-route') return undefined;
    return { code: no.code, message: no.message };
  } catch {
    return undefined;
  }
}

/** `Retry-After` in seconds, as ms; 0 when the server names none. */
function retryAfterMs(headers: Headers): number {
  const seconds = Number(headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1000, RETRY_AFTER_MS_MAX) : 0;
}

/** The scope of a group as query. */
export function withPlace(search: URLSearchParams, { near }: Pick<Subscribe, 'near'>): URLSearchParams {
  for (const [name, value] of Object.entries(near ?? {})) search.set(name, String(value));
  return search;
}

/** wss://shop.example/v1/live -> https://shop.example + path. */
export function httpUrl(url: string, path: string, search: URLSearchParams): string {
  return new URL(`${path}?${search}`, url.replace(/^ws/, 'http')).href;
}

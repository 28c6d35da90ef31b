// What the client needs from the world: passed in, so tests drive it with a fake socket and virtual time.

import type { Subscribe } from '../protocol/wire.ts';

export interface CloseEvent {
  readonly code: number;
  readonly reason: string;
  /** The server asks to stay away so long, in ms. */
  readonly retryAfterMs?: number;
}

/** The part of the standard WebSocket we use; browsers and Node 22+ have it as a global. The ways over HTTP look the same. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: (() => void) | null;
  /** In place of `send`, before the greeting already: all that is watched, whenever it changes. */
  readonly want?: (commands: readonly Subscribe[]) => void;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type Cancel = () => void;

/** What happens around the page. */
export type PageNews = 'online' | 'offline' | 'hidden' | 'visible';

export interface Environment {
  openSocket(url: string, protocol: string): Socket;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Ms since the epoch. */
  nowMs(): number;
  /** Runs once after the delay, unless cancelled. */
  after(delayMs: number, run: () => void): Cancel;
  /** 0 <= random < 1. */
  random(): number;
  /** Tells when the machine believes to have lost or regained its network, and whether the page is looked at; at once, if not. */
  onPage(listen: (news: PageNews) => void): Cancel;
}

/** The real world, in a browser or in Node. */
export function realEnvironment(): Environment {
  return {
    openSocket: (url, protocol) => new WebSocket(url, protocol) as unknown as Socket,
    fetch: (url, init) => fetch(url, init),
    nowMs: () => Date.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    onPage(listen) {
      // Node has neither window nor these events: there only the socket itself tells.
      if (typeof window === 'undefined') return () => {};
      const ended = new AbortController();
      const { signal } = ended;
      const look = (): void => listen(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
      document.addEventListener('visibilitychange', look, { signal });
      window.addEventListener('online', () => listen('online'), { signal });
      window.addEventListener('offline', () => listen('offline'), { signal });
      if (document.visibilityState === 'hidden') listen('hidden');
      return () => ended.abort();
    },
  };
}

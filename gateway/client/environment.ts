// What the client needs from the world: passed in, so tests drive it with a fake socket and virtual time.

/** The part of the standard WebSocket we use; browsers and Node 22+ have it as a global. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type Cancel = () => void;

export interface Environment {
  openSocket(url: string, protocol: string): Socket;
  /** Ms since the epoch. */
  nowMs(): number;
  /** Runs once after the delay, unless cancelled. */
  after(delayMs: number, run: () => void): Cancel;
  /** 0 <= random < 1. */
  random(): number;
  /** Tells when the machine believes to have lost or regained its network; a page that is looked at again counts as regained. */
  onNetwork(listen: (online: boolean) => void): Cancel;
}

/** The real world, in a browser or in Node. */
export function realEnvironment(): Environment {
  return {
    openSocket: (url, protocol) => new WebSocket(url, protocol) as unknown as Socket,
    nowMs: () => Date.now(),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    onNetwork(listen) {
      // Node has neither window nor these events: there only the socket itself tells.
      if (typeof window === 'undefined') return () => {};
      const online = (): void => listen(true);
      const offline = (): void => listen(false);
      const visible = (): void => {
        if (document.visibilityState === 'visible') listen(true);
      };
      document.addEventListener('visibilitychange', visible);
      window.addEventListener('online', online);
      window.addEventListener('offline', offline);
      return () => {
        document.removeEventListener('visibilitychange', visible);
        window.removeEventListener('online', online);
        window.removeEventListener('offline', offline);
      };
    },
  };
}

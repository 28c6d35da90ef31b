import type { IncomingStats } from './protocol/webhook-bodies.ts';

/** What the gateway counts of itself, for GET /v1/stats. */
export interface ServerStats {
  readonly sockets: number;
  readonly topics: number;
  /** Updates of stock written to sockets since the start. */
  readonly pushes: number;
  /** Handshakes answered with an error since the start, by reason. */
  readonly handshakesRefused: Readonly<Record<string, number>>;
  /** Sockets the server closed since the start, by close code. */
  readonly closed: Readonly<Record<string, number>>;
  readonly memoryBytes: number;
  /** `failed`: why no staff command is let in until a restart. */
  readonly audit: { readonly failed?: string };
  /** `failed`: why webhooks are neither taken nor sent until a restart. */
  readonly webhooks: { readonly incoming: IncomingStats; readonly failed?: string };
}

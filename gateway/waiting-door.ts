import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Answers on the server's port while the engine recovers: a load balancer is told 503 `recovering` instead of being refused
 * a connection, and a port that is taken stops the start before a journal is read.
 */
export interface WaitingDoor {
  /** The port, also when a free one was asked for. */
  readonly port: number;
  /** Gives the port back; the next to listen on it takes over within the same turn of the loop. */
  close(): Promise<void>;
}

const RETRY_SEC = 1;

export async function openWaitingDoor(at: { readonly host: string; readonly port: number }): Promise<WaitingDoor> {
  const server = createServer((request, response) => {
    const isLive = request.url?.split('?', 1)[0] === '/health/live';
    const body = JSON.stringify(isLive ? { status: 'live' } : RECOVERING);
    if (!isLive) response.setHeader('retry-after', RETRY_SEC);
    response.writeHead(isLive ? 200 : 503, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.host, port: at.port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const RECOVERING = {
  code: 'recovering',
  message: 'the server reads its journal and will take work when it has; ask again',
  retryAfterMs: RETRY_SEC * 1000,
};

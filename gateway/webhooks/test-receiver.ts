import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CERTIFICATE, PRIVATE_KEY } from './test-certificate.ts';

// Somebody's endpoint, for tests: a real server that keeps what it got.

export interface Got {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly got: Got[];
  /** Connections so far, also those over which nothing came. */
  connections(): number;
  /** Resolves when so many deliveries have come. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

type Answer = (response: ServerResponse, got: Got) => void;

export async function startReceiver(
  answer: Answer = (response) => void response.writeHead(204).end(),
  tls = false,
): Promise<Receiver> {
  const got: Got[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  let connections = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    got.push(one);
    if (waiting !== undefined && got.length >= waiting.count) waiting.resolve();
    answer(response, one);
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);
  const server = tls ? createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, listener) : createServer(listener);
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://hook.test:${port}/in` : `http://127.0.0.1:${port}/in`,
    port,
    got,
    connections: () => connections,
    until(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { count, resolve };
      if (got.length >= count) resolve();
      return promise;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Hit, Limit } from './limits.ts';

/** Requests that node's parser gives up on never reach a route; they get the same kind of error, and the connection ends. */
export function answerClientError(error: Error & { code?: string }, socket: Socket, hit: Hit): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, limit, ...body }: Said = SAID[error.code ?? ''] ?? MALFORMED;
  if (limit !== undefined) hit(limit);
  const text = JSON.stringify(body);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  }
  socket.destroySoon();
}

/** `Expect` with anything but `100-continue`, which node would answer without a body. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const text = JSON.stringify({
    code: 'unknown-expectation',
    message: 'the header Expect may say 100-continue only; leave it out',
    field: 'expect',
  });
  response.writeHead(417, {
    connection: 'close',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

interface Said {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly limit?: Limit;
}

const MALFORMED: Said = {
  status: 400,
  code: 'malformed-request',
  message: 'this is no HTTP request the server can read; correct method, headers or body length',
};

const SAID: Readonly<Record<string, Said>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers-too-large',
    limit: 'headers',
    message: 'path and headers together have at most 16 KiB; ask for less at once',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request-too-slow',
    limit: 'request-time',
    message: 'the request did not arrive whole in time; send it again, large bodies in parts',
  },
};

import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { LiveSessions } from './live-sessions.ts';
import type { GateRefusal } from './socket-gate.ts';
import { joinSocket, socketServerOptions, type PeerLimits, type PeerReports } from './socket-peer.ts';
import { clientAddress, type TrustedProxy } from './trust-proxy.ts';
import { hasSecret, SECRET_IN_URL } from './url-secrets.ts';

/** The public websocket route. */
export const SOCKET_PATH = '/v1/live';

/** Takes the server's `upgrade`: checks who comes, joins ws and session. */
export class SocketDoor {
  readonly #live: LiveSessions;
  readonly #reports: PeerReports;
  readonly #server: WebSocketServer;
  readonly #trusted: TrustedProxy | undefined;

  constructor(live: LiveSessions, limits: PeerLimits, reports: PeerReports, trusted: TrustedProxy | undefined) {
    this.#live = live;
    this.#reports = reports;
    this.#trusted = trusted;
    this.#server = new WebSocketServer({ noServer: true, ...socketServerOptions(limits) });
  }

  readonly upgrade = (request: IncomingMessage, raw: Duplex, head: Buffer): void => {
    // Until ws listens, an error of the raw socket would end the process.
    raw.on('error', ignore);
    const { origin, host } = request.headers;
    const address = clientAddress(request, this.#trusted);
    const refusal = this.#unknownPath(request) ?? this.#live.enter({ address, origin, host }, raw);
    if (refusal !== undefined) return answer(raw, refusal);
    let opened = false;
    this.#server.handleUpgrade(request, raw, head, (ws) => {
      opened = true;
      joinSocket(this.#live, this.#reports, ws, raw, { address });
    });
    // ws answers a bad handshake itself and ends the socket, which counts it out.
    if (!opened) this.#live.countRefused('bad-handshake');
  };

  #unknownPath(request: IncomingMessage): GateRefusal | undefined {
    const { url = '' } = request;
    if (hasSecret(url)) {
      this.#live.countRefused(SECRET_IN_URL.code);
      return { ...SECRET_IN_URL, status: 400 };
    }
    const [path] = url.split('?');
    if (path === SOCKET_PATH) return undefined;
    this.#live.countRefused('unknown-route');
    return { status: 404, code: 'unknown-route', message: `websockets are at ${SOCKET_PATH}` };
  }
}

function answer(raw: Duplex, refusal: GateRefusal): void {
  const { status, code, message, retryAfterSec } = refusal;
  const body = JSON.stringify({
    code,
    message,
    ...(retryAfterSec === undefined ? {} : { retryAfterMs: retryAfterSec * 1000 }),
  });
  const retry = retryAfterSec === undefined ? '' : `Retry-After: ${retryAfterSec}\r\n`;
  raw.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${retry}Content-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  raw.once('finish', () => raw.destroy());
}

function ignore(): void {
  // The socket is closed by its error; nothing is kept for it here.
}

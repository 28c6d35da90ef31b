import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Hit, Limit } from './limits.ts';
import type { LiveSessions } from './live-sessions.ts';
import { SUBPROTOCOL, type Limits } from './protocol/wire.ts';
import type { GateRefusal } from './socket-gate.ts';

/** The public websocket route. */
export const SOCKET_PATH = '/v1/live';

interface DoorLimits {
  readonly public: Limits;
  readonly staff: Limits;
  /** Fragments of one message at most. */
  readonly fragments: number;
}

interface DoorReports {
  readonly log: (line: string) => void;
  readonly hit: Hit;
}

/** What ws itself refuses, by its error's code. */
const LIMITS_OF_WS: Readonly<Record<string, Limit>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'message-bytes',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'fragments',
};

/** A peer has 2 s to answer a close frame. Not in the types of ws yet. */
const CLOSE_TIMEOUT: object = { closeTimeout: 2_000 };

/** What every websocket server of ours is like. */
function socketServerOptions(limits: DoorLimits) {
  return {
    clientTracking: false,
    // Our frames go to the raw socket; deflate would make ws queue its own behind ours.
    perMessageDeflate: false,
    maxPayload: Math.max(limits.public.msgBytes, limits.staff.msgBytes),
    maxFragments: limits.fragments,
    ...CLOSE_TIMEOUT,
    handleProtocols: () => SUBPROTOCOL,
  };
}

/** Takes the server's `upgrade`: checks who comes, joins ws and session. */
export class SocketDoor {
  readonly #live: LiveSessions;
  readonly #reports: DoorReports;
  readonly #server: WebSocketServer;

  constructor(live: LiveSessions, limits: DoorLimits, reports: DoorReports) {
    this.#live = live;
    this.#reports = reports;
    this.#server = new WebSocketServer({ noServer: true, ...socketServerOptions(limits) });
  }

  readonly upgrade = (request: IncomingMessage, raw: Duplex, head: Buffer): void => {
    // Until ws listens, an error of the raw socket would end the process.
    raw.on('error', ignore);
    const { origin, host } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    const refusal = this.#unknownPath(request) ?? this.#live.enter({ address, origin, host });
    if (refusal !== undefined) return answer(raw, refusal);
    let opened = false;
    raw.once('close', () => this.#live.left(address));
    this.#server.handleUpgrade(request, raw, head, (ws) => {
      opened = true;
      this.#open(ws, raw, address);
    });
    // ws answers a bad handshake itself and ends the socket, which `close` above counts.
    if (!opened) this.#live.countRefused('bad-handshake');
  };

  #unknownPath(request: IncomingMessage): GateRefusal | undefined {
    const [path] = (request.url ?? '').split('?');
    if (path === SOCKET_PATH) return undefined;
    this.#live.countRefused('unknown-route');
    return { status: 404, code: 'unknown-route', message: `websockets are at ${SOCKET_PATH}` };
  }

  #open(ws: WebSocket, raw: Duplex, address: string): void {
    const { session, heard, ended } = this.#live.open({ address, wire: ws, raw, ping: () => ws.ping() });
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      heard(data.byteLength);
      if (isBinary) session.close(4501, 'frames hold text');
      else session.receive(data.toString(), data.byteLength);
    });
    ws.on('pong', () => heard());
    ws.on('error', (error: Error & { code?: string }) => {
      const limit = LIMITS_OF_WS[error.code ?? ''];
      if (limit !== undefined) this.#reports.hit(limit);
      this.#reports.log(`session ${session.id}: ${error.message}`);
    });
    ws.on('close', ended);
    if (ws.protocol === SUBPROTOCOL) session.open();
    else session.close(4504, `ask for the sub-protocol ${SUBPROTOCOL}`);
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

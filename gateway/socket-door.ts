import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { mayRead } from './browser-rules.ts';
import { SUBPROTOCOL } from './protocol/wire.ts';
import { Session, type SessionDeps } from './session.ts';
import { SocketGate, type GateBounds, type GateRefusal } from './socket-gate.ts';
import { SocketKeeper, type KeeperBounds } from './socket-keeper.ts';
import { SocketTransport, type SlowBounds } from './socket-transport.ts';

/** The public websocket route. */
export const SOCKET_PATH = '/v1/live';

export interface SocketDoorDeps extends SessionDeps {
  readonly allowedOrigins: ReadonlySet<string>;
  readonly gate: GateBounds;
  readonly slow: SlowBounds;
  readonly keeper: KeeperBounds;
}

/** Fragments of one message at most: our longest fits in one. */
const FRAGMENTS_MAX = 16;

/** A peer has 2 s to answer a close frame. Not in the types of ws yet. */
const CLOSE_TIMEOUT: object = { closeTimeout: 2_000 };

/** Takes the server's `upgrade`: checks who comes, joins ws, transport and session. */
export class SocketDoor {
  readonly #deps: SocketDoorDeps;
  readonly #server: WebSocketServer;
  readonly #gate: SocketGate;
  readonly keeper: SocketKeeper;
  readonly handshakesRefused: Record<string, number> = {};
  readonly closed: Record<string, number> = {};
  #accepting = true;

  constructor(deps: SocketDoorDeps) {
    this.#deps = deps;
    this.#gate = new SocketGate(deps.gate, deps.now());
    this.keeper = new SocketKeeper(deps.keeper, deps.now, deps.random);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Our frames go to the raw socket; deflate would make ws queue its own behind ours.
      perMessageDeflate: false,
      maxPayload: Math.max(deps.limits.public.msgBytes, deps.limits.staff.msgBytes),
      maxFragments: FRAGMENTS_MAX,
      ...CLOSE_TIMEOUT,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  get sockets(): number {
    return this.#gate.sockets;
  }

  stopAccepting(): void {
    this.#accepting = false;
  }

  readonly upgrade = (request: IncomingMessage, raw: Duplex, head: Buffer): void => {
    // Until ws listens, an error of the raw socket would end the process.
    raw.on('error', ignore);
    const address = request.socket.remoteAddress ?? '';
    const refusal = this.#refuse(request) ?? this.#gate.enter(address, this.#deps.now());
    if (refusal !== undefined) {
      this.#count(this.handshakesRefused, refusal.code);
      return answer(raw, refusal);
    }
    let opened = false;
    raw.once('close', () => this.#gate.left(address));
    this.#server.handleUpgrade(request, raw, head, (ws) => {
      opened = true;
      this.#open(ws, raw, address);
    });
    // ws answers a bad handshake itself and ends the socket, which `close` above counts.
    if (!opened) this.#count(this.handshakesRefused, 'bad-handshake');
  };

  #refuse(request: IncomingMessage): GateRefusal | undefined {
    if (!this.#accepting) {
      return { status: 503, code: 'draining', message: 'the server is stopping; try again', retryAfterSec: 1 };
    }
    const [path] = (request.url ?? '').split('?');
    if (path !== SOCKET_PATH)
      return { status: 404, code: 'unknown-route', message: `websockets are at ${SOCKET_PATH}` };
    const { origin, host } = request.headers;
    if (mayRead(origin, host, this.#deps.allowedOrigins)) return undefined;
    return { status: 403, code: 'origin-not-allowed', message: `add ${origin} to ALLOWED_ORIGINS to let its pages in` };
  }

  #open(ws: WebSocket, raw: Duplex, address: string): void {
    const { slow, now } = this.#deps;
    const transport = new SocketTransport(ws, raw, slow, now);
    const id = `s_${randomBytes(6).toString('base64url')}`;
    const session = new Session({ id, address }, this.#deps, transport);
    transport.onSlow = () => session.close(4001, 'too slow a reader');
    const kept = this.keeper.keep(session, transport, () => ws.ping());
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      kept.heard();
      if (isBinary) session.close(4501, 'frames hold text');
      else session.receive(data.toString(), data.byteLength);
    });
    ws.on('pong', () => kept.heard());
    ws.on('error', (error) => this.#deps.log(`session ${id}: ${error.message}`));
    ws.on('close', (code) => {
      this.#count(this.closed, String(code));
      transport.ended();
      session.ended(code);
      kept.forget();
    });
    if (ws.protocol === SUBPROTOCOL) session.open();
    else session.close(4504, `ask for the sub-protocol ${SUBPROTOCOL}`);
  }

  /** Codes are ours or the protocol's; a peer cannot make the table long: unknown ones are counted as one. */
  #count(table: Record<string, number>, name: string): void {
    const known = name in table || Object.keys(table).length < 100 ? name : 'other';
    table[known] = (table[known] ?? 0) + 1;
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

import { randomBytes } from 'node:crypto';
import { no, type No } from './answers.ts';
import { mayRead } from './browser-rules.ts';
import type { Caller } from './caller.ts';
import { CLOSE_CODES } from './protocol/close-codes.ts';
import { Session, type SessionDeps } from './session.ts';
import { SocketGate, type GateBounds, type GateRefusal } from './socket-gate.ts';
import { SocketKeeper, type KeeperBounds } from './socket-keeper.ts';
import { SocketTransport, type RawEnd, type SlowBounds, type WireEnd } from './socket-transport.ts';

export interface LiveDeps extends SessionDeps {
  readonly allowedOrigins: ReadonlySet<string>;
  readonly gate: GateBounds;
  readonly slow: SlowBounds;
  readonly keeper: KeeperBounds;
}

/** Who wants in, as the head of the request says. */
export interface Visitor {
  readonly address: string;
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/** What closes when the visitor goes: the raw socket, or the answer on it. */
interface Presence {
  readonly destroyed: boolean;
  once(event: 'close', gone: () => void): unknown;
}

/** What a door hands over when somebody is in. */
export interface Entrance {
  readonly address: string;
  readonly wire: WireEnd;
  readonly raw: RawEnd;
  /** Absent: the peer cannot answer, so that it takes what is written is all its life. */
  readonly ping?: () => void;
  /** Known from the request's head; absent: the session asks. */
  readonly caller?: Caller;
  /** Who shows no key is sent away. */
  readonly staffOnly?: boolean;
}

export interface Opened {
  readonly session: Session;
  /** The peer said something: a message of so many bytes, or undefined: it only showed that it lives. */
  readonly heard: (messageBytes?: number) => void;
  /** The connection is gone. */
  readonly ended: (code: number) => void;
}

/**
 * Every session, whichever door it came through (websocket or event stream): who may come in, what looks after it, how
 * many were refused and closed. Doors know this; sessions know no door.
 */
export class LiveSessions {
  readonly #deps: LiveDeps;
  readonly #gate: SocketGate;
  readonly keeper: SocketKeeper;
  readonly handshakesRefused: Record<string, number> = {};
  readonly closed: Record<string, number> = {};
  /** From peers that can say something. */
  readonly received = { messages: 0, bytes: 0 };
  #accepting = true;

  constructor(deps: LiveDeps) {
    this.#deps = deps;
    this.#gate = new SocketGate(deps.gate, deps.now());
    this.keeper = new SocketKeeper(deps.keeper, deps.now, deps.random);
  }

  get sockets(): number {
    return this.#gate.sockets;
  }

  stopAccepting(): void {
    this.#accepting = false;
  }

  /** Counts the visitor in for as long as it is there, or says why not. */
  enter(visitor: Visitor, presence: Presence): GateRefusal | undefined {
    const { address } = visitor;
    // A token takes time to check. Who went meanwhile will not be heard to close again, and would be counted for ever.
    const refusal = presence.destroyed
      ? VISITOR_GONE
      : (this.#refuse(visitor) ?? this.#gate.enter(address, this.#deps.now()));
    if (refusal === undefined) presence.once('close', () => this.#gate.left(address));
    else this.countRefused(refusal.code);
    if (refusal?.limit !== undefined) this.#deps.hit(refusal.limit);
    return refusal;
  }

  open({ wire, raw, ping, ...who }: Entrance): Opened {
    const transport = new SocketTransport(wire, raw, this.#deps.slow, this.#deps.now);
    const id = `s_${randomBytes(6).toString('base64url')}`;
    const session = new Session({ id, ...who }, this.#deps, transport);
    transport.onSlow = () => session.close(4001, 'too slow a reader', 'unsent-close');
    const kept = this.keeper.keep(session, transport, ping);
    return {
      session,
      heard: (messageBytes) => {
        kept.heard();
        if (messageBytes === undefined) return;
        this.received.messages += 1;
        this.received.bytes += messageBytes;
      },
      ended: (code) => {
        count(this.closed, closeName(code));
        transport.ended();
        session.ended(code);
        kept.forget();
      },
    };
  }

  countRefused(code: string): void {
    count(this.handshakesRefused, code);
  }

  #refuse({ origin, host }: Visitor): GateRefusal | undefined {
    if (!this.#accepting) {
      return { status: 503, code: 'draining', message: 'the server is stopping; try again', retryAfterSec: 1 };
    }
    if (mayRead(origin, host, this.#deps.allowedOrigins)) return undefined;
    return { status: 403, code: 'origin-not-allowed', message: `add ${origin} to ALLOWED_ORIGINS to let its pages in` };
  }
}

/** For the counters: nobody is there to read it. */
const VISITOR_GONE: GateRefusal = {
  status: 400,
  code: 'visitor-gone',
  message: 'the connection was closed before it was let in',
};

/** A refusal at the gate as every route answers it. */
export function gateNo({ status, code, message, retryAfterSec }: GateRefusal): No {
  return no(status, code, message, retryAfterSec === undefined ? {} : { retryAfterMs: retryAfterSec * 1000 });
}

/** A peer closes with whatever code it likes: those that are neither ours nor the websocket's own are counted as one. */
function closeName(code: number): string {
  return code in CLOSE_CODES || (code >= 1000 && code <= 1015) ? String(code) : 'other';
}

function count(table: Record<string, number>, name: string): void {
  table[name] = (table[name] ?? 0) + 1;
}

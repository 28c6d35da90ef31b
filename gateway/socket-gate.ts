import type { Limit } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

export interface GateBounds {
  readonly socketsMax: number;
  readonly socketsPerAddress: number;
  readonly acceptsPerSec: number;
}

/** A handshake that is answered with an error instead. */
export interface GateRefusal {
  readonly status: 400 | 403 | 404 | 429 | 503;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSec?: number;
  readonly limit?: Limit;
}

/** How many sockets may come in: per process, per address, per second. */
export class SocketGate {
  readonly #bounds: GateBounds;
  readonly #accepts: TokenBucket;
  readonly #byAddress = new Map<string, number>();
  #sockets = 0;

  constructor(bounds: GateBounds, nowMs: number) {
    this.#bounds = bounds;
    this.#accepts = new TokenBucket(bounds.acceptsPerSec, bounds.acceptsPerSec, nowMs);
  }

  get sockets(): number {
    return this.#sockets;
  }

  /** Counts the socket in, or says why not. Pair with `left`. */
  enter(address: string, nowMs: number): GateRefusal | undefined {
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (this.#sockets >= this.#bounds.socketsMax) {
      return refuse(
        'sockets',
        503,
        'too-many-sockets',
        'this server has as many sockets as it may; try again later',
        30,
      );
    }
    if (ofAddress >= this.#bounds.socketsPerAddress) {
      return refuse(
        'sockets-per-address',
        429,
        'too-many-sockets',
        'this address has as many sockets as it may; close some',
        30,
      );
    }
    const waitMs = this.#accepts.take(nowMs);
    if (waitMs > 0)
      return refuse('accepts', 503, 'too-many-accepts', 'too many new sockets at once; try again shortly', 1);
    this.#sockets += 1;
    this.#byAddress.set(address, ofAddress + 1);
    return undefined;
  }

  left(address: string): void {
    this.#sockets -= 1;
    const ofAddress = (this.#byAddress.get(address) ?? 1) - 1;
    if (ofAddress === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, ofAddress);
  }
}

function refuse(limit: Limit, status: 429 | 503, code: string, message: string, retryAfterSec: number): GateRefusal {
  return { limit, status, code, message, retryAfterSec };
}

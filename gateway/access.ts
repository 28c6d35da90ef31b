import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientId } from '../engine/contract/ids.ts';
import { no, type No } from './answers.ts';
import { may, PUBLIC, type Caller, type Scope } from './caller.ts';
import type { Keys } from './keys.ts';
import { TokenBucket } from './token-bucket.ts';
import { refuseUnread } from './unread-body.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before any handler runs. */
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** Refuses callers without it before the body is read; the command checks again. */
    scope?: Scope;
    /** Other sites in ALLOWED_ORIGINS may read it. */
    shared?: boolean;
  }
}

/** Bad keys per address: 10 at once, then one every 6 s. They cannot be guessed; this spares the log and the hash. */
const BAD_KEYS_BURST = 10;
const BAD_KEYS_PER_SEC = 1 / 6;
/** Addresses remembered; the one remembered longest is forgotten first. */
const ADDRESSES_MAX = 10_000;

/** Finds out who calls, and turns away who may not, before the body is read. */
export class Access {
  readonly #keys: Keys;
  readonly #now: () => number;
  readonly #badKeys = new Map<string, TokenBucket>();

  constructor(keys: Keys, now: () => number) {
    this.#keys = keys;
    this.#now = now;
  }

  /** The onRequest hook. */
  readonly admit = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const caller = this.#callerOf(request);
    if ('status' in caller) return refuseUnread(request, reply, caller);
    request.caller = caller;
    const { scope } = request.routeOptions.config;
    const refusal = scope === undefined ? undefined : refusalOf(caller, scope);
    return refusal === undefined ? undefined : refuseUnread(request, reply, refusal);
  };

  /** For the websocket's `connect`: the same keys, the same brake. */
  callerOfKey(text: string, address: string): Caller | undefined {
    const caller = this.#keys.callerOf(text);
    if (caller === undefined) this.#countBadKey(address);
    return caller;
  }

  #callerOf(request: FastifyRequest): Caller | No {
    const { authorization } = request.headers;
    if (authorization === undefined) return PUBLIC;
    const text = /^Bearer ([!-~]{1,512})$/i.exec(authorization)?.[1];
    const caller = text === undefined ? undefined : this.#keys.callerOf(text);
    if (caller !== undefined) return caller;
    const waitMs = this.#countBadKey(request.ip);
    return waitMs === 0
      ? no(401, 'unknown-key', 'this key is not known; send `Authorization: Bearer <key>` with one that is')
      : no(429, 'too-many-bad-keys', 'too many unknown keys from this address; wait, then use a known one', {
          retryAfterMs: waitMs,
        });
  }

  #countBadKey(address: string): number {
    const now = this.#now();
    const bucket = this.#badKeys.get(address) ?? new TokenBucket(BAD_KEYS_PER_SEC, BAD_KEYS_BURST, now);
    this.#badKeys.delete(address);
    this.#badKeys.set(address, bucket);
    if (this.#badKeys.size > ADDRESSES_MAX) this.#badKeys.delete(this.#badKeys.keys().next().value!);
    return bucket.take(now);
  }
}

/** The check inside a command: the client that may, or the no to send. */
export function permit(request: FastifyRequest, scope: Scope): { readonly client: ClientId } | No {
  const { caller } = request;
  const refusal = refusalOf(caller, scope);
  if (refusal !== undefined) return refusal;
  if (caller.is === 'staff') return { client: caller.client };
  return no(401, 'key-required', 'this needs a key');
}

function refusalOf(caller: Caller, scope: Scope): No | undefined {
  if (caller.is === 'public') {
    return no(401, 'key-required', `this needs a key with the scope ${scope}: send \`Authorization: Bearer <key>\``);
  }
  if (may(caller, scope)) return undefined;
  return no(403, 'scope-required', `the key ${caller.client} lacks the scope ${scope}; use one that has it`);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientId } from '../engine/contract/ids.ts';
import { isNo, no, type No } from './answers.ts';
import { beyondReach, may, PUBLIC, type Caller, type Scope, type Thing } from './caller.ts';
import { JwtReader, TOKEN_EXPIRED } from './jwt.ts';
import type { Keys } from './keys.ts';
import type { Hit } from './limits.ts';
import type { TokenBrake } from './orders/order-token.ts';
import { TokenBucket } from './token-bucket.ts';
import { refuseUnread } from './unread-body.ts';
import { hasSecret, SECRET_IN_URL } from './url-secrets.ts';

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
    /** Its answer goes on for as long as the reader stays: no duration to measure. */
    stays?: boolean;
  }
}

/** Bad keys per address. They cannot be guessed; this spares the log and the hash. */
interface BadKeyBounds {
  readonly burst: number;
  readonly perMinute: number;
  readonly hit: Hit;
}

/** Addresses remembered; the one remembered longest is forgotten first. */
const ADDRESSES_MAX = 10_000;

/** Finds out who calls, and turns away who may not, before the body is read. */
export class Access {
  readonly #keys: Keys;
  readonly #tokens: JwtReader | undefined;
  readonly #now: () => number;
  readonly #bounds: BadKeyBounds;
  readonly #badKeys = new Map<string, TokenBucket>();

  constructor(keys: Keys, tokens: JwtReader | undefined, now: () => number, bounds: BadKeyBounds) {
    this.#bounds = bounds;
    this.#keys = keys;
    this.#tokens = tokens;
    this.#now = now;
  }

  /** The onRequest hook. */
  readonly admit = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (hasSecret(request.url)) return refuse(request, reply, SECRET_IN_URL);
    const caller = await this.#callerOf(request);
    if (isNo(caller)) return refuse(request, reply, caller);
    request.caller = caller;
    const { scope } = request.routeOptions.config;
    const refusal = scope === undefined ? undefined : refusalOf(caller, scope);
    return refusal === undefined ? undefined : refuse(request, reply, refusal);
  };

  /** Who holds the key or token; for HTTP and for the websocket's `connect` alike. */
  async callerOfToken(text: string, address: string): Promise<Caller | No> {
    const caller = this.#keys.callerOf(text, this.#now());
    if (caller === 'expired') return TOKEN_EXPIRED;
    if (caller !== undefined) return caller;
    const isToken = this.#tokens !== undefined && JwtReader.isToken(text);
    const answer = isToken ? await this.#tokens.read(text) : UNKNOWN_KEY;
    // An honest client may come with a token that has just ended, and it is no guess.
    if (!isNo(answer) || answer.status !== 401 || answer.code === 'token-expired') return answer;
    const waitMs = this.#countBadKey(address);
    if (waitMs > 0) this.#bounds.hit('bad-keys');
    return waitMs === 0
      ? answer
      : no(429, 'too-many-bad-keys', 'too many unknown keys from this address; wait, then use a known one', {
          retryAfterMs: waitMs,
        });
  }

  /** Tokens of orders are guessed no faster than keys. */
  readonly tokenBrake: TokenBrake = {
    waitMs: (address) => this.#badKeys.get(address)?.waitMs(this.#now()) ?? 0,
    count: (address) => void this.#countBadKey(address),
  };

  /** Whether who opened a socket may keep it. */
  standingOf(caller: Caller): 'valid' | 'expired' | 'deleted' {
    const now = this.#now();
    const ofKey = this.#keys.standingOf(caller, now);
    if (ofKey !== undefined) return ofKey;
    return caller.is === 'staff' && caller.expiresAt !== undefined && caller.expiresAt <= now ? 'expired' : 'valid';
  }

  async #callerOf(request: FastifyRequest): Promise<Caller | No> {
    const { authorization } = request.headers;
    if (authorization === undefined) return PUBLIC;
    const text = BEARER.exec(authorization)?.[1];
    return this.callerOfToken(text ?? '', request.ip);
  }

  #countBadKey(address: string): number {
    const now = this.#now();
    const { burst, perMinute } = this.#bounds;
    const bucket = this.#badKeys.get(address) ?? new TokenBucket(perMinute / 60, burst, now);
    this.#badKeys.delete(address);
    this.#badKeys.set(address, bucket);
    if (this.#badKeys.size > ADDRESSES_MAX) this.#badKeys.delete(this.#badKeys.keys().next().value!);
    return bucket.take(now);
  }
}

/** A token with many claims has some 2 KB. */
const BEARER = /^Bearer ([!-~]{1,4096})$/i;

const UNKNOWN_KEY = no(
  401,
  'unknown-key',
  'this key is not known; send `Authorization: Bearer <key>` with one that is',
);

/**
 * The check inside a command: the client that may, or the no to send. `thing` is what the command is about; without it
 * the command is about nothing that a key can be limited to.
 */
export function permit(
  request: Pick<FastifyRequest, 'caller'>,
  scope: Scope,
  thing: Thing = {},
): { readonly client: ClientId } | No {
  const { caller } = request;
  const refusal = refusalOf(caller, scope) ?? outOfReach(caller, thing);
  if (refusal !== undefined) return refusal;
  if (caller.is === 'staff') return { client: caller.client };
  return no(401, 'key-required', 'this needs a key');
}

/** The no of a caller whose limits leave the thing out. */
export function outOfReach(caller: Caller, thing: Thing): No | undefined {
  const beyond = beyondReach(caller, thing);
  if (beyond === undefined || caller.is === 'public') return undefined;
  const { field, allowed } = beyond;
  const some = allowed.size === 0 ? `no ${field}s` : `the ${field}s ${[...allowed].slice(0, 5).join(', ')}`;
  const more = allowed.size > 5 ? ` and ${allowed.size - 5} more` : '';
  const what = thing[field] === undefined ? `this is about every ${field}; name one of those if it takes one` : '';
  const message = `the key ${caller.client} is for ${some}${more} only${what === '' ? '' : `, and ${what}`}`;
  return no(403, 'out-of-reach', message, { field });
}

function refusalOf(caller: Caller, scope: Scope): No | undefined {
  if (caller.is === 'public') {
    return no(401, 'key-required', `this needs a key with the scope ${scope}: send \`Authorization: Bearer <key>\``);
  }
  if (may(caller, scope)) return undefined;
  return no(403, 'scope-required', `the key ${caller.client} lacks the scope ${scope}; use one that has it`);
}

/** Says also in HTTP's own words that a key would help (RFC 6750). */
function refuse(request: FastifyRequest, reply: FastifyReply, refusal: No): FastifyReply {
  if (refusal.status === 401) {
    const fault = refusal.code === 'key-required' ? '' : ', error="invalid_token"';
    reply.header('www-authenticate', `Bearer realm="onhand"${fault}`);
  }
  return refuseUnread(request, reply, refusal);
}

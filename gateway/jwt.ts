import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { isRefusal, parseClientId } from '../engine/contract/ids.ts';
import { no, type No } from './answers.ts';
import type { Caller, Scope } from './caller.ts';
import { KeysUnreachableError, openJwks, type Jwks, type JwksBounds } from './jwks.ts';
import { rightsOf, type WrittenLimits } from './roles.ts';

export interface JwtSettings extends JwksBounds {
  readonly jwtSecrets: readonly string[];
  readonly jwtJwks: string;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly jwtClaim: string;
  readonly jwtToleranceSec: number;
  readonly jwtMinutesMax: number;
}

/**
 * Algorithms are pinned by where the key comes from: a secret only ever checks HS256, a JWKS only ever signatures, so no
 * public key can be passed off as a secret.
 */
const SIGNATURES = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

/** Three parts, as every JWT has them; keys of ours have none. */
const COMPACT = /^[\w-]{1,1024}\.[\w-]{1,4096}\.[\w-]{1,1024}$/;

/** Reads the tokens of one issuer: who it is, what it may do, and until when. */
export class JwtReader {
  readonly #settings: JwtSettings;
  readonly #secrets: readonly Uint8Array[];
  readonly #jwks: Jwks | undefined;
  readonly #now: () => number;

  private constructor(settings: JwtSettings, jwks: Jwks | undefined, now: () => number) {
    this.#settings = settings;
    this.#secrets = settings.jwtSecrets.map((secret) => new TextEncoder().encode(secret));
    this.#jwks = jwks;
    this.#now = now;
  }

  /** Undefined when no token is taken. A file of keys that cannot be read stops the start. */
  static async open(
    settings: JwtSettings,
    now: () => number,
    log: (line: string) => void,
  ): Promise<JwtReader | undefined> {
    const { jwtSecrets, jwtJwks } = settings;
    if (jwtSecrets.length === 0 && jwtJwks === '') return undefined;
    return new JwtReader(settings, jwtJwks === '' ? undefined : await openJwks(jwtJwks, settings, log), now);
  }

  /** Whether the text is a token at all, rather than a key of ours. */
  static isToken(text: string): boolean {
    return COMPACT.test(text);
  }

  async read(token: string): Promise<Caller | No> {
    try {
      return this.#callerOf(await this.#verify(token));
    } catch (error) {
      return noOfFault(error);
    }
  }

  async #verify(token: string): Promise<JWTPayload> {
    const { jwtIssuer: issuer, jwtAudience: audience, jwtToleranceSec: clockTolerance } = this.#settings;
    const currentDate = new Date(this.#now());
    const options = { issuer, audience, clockTolerance, currentDate, requiredClaims: ['exp', 'sub'] };
    if (decodeProtectedHeader(token).alg === 'HS256') return this.#verifyBySecrets(token, options);
    if (this.#jwks === undefined) throw new errors.JOSEAlgNotAllowed('no public keys are configured');
    return (await jwtVerify(token, this.#jwks, { ...options, algorithms: SIGNATURES })).payload;
  }

  async #verifyBySecrets(token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    let fault: unknown = new errors.JOSEAlgNotAllowed('no secret is configured');
    for (const secret of this.#secrets) {
      try {
        return (await jwtVerify(token, secret, { ...options, algorithms: ['HS256'] })).payload;
      } catch (error) {
        // The other secret of a rotation may be the right one; what else is wrong is wrong with both.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        fault = error;
      }
    }
    throw fault;
  }

  #callerOf(payload: JWTPayload): Caller | No {
    const { jwtClaim, jwtToleranceSec, jwtMinutesMax } = this.#settings;
    const { sub = '', exp = 0 } = payload;
    // Named so that no subject can pass for the key of that name.
    const client = parseClientId(`jwt:${sub}`);
    if (isRefusal(client)) return refused('`sub` must be 1 to 124 visible characters without spaces');
    if (exp * 1000 - this.#now() > jwtMinutesMax * 60_000) {
      return refused(`it lives longer than ${jwtMinutesMax} minutes from now, which cannot be called back`);
    }
    const rights = rightsOfClaim(payload[jwtClaim]);
    if ('fault' in rights) return refused(`claim ${jwtClaim}, ${rights.field}: ${rights.fault}`);
    return { is: 'staff', client, ...rights, expiresAt: (exp + jwtToleranceSec) * 1000 };
  }
}

/** `{role}` or `{scopes}`, and the limits beside it. */
function rightsOfClaim(claim: unknown) {
  if (typeof claim !== 'object' || claim === null) return { field: 'role', fault: 'it is missing or no object' };
  const { role, scopes, nodes, channels, sources } = claim as Readonly<Record<string, unknown>>;
  if (role !== undefined && typeof role !== 'string') return { field: 'role', fault: 'must be text' };
  if (scopes !== undefined && !isTexts(scopes)) return { field: 'scopes', fault: 'must be a list of texts' };
  const asked = { ...(role !== undefined && { role }), ...(scopes !== undefined && { scopes: scopes as Scope[] }) };
  const limits = Object.fromEntries(
    Object.entries({ nodes, channels, sources }).filter(([, ids]) => ids !== undefined),
  ) as WrittenLimits;
  return rightsOf(asked, limits);
}

export const TOKEN_EXPIRED = no(401, 'token-expired', 'this key or token has ended; get a fresh one and send that');
function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

const UNREACHABLE = no(503, 'token-keys-unreachable', 'the keys that tokens are checked with cannot be read now', {
  retryAfterMs: 5_000,
});

function noOfFault(error: unknown): No {
  if (error instanceof errors.JWTExpired) return TOKEN_EXPIRED;
  if (error instanceof errors.JWTClaimValidationFailed) return refused(`\`${error.claim}\`: ${error.message}`);
  if (error instanceof errors.JWKSNoMatchingKey) return refused('no key of the JWKS fits its `kid` and `alg`');
  if (error instanceof errors.JWKSMultipleMatchingKeys) return refused('several keys fit: it must name one by `kid`');
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('its signature is not right');
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('its `alg` is not taken here');
  if (error instanceof KeysUnreachableError) return UNREACHABLE;
  return refused('it is malformed');
}

function refused(why: string): No {
  return no(401, 'token-refused', `this token is not taken: ${why}`);
}

import type { JwtSettings } from './jwt.ts';
import { secret, text, whole, type Fault, type Option } from './option.ts';

// The options about who may do what, and how often.

export const ACCESS_OPTIONS = {
  adminKey: secret('ONHAND_ADMIN_KEY', 'Key of `admin`; empty: one is made at the first start and printed once'),
  badKeysBurst: whole('BAD_KEYS_BURST', 10, 1, 10_000, 'Unknown keys from one address at once; more are answered 429'),
  badKeysPerMinute: whole('BAD_KEYS_PER_MINUTE', 10, 1, 10_000, 'The same in the long run'),
  jwtSecrets: secrets(
    'JWT_SECRETS',
    'Secrets of HS256 tokens, comma separated, 32 characters each at least; two during a rotation; empty: none is taken',
  ),
  jwtJwks: jwks(
    'JWT_JWKS',
    'Public keys of signed tokens: file or https URL of a JWKS; empty: none is taken. Needs JWT_ISSUER and JWT_AUDIENCE',
  ),
  jwtIssuer: text('JWT_ISSUER', '', 'What `iss` of a token must be'),
  jwtAudience: text('JWT_AUDIENCE', '', 'What `aud` of a token must be or list'),
  jwtClaim: text('JWT_CLAIM', 'onhand', 'Claim with role and limits: `{"role":"node","nodes":["DC-7"]}`'),
  jwtToleranceSec: whole('JWT_TOLERANCE_SEC', 5, 0, 60, 'Seconds that clocks may differ: for `exp` and `nbf`'),
  jwtMinutesMax: whole(
    'JWT_MINUTES_MAX',
    720,
    1,
    43_200,
    'Minutes that a token may still live: it cannot be called back',
  ),
  jwksTimeoutMs: whole('JWKS_TIMEOUT_MS', 5_000, 100, 60_000, 'Ms in which a JWKS must arrive'),
  jwksCacheSec: whole('JWKS_CACHE_SEC', 600, 1, 86_400, 'Seconds after which a JWKS is read again'),
  jwksCooldownSec: whole(
    'JWKS_COOLDOWN_SEC',
    30,
    1,
    3_600,
    'Seconds between two reads of a JWKS, for keys it did not have or after it failed',
  ),
  auditDays: whole('AUDIT_DAYS', 400, 1, 3_650, 'Days that the commands of staff are kept in the audit'),
  auditRowsMax: whole('AUDIT_ROWS_MAX', 1_000_000, 100, 100_000_000, 'Commands kept at most; the oldest go'),
  requestsPerMinAddress: whole(
    'REQUESTS_PER_MIN_ADDRESS',
    6_000,
    0,
    100_000_000,
    'HTTP requests a minute of an address without a key; 0: no bound. Behind a proxy set TRUST_PROXY, in load tests raise it',
  ),
  requestsPerMinKey: whole(
    'REQUESTS_PER_MIN_KEY',
    600_000,
    0,
    100_000_000,
    'HTTP requests a minute of a key or token; 0: no bound',
  ),
  sourceEventsPerSec: whole(
    'SOURCE_EVENTS_PER_SEC',
    0,
    0,
    10_000_000,
    'Events a second of a source, 10 s of them at once; a body counts as its events and is taken whole; 0: no bound',
  ),
} as const;

/** What contradicts each other among them. */
export function accessContradictions({
  jwtSecrets,
  jwtJwks,
  jwtIssuer,
  jwtAudience,
  jwtClaim,
}: Pick<JwtSettings, 'jwtSecrets' | 'jwtJwks' | 'jwtIssuer' | 'jwtAudience' | 'jwtClaim'>): string[] {
  if (jwtSecrets.length === 0 && jwtJwks === '') return [];
  const needed = { JWT_ISSUER: jwtIssuer, JWT_AUDIENCE: jwtAudience, JWT_CLAIM: jwtClaim };
  return Object.entries(needed).flatMap(([name, value]) =>
    value === '' ? [`${name} must be set with JWT_SECRETS or JWT_JWKS: tokens for others must not count here`] : [],
  );
}

/** HS256 is as strong as its secret: RFC 7518 asks for 256 bits. Never echoed. */
function secrets(name: string, about: string): Option<readonly string[]> {
  const read = (given: string): readonly string[] | Fault => {
    const listed = given === '' ? [] : given.split(',');
    const wrong = listed.findIndex((one) => !/^[!-~]{32,512}$/.test(one));
    if (listed.length > 2) return { fault: `must list at most 2 secrets, got ${listed.length}` };
    if (wrong === -1) return listed;
    return {
      fault: `must list secrets of 32 to 512 visible characters, got ${listed[wrong]!.length} in number ${wrong + 1}`,
    };
  };
  return { name, fallback: '', about, read };
}

function jwks(name: string, about: string): Option<string> {
  const read = (given: string): string | Fault => {
    if (!/^[a-z]+:\/\//i.test(given)) return given;
    const url = URL.canParse(given) ? new URL(given) : undefined;
    const isLocal = url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
    if (url?.protocol === 'https:' || isLocal) return given;
    return { fault: 'must be a file, an https URL, or an http URL of this machine' };
  };
  return { name, fallback: '', about, read };
}

import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Hit } from './limits.ts';
import type { App } from './routes/route.ts';
import { RateLimitedError } from './rate-limited-error.ts';

export interface RateSettings {
  readonly requestsPerMinAddress: number;
  readonly requestsPerMinKey: number;
}

const WINDOW_MS = 60_000;
/** Addresses and keys counted at once; the one seen longest ago is forgotten first. */
const CALLERS_MAX = 10_000;

/** Requests a minute: of each key, and of each address without one. Before the routes, which it is hooked into. */
export async function rateLimits(app: App, settings: RateSettings, hit: Hit): Promise<void> {
  const { requestsPerMinAddress, requestsPerMinKey } = settings;
  const maxOf = ({ caller }: FastifyRequest) => (caller.is === 'public' ? requestsPerMinAddress : requestsPerMinKey);
  await app.register(rateLimit, {
    timeWindow: WINDOW_MS,
    cache: CALLERS_MAX,
    max: maxOf,
    // Who asks whether we are alive must never hear that it asks too often.
    allowList: (request) => maxOf(request) === 0 || request.url.startsWith('/health/'),
    // All addresses of an IPv6 network of one customer are one caller.
    keyGenerator: ({ caller, ip }) => (caller.is === 'public' ? `address ${normalizeIP(ip)}` : `key ${caller.client}`),
    onExceeded: ({ caller }) => hit(caller.is === 'public' ? 'address-requests' : 'key-requests'),
    errorResponseBuilder: ({ caller }, { ttl, max }) =>
      new RateLimitedError(
        `${caller.is === 'public' ? 'an address without a key' : 'a key'} has ${max} requests a minute`,
        ttl,
      ),
    // An answer that a cache keeps must not say how much somebody else has left.
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeaders: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
      'retry-after': false,
    },
  });
}

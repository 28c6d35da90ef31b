import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whether a page of that origin may read public stock and open sockets. Callers without an Origin are no browsers. */
export function mayRead(origin: string | undefined, host: string | undefined, allowed: ReadonlySet<string>): boolean {
  if (origin === undefined || allowed.has(origin)) return true;
  // Our own pages: the browser says the host it talks to in both headers.
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/**
 * Own scripts only; Web Awesome and Lit put styles into the page; icons are data: URLs that are fetched. Nobody frames us.
 */
const directives = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** What helmet is to say on every answer; a route may say otherwise in its option `helmet`. */
export const SECURITY_HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives },
  xFrameOptions: { action: 'deny' },
  // Whoever ends TLS in front of us knows whether every host of the domain has it.
  strictTransportSecurity: false,
};

/** For answers that are given before there is a hook: they are JSON and nothing else. */
export const BARE_SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Lets pages of allowed sites read the shared routes, and nothing else; answers their preflights. */
export function crossOrigin(request: FastifyRequest, reply: FastifyReply, allowed: ReadonlySet<string>): void {
  if (request.routeOptions.config.shared !== true) return;
  const { origin } = request.headers;
  // Also when there is no Origin: a cache must not hand that answer to a page of another site.
  reply.header('vary', 'origin');
  if (origin === undefined || !allowed.has(origin)) return;
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'etag' });
}

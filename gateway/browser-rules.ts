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
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'self'",
  "object-src 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function securityHeaders(reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  });
}

/** Lets pages of allowed sites read the shared routes, and nothing else; answers their preflights. */
export function crossOrigin(request: FastifyRequest, reply: FastifyReply, allowed: ReadonlySet<string>): void {
  if (request.routeOptions.config.shared !== true) return;
  const { origin } = request.headers;
  // Also when there is no Origin: a cache must not hand that answer to a page of another site.
  reply.header('vary', 'origin');
  if (origin === undefined || !allowed.has(origin)) return;
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': 'etag' });
}

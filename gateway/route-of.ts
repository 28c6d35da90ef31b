import type { FastifyRequest } from 'fastify';

/** The template, as `/v1/stock/:sku`; `pages` for the built pages and their assets, `none` where no route was reached. */
export function routeOf(request: FastifyRequest): string {
  const { url } = request.routeOptions;
  if (request.is404 || url === undefined) return 'none';
  return /^\/(v1|health|metrics|docs)(\/|$)/.test(url) ? url : 'pages';
}

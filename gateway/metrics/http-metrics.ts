import type { FastifyRequest } from 'fastify';
import { Histogram } from 'prom-client';
import { routeOf } from '../route-of.ts';
import type { App } from '../routes/route.ts';
import type { MetricBook } from './metric-book.ts';
import { OpenRequests } from './open-requests.ts';

const DURATION = {
  name: 'onhand_http_request_duration_seconds',
  help: 'From the request’s headers to the end of its answer; the label status is a class as 2xx',
  labels: ['method', 'route', 'status'],
} as const;

/** A reservation takes 2 ms at the median; a feed of 64 MiB may take seconds. */
const BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface HttpMetrics {
  readonly watch: (app: App) => void;
}

/** Times every request by its route's template: what callers put into paths never becomes a label. */
export function httpMetrics(book: MetricBook): HttpMetrics {
  const duration = new Histogram({
    name: DURATION.name,
    help: DURATION.help,
    labelNames: DURATION.labels,
    buckets: BOUNDS_SECONDS,
    registers: [],
  });
  book.own('histogram', DURATION, duration);
  const open = new OpenRequests();
  book.gauge('onhand_http_requests_in_flight', 'Requests that are not answered yet', () => open.count);
  return {
    watch(app) {
      app.addHook('onRequest', async (request) => {
        if (!stays(request)) open.begin(request.raw.socket);
      });
      app.addHook('onResponse', async (request, reply) => {
        if (stays(request)) return;
        open.end(request.raw.socket);
        const status = `${Math.floor(reply.statusCode / 100)}xx`;
        duration.observe({ method: request.method, route: routeOf(request), status }, reply.elapsedTime / 1000);
      });
    },
  };
}

function stays(request: FastifyRequest): boolean {
  return request.routeOptions.config.stays === true;
}

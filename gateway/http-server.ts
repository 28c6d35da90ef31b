import helmet from '@fastify/helmet';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Access } from './access.ts';
import { no, noOf, sendNo } from './answers.ts';
import { BARE_SECURITY_HEADERS, crossOrigin, SECURITY_HEADERS } from './browser-rules.ts';
import { answerClientError, answerExpectation } from './client-errors.ts';
import { collectRoutes } from './documents/open-api.ts';
import type { Hit } from './limits.ts';
import { servePages } from './pages.ts';
import { rateLimits, type RateSettings } from './rate-limits.ts';
import { requestId, type RequestLog } from './request-log.ts';
import type { RouteTable } from './route-table.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { auditRoutes } from './routes/audit.ts';
import { atpRoutes } from './routes/atp.ts';
import { correctionRoutes } from './routes/corrections.ts';
import { customerRoutes } from './routes/customers.ts';
import { documentRoutes } from './routes/documents.ts';
import { explainRoutes } from './routes/explain.ts';
import { repairRoutes } from './routes/repairs.ts';
import { shortfallRoutes } from './routes/shortfalls.ts';
import { feedRoutes } from './routes/feeds.ts';
import { healthRoutes } from './routes/health.ts';
import { itemRoutes } from './routes/items.ts';
import { keyRoutes } from './routes/keys.ts';
import { logRoutes } from './routes/log.ts';
import { logParkedRoutes } from './routes/log-parked.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { liveEventsRoute } from './routes/live-events.ts';
import { liveRoute } from './routes/live.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { orderByIdRoutes } from './routes/order.ts';
import { orderStatusRoutes } from './routes/order-status.ts';
import { orderHistoryRoutes } from './routes/order-history.ts';
import { automationRoutes } from './routes/automations.ts';
import { sourcingRoutes } from './routes/sourcing.ts';
import { orderSearchRoutes } from './routes/order-search.ts';
import { orderRoutes } from './routes/orders.ts';
import { referenceHistoryRoutes } from './routes/reference-history.ts';
import { referenceRoutes } from './routes/reference.ts';
import { reservationChangeRoutes } from './routes/reservation-changes.ts';
import { reservationRoutes } from './routes/reservations.ts';
import type { App, RouteDeps } from './routes/route.ts';
import type { StaffDoor } from './staff-door.ts';
import { refuseUnread } from './unread-body.ts';
import { sourceGapRoutes } from './routes/source-gaps.ts';
import { stateRoutes } from './routes/states.ts';
import { statsRoutes } from './routes/stats.ts';
import { stockRoutes } from './routes/stock.ts';
import { webhookDeliveryRoutes } from './routes/webhook-deliveries.ts';
import { webhookEndpointRoutes } from './routes/webhook-endpoints.ts';
import { preloadedTracer, traceRequests } from './tracing.ts';
import type { TrustedProxy } from './trust-proxy.ts';
import { webhookSecretRoutes } from './routes/webhook-secrets.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workRoutes } from './routes/work.ts';

export interface HttpServerDeps {
  readonly routes: RouteDeps;
  readonly access: Access;
  readonly staffDoor: StaffDoor;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly pagesDir: string;
  /** Takes every route. */
  readonly table: RouteTable;
  readonly logger: FastifyBaseLogger;
  readonly rates: RateSettings;
  readonly jsonBytesMax: number;
  /** A request that has not arrived whole by then is cut. */
  readonly requestMsMax: number;
  /** Proxies whose word about the client's address counts. */
  readonly trustProxy: TrustedProxy | undefined;
  readonly hit: Hit;
  readonly requestLog: RequestLog;
}

/** How often node looks for requests that did not arrive in time; its own 30 s would let them stay that much longer. */
function checkedOften(requestMsMax: number): { readonly connectionsCheckingInterval: number } {
  return { connectionsCheckingInterval: Math.min(5_000, requestMsMax / 2) };
}

/** HTTP as a whole: hooks, errors, routes. Not listening yet. */
export async function httpServer(deps: HttpServerDeps): Promise<App> {
  const app: App = fastify({
    loggerInstance: deps.logger,
    // request-log.ts says what is logged of a request.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestId,
    bodyLimit: deps.jsonBytesMax,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, deps.hit),
    // Some HTTP clients offer HTTP/2 (`Upgrade: h2c`) with each first request. Who may not upgrade is answered as ever.
    http: {
      ...checkedOften(deps.requestMsMax),
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    requestTimeout: deps.requestMsMax,
    ...(deps.trustProxy !== undefined && { trustProxy: deps.trustProxy }),
    forceCloseConnections: 'idle',
    // The engine outlives the server: what still arrives on an open connection is answered as ever.
    return503OnClosing: false,
    // A broken percent encoding fails before there is a route, a hook or an error handler.
    frameworkErrors: (error, request, reply) => {
      reply.headers(BARE_SECURITY_HEADERS);
      void answerError(error, request, reply, deps.hit);
    },
    // Longest id, percent-encoded.
    routerOptions: { maxParamLength: 1024 },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.on('checkExpectation', answerExpectation);
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  // Shapes the request once; `admit` below fills it before anything reads it.
  app.decorateRequest('caller', null as never);
  app.decorateRequest('audited', undefined);

  // First, so that what it counts in is counted out, whichever hook answers.
  deps.routes.metrics.http.watch(app);
  deps.requestLog.watch(app);
  const tracer = preloadedTracer();
  if (tracer !== undefined) traceRequests(app, tracer);
  const { table } = deps;
  app.addHook('onRoute', ({ url, method }) => table.add(url, [method].flat()));
  await app.register(helmet, SECURITY_HEADERS);
  app.addHook('onRequest', async (request, reply) => crossOrigin(request, reply, deps.allowedOrigins));
  app.addHook('onRequest', deps.access.admit);
  app.addHook('preHandler', deps.routes.audit.watch);
  app.addHook('onSend', deps.routes.audit.finish);
  await rateLimits(app, deps.rates, deps.hit);
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, deps.hit));
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    answerNotFound(table, deps.allowedOrigins, request, reply),
  );

  await collectRoutes(app);
  for (const routes of [
    stockRoutes,
    atpRoutes,
    itemRoutes,
    nodeRoutes,
    reservationRoutes,
    reservationChangeRoutes,
    orderByIdRoutes,
    orderStatusRoutes,
    orderSearchRoutes,
    orderHistoryRoutes,
    sourcingRoutes,
    automationRoutes,
    customerRoutes,
    workRoutes,
    keyRoutes,
    auditRoutes,
    healthRoutes,
    stateRoutes,
    statsRoutes,
    metricsRoutes,
    sourceGapRoutes,
  ]) {
    routes(app, deps.routes);
  }
  for (const routes of [
    ledgerRoutes,
    explainRoutes,
    shortfallRoutes,
    correctionRoutes,
    repairRoutes,
    referenceRoutes,
    referenceHistoryRoutes,
    webhookSecretRoutes,
    webhookEndpointRoutes,
    webhookDeliveryRoutes,
    logRoutes,
    logParkedRoutes,
  ]) {
    routes(app, deps.routes);
  }
  liveRoute(app);
  await deps.staffDoor.routes(app);
  documentRoutes(app, deps.routes);
  liveEventsRoute(app, deps.routes);
  await app.register(async (raw: App) => {
    // Bodies of feeds, of orders and corrected letters have the source's format, whatever their content-type says.
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_request, _payload, done) => done(null));
    feedRoutes(raw, deps.routes);
    orderRoutes(raw, deps.routes);
    deadLetterRoutes(raw, deps.routes);
    webhookRoutes(raw, deps.routes);
  });
  await servePages(app, deps.pagesDir);
  await app.ready();
  return app;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, hit: Hit): FastifyReply {
  const known = noOf(error);
  if (known?.status === 413) hit('json-body');
  if (known?.status === 429) return refuseUnread(request, reply, known);
  if (known !== undefined) return sendNo(reply, known);
  if (request.raw.destroyed && !request.raw.complete) {
    request.log.warn(
      { method: request.method, path: pathOf(request) },
      'the sender went away before the body was whole; nothing of it was taken',
    );
    return sendNo(reply, no(400, 'incomplete-body', 'the body ended before its length; send it again'));
  }
  request.log.error({ err: error, method: request.method, path: pathOf(request) }, 'a handler failed');
  return sendNo(reply, no(500, 'internal', 'the server failed to answer; the log says why. Try again, then report it'));
}

function answerNotFound(
  table: RouteTable,
  allowedOrigins: ReadonlySet<string>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const path = pathOf(request);
  const methods = table.methodsOf(path);
  if (methods.length === 0) {
    return sendNo(
      reply,
      no(404, 'unknown-route', `there is no ${path}; the routes begin with /v1/, /health/ or are pages`),
    );
  }
  reply.header('allow', methods.join(', '));
  if (request.method === 'OPTIONS') return answerPreflight(allowedOrigins, request, reply);
  return sendNo(reply, no(405, 'method-not-allowed', `${path} takes ${methods.join(', ')}, not ${request.method}`));
}

/** Without the query: somebody may have put a key there, and it belongs neither into a log nor into an answer. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

/** Pages of allowed sites may send what a shared GET needs. Keys do not belong into pages of other sites. */
function answerPreflight(
  allowedOrigins: ReadonlySet<string>,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { origin } = request.headers;
  reply.header('vary', 'origin');
  if (origin !== undefined && allowedOrigins.has(origin)) {
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'if-none-match, x-order-token',
      'access-control-max-age': '600',
    });
  }
  return reply.code(204).send();
}

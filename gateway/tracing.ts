import {
  context,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';
import type { Engine } from '../engine/api.ts';
import { routeOf } from './route-of.ts';
import type { App } from './routes/route.ts';

// OpenTelemetry without an SDK of ours: who wants traces preloads one (`node --import ./otel.mjs gateway/main.ts`), which
// registers itself before anything here runs. Without one there is no hook and no wrapper, so it costs nothing.

declare module 'fastify' {
  interface FastifyRequest {
    traced: { readonly span: Span; readonly within: Context } | undefined;
  }
}

/** The tracer of the SDK that was preloaded; undefined: there is none. */
export function preloadedTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer('onhand') : provider.getTracer('onhand');
}

/** A span per request, named by its route's template; what the handler does lies within it. Before the routes. */
export function traceRequests(app: App, tracer: Tracer): void {
  app.decorateRequest('traced', undefined);
  app.addHook('onRequest', async (request) => {
    const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method } };
    const span = tracer.startSpan(`${request.method} ${routeOf(request)}`, options, parentOf(request));
    request.traced = { span, within: trace.setSpan(context.active(), span) };
  });
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    // What follows a body would else run in the context of its socket.
    route.handler = function (request, reply) {
      const within = request.traced?.within ?? context.active();
      return context.with(within, () => handler.call(this, request, reply));
    };
  });
  app.addHook('onResponse', async (request, reply) => {
    const span = request.traced?.span;
    span?.setAttributes({
      'http.route': routeOf(request),
      'http.response.status_code': reply.statusCode,
      'onhand.request_id': request.id,
    });
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
}

/** The span somebody else made for this request (instrumentation of node's http), or the caller's of W3C's `traceparent`. */
function parentOf({ headers }: FastifyRequest): Context {
  if (trace.getSpan(context.active()) !== undefined) return context.active();
  const given = headers['traceparent'];
  const [, traceId, spanId, flags] = TRACEPARENT.exec(typeof given === 'string' ? given : '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, remote);
}

/** W3C Trace Context, version 00; ids of zeros only mean none. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The engine with a span for each call that is answered later; the engine itself when nobody traces. */
export function tracedEngine<E extends Pick<Engine, keyof Engine>>(engine: E, tracer = preloadedTracer()): E {
  if (tracer === undefined) return engine;
  return new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: readonly unknown[]) => {
        const span = tracer.startSpan(`engine.${name}`, { kind: SpanKind.INTERNAL }, context.active());
        return endsWith(span, () => Reflect.apply(value, target, args) as unknown);
      };
    },
  });
}

/** Runs a call as a span of its own, within the active one; plainly when nobody traces. */
export async function inSpan<T>(name: string, attributes: Attributes, call: () => Promise<T>): Promise<T> {
  const tracer = preloadedTracer();
  if (tracer === undefined) return call();
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context.active());
  return endsWith(span, () => context.with(trace.setSpan(context.active(), span), call)) as Promise<T>;
}

function endsWith(span: Span, call: () => unknown): unknown {
  let answer: unknown;
  try {
    answer = call();
  } catch (error) {
    fail(span, error);
    throw error;
  }
  if (!(answer instanceof Promise)) {
    span.end();
    return answer;
  }
  return answer.then(
    (value: unknown) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      fail(span, error);
      throw error;
    },
  );
}

/** Its name, not its message, which may hold what a caller sent. */
function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
  span.end();
}

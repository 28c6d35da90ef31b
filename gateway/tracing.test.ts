import {
  context,
  ROOT_CONTEXT,
  trace,
  type Attributes,
  type Context,
  type ContextManager,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';
import { inSpan, preloadedTracer, tracedEngine } from './tracing.ts';

// What an operator preloads, as small as it can be: a provider that keeps spans, and a context manager.

interface Kept {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  failed: boolean;
  ended: boolean;
}

const spans: Kept[] = [];

const tracer = {
  startSpan(name, options = {}, within = context.active()) {
    const above = trace.getSpanContext(within);
    const kept: Kept = {
      name,
      traceId: above?.traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      parent: above?.spanId,
      attributes: { ...options.attributes },
      failed: false,
      ended: false,
    };
    spans.push(kept);
    const span = {
      spanContext: (): SpanContext => ({ traceId: kept.traceId, spanId: kept.spanId, traceFlags: 1 }),
      setAttributes: (more: Attributes) => Object.assign(kept.attributes, more),
      setStatus: () => (kept.failed = true),
      end: () => (kept.ended = true),
    };
    return span as unknown as Span;
  },
} as Tracer;

const store = new AsyncLocalStorage<Context>();
const manager: ContextManager = {
  active: () => store.getStore() ?? ROOT_CONTEXT,
  with: (within, call, self, ...args) => store.run(within, () => call.call(self as never, ...args)),
  bind: (_within, target) => target,
  enable: () => manager,
  disable: () => manager,
};

const untraced = preloadedTracer();
const engineAlone = {} as never;
const plainEngine = tracedEngine(engineAlone);

let server: TestServer;
beforeAll(async () => {
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  context.setGlobalContextManager(manager);
  server = await startTestServer();
});
afterEach(() => void spans.splice(0));
afterAll(async () => {
  await server.stop();
  trace.disable();
  context.disable();
});

/** The request's span and those within it, once it has ended. */
async function traceOf(route: string): Promise<{ request: Kept; within: Kept[] }> {
  for (;;) {
    const request = spans.find(({ name, ended }) => name === route && ended);
    if (request !== undefined) return { request, within: spans.filter(({ parent }) => parent === request.spanId) };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('without an SDK there is no tracer, and the engine is itself', () => {
  expect(untraced).toBeUndefined();
  expect(plainEngine).toBe(engineAlone);
});

test('a request is a span named by its route, the engine’s calls lie within it', async () => {
  const { headers } = await server.call('/v1/stock/TRACED-1?channel=web', { key: ADMIN_KEY });
  const { request, within } = await traceOf('GET /v1/stock/:sku');
  expect(request).toMatchObject({ parent: undefined, failed: false });
  expect(request.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': '/v1/stock/:sku',
    'http.response.status_code': 404,
    'onhand.request_id': headers.get('x-request-id'),
  });
  expect(within.map(({ name, ended }) => [name, ended])).toEqual([['engine.stock', true]]);
  expect(JSON.stringify(spans)).not.toMatch(new RegExp(`TRACED-1|${ADMIN_KEY}`));
});

test('a body does not lose the trace: what a feed records lies within its request', async () => {
  await server.feed([onHand('TRACED-2', 5)]);
  const { within } = await traceOf('POST /v1/feeds/:source');
  expect(within.map(({ name }) => name)).toContain('engine.record');
});

test('the caller’s traceparent is the parent; one that is none begins a trace of its own', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await server.call('/health/live', { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
  expect((await traceOf('GET /health/live')).request).toMatchObject({ traceId, parent: '00f067aa0ba902b7' });
  for (const broken of [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `01-${traceId}-00f067aa0ba902b7-01`, 'nonsense']) {
    spans.splice(0);
    await server.call('/health/live', { headers: { traceparent: broken } });
    expect((await traceOf('GET /health/live')).request.parent).toBeUndefined();
  }
});

test('a call that fails is a failed span, without what the error said', async () => {
  const asked = inSpan('webhook.deliver', { 'onhand.endpoint': 'e1' }, () => Promise.reject(new Error('secret')));
  await expect(asked).rejects.toThrow('secret');
  expect(spans).toMatchObject([{ name: 'webhook.deliver', failed: true, ended: true }]);
  expect(JSON.stringify(spans)).not.toContain('secret');
});

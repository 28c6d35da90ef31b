import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { logInfo } from '../log/log-info.ts';
import type { LogBody, LogEventsPage, LogsList } from '../protocol/log-bodies.ts';
import { may } from '../caller.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const LIMIT_MAX = 300;
/** Of one page of logs: each node has one. */
const LOGS_MAX = 200;
export const Log = Type.Object({ log: Type.String({ minLength: 1, maxLength: 150 }) });
const Events = {
  params: Log,
  querystring: Type.Object(
    {
      offset: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    },
    STRICT,
  ),
};
const List = {
  querystring: Type.Object(
    {
      after: Type.Optional(Type.String({ maxLength: 150 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LOGS_MAX })),
    },
    STRICT,
  ),
};

export const UNKNOWN_LOG: No = no(
  404,
  'unknown-log',
  'there is no such log that this key may read; GET /v1/log lists them',
  {
    field: 'log',
  },
);

/** Logs over HTTP: how far they reach, who reads them, and their events page by page. */
export function logRoutes(app: App, { logs: { hub, store } }: RouteDeps): void {
  app.get('/v1/log', { schema: List }, async (request, reply) => {
    const caller = permitLog(request);
    if (isNo(caller)) return sendNo(reply, caller);
    const { after = '', limit = LOGS_MAX } = request.query;
    const parked = await store.counts();
    const names = hub.names(request.caller).filter((ch) => ch > after);
    const page = names.toSorted().slice(0, limit);
    const logs = page.flatMap((ch) => logInfo(hub, ch, parked) ?? []);
    const next = page.length < names.length ? page.at(-1) : undefined;
    const body: LogsList = { logs, ...(next !== undefined && { next }) };
    return reply.header('cache-control', 'no-store').send(body);
  });

  app.get('/v1/log/:log/snapshot', { schema: { params: Log } }, async (request, reply) => {
    const caller = permitLog(request, request.params.log);
    if (isNo(caller)) return sendNo(reply, caller);
    const { log: ch } = request.params;
    const lines = hub.isOpenTo(request.caller, ch) ? hub.snapshot(ch) : undefined;
    if (lines === undefined) return sendNo(reply, UNKNOWN_LOG);
    reply.header('cache-control', 'no-store').header('content-type', 'application/x-ndjson');
    // As fast as it is read: a sku that is not asked for yet is not in memory.
    return reply.send(Readable.from(lines));
  });

  app.get('/v1/log/:log/events', { schema: Events }, async (request, reply) => {
    const caller = permitLog(request, request.params.log);
    if (isNo(caller)) return sendNo(reply, caller);
    const { log: ch } = request.params;
    const { offset = 0, limit = LIMIT_MAX } = request.query;
    const page = await hub.readFor(request.caller, ch, offset, limit);
    if (page === undefined) return sendNo(reply, UNKNOWN_LOG);
    const { e, first, head } = page;
    const events = page.events.map(({ d, ...event }) => ({ ...event, d: JSON.parse(d) as LogBody }));
    const last = events.at(-1)?.o ?? head;
    const body: LogEventsPage = { ch, e, first, head, events, ...(last < head && { next: last + 1 }) };
    return reply.header('cache-control', 'no-store').send(body);
  });
}

/** Work is its own scope: who does a node's work need not see stock. Without a log: whichever there are for the caller. */
function permitLog(request: FastifyRequest, ch?: string): ReturnType<typeof permit> {
  const isWork =
    ch === undefined ? !may(request.caller, 'outfeeds') && may(request.caller, 'work') : ch.startsWith('work:');
  return permit(request, isWork ? 'work' : 'outfeeds');
}

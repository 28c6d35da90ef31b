import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { ParkedEvent } from '../log/log-desk.ts';
import type { LogBody, ParkedInfo, ParkedPage } from '../protocol/log-bodies.ts';
import { Log, UNKNOWN_LOG } from './log.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const List = {
  params: Log,
  querystring: Type.Object(
    {
      consumer: Type.Optional(Type.String({ maxLength: 64 })),
      after: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    },
    STRICT,
  ),
};
const One = { params: Type.Object({ ...Log.properties, event: Type.Integer({ minimum: 1 }) }) };
const OneConsumer = { params: Type.Object({ ...Log.properties, consumer: Type.String({ maxLength: 64 }) }) };
const config = { scope: 'ops' } as const;
const UNKNOWN_PARKED: No = no(404, 'unknown-event', 'no event of this log is parked under this id', { field: 'event' });
const PARKED = '/v1/log/:log/parked';

/** What consumers gave back, for staff: with ops, and outfeeds or work for the log itself. */
export function logParkedRoutes(app: App, { logs: { hub, store } }: RouteDeps): void {
  app.get(PARKED, { schema: List, config }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const { log: ch } = request.params;
    const reach = await hub.parkedReach(request.caller, ch);
    if (reach === undefined) return sendNo(reply, UNKNOWN_LOG);
    const { limit = 50, ...query } = request.query;
    const page = await store.parked({ ...reach, limit, ...query });
    const last = page.length === limit ? page.at(-1) : undefined;
    const parked = page.map(parkedInfo);
    const body: ParkedPage = { parked, ...(last !== undefined && { next: last.id }) };
    return reply.header('cache-control', 'no-store').send(body);
  });

  app.post(`${PARKED}/:event/replay`, { schema: One, config }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const { log: ch, event } = request.params;
    const reach = await hub.parkedReach(request.caller, ch);
    if (reach === undefined) return sendNo(reply, UNKNOWN_LOG);
    const consumer = await store.replay(reach, event);
    if (consumer === undefined) return sendNo(reply, UNKNOWN_PARKED);
    hub.replay(ch, consumer);
    return reply.code(202).send();
  });

  app.delete(`${PARKED}/:event`, { schema: One, config }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const { log: ch, event } = request.params;
    const reach = await hub.parkedReach(request.caller, ch);
    if (reach === undefined) return sendNo(reply, UNKNOWN_LOG);
    return (await store.discard(reach, event)) ? reply.code(204).send() : sendNo(reply, UNKNOWN_PARKED);
  });

  app.delete('/v1/log/:log/consumers/:consumer', { schema: OneConsumer, config }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const { log: ch, consumer } = request.params;
    if (!hub.isOpenTo(request.caller, ch)) return sendNo(reply, UNKNOWN_LOG);
    if (hub.delivery(ch, consumer) !== undefined) return sendNo(reply, STILL_CONNECTED);
    return (await store.forget(ch, consumer)) ? reply.code(204).send() : sendNo(reply, UNKNOWN_CONSUMER);
  });
}

function parkedInfo({ id, consumer, e, o, eid, t, d, code, msg, at, tries, state }: ParkedEvent): ParkedInfo {
  return { id, consumer, e, o, eid, t, d: JSON.parse(d) as LogBody, code, msg, at, tries, state };
}

const STILL_CONNECTED: No = no(409, 'still-connected', 'this consumer is connected; end it first', {
  field: 'consumer',
});
const UNKNOWN_CONSUMER: No = no(404, 'unknown-consumer', 'nobody has read this log under this name', {
  field: 'consumer',
});

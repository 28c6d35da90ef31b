import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { EVERYTHING } from '../caller.ts';
import type { DeliveriesPage, EventTypesList, Replayed } from '../protocol/webhook-bodies.ts';
import { EVENT_TYPES } from '../webhooks/event-types.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';
import { UNKNOWN_ENDPOINT } from './webhook-endpoints.ts';

const Endpoint = Type.String({ minLength: 1, maxLength: 64 });
const List = {
  params: Type.Object({ id: Endpoint }),
  querystring: Type.Object(
    {
      state: Type.Optional(Type.Enum(['waiting', 'delivered', 'failed'])),
      after: Type.Optional(Type.Integer({ minimum: 1 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    },
    STRICT,
  ),
};
const One = { params: Type.Object({ id: Endpoint, delivery: Type.Integer({ minimum: 1 }) }) };
const config = { scope: 'ops' } as const;
const PATH = '/v1/webhook-endpoints/:id/deliveries';

/** The delivery log: what was sent when, what was answered, and once more if staff say so. */
export function webhookDeliveryRoutes(app: App, { webhooks }: RouteDeps): void {
  app.get(PATH, { schema: List, config }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const { limit = 50, ...query } = request.query;
    const page = await webhooks.askIfInUse('deliveries', { endpoint: request.params.id, limit, ...query });
    if (page === undefined) return sendNo(reply, UNKNOWN_ENDPOINT);
    const last = page.length === limit ? page.at(-1) : undefined;
    const answer: DeliveriesPage = { deliveries: page, ...(last !== undefined && { next: last.id }) };
    return reply.send(answer);
  });

  app.get(`${PATH}/:delivery`, { schema: One, config }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const { id, delivery } = request.params;
    const found = await webhooks.askIfInUse('delivery', id, delivery);
    return found === undefined ? sendNo(reply, UNKNOWN_DELIVERY) : reply.send(found);
  });

  /** The same event under the same id: a receiver that had it knows it. */
  app.post(`${PATH}/:delivery/replay`, { schema: One, config }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const { id, delivery } = request.params;
    const found = await webhooks.askIfInUse('delivery', id, delivery);
    if (found === undefined) return sendNo(reply, UNKNOWN_DELIVERY);
    if (!(await webhooks.askIfInUse('replay', id, { job: delivery }))) return sendNo(reply, STILL_WAITING);
    return reply.send(await webhooks.askIfInUse('delivery', id, delivery));
  });

  app.post(`${PATH}/replay-failed`, { schema: { params: List.params }, config }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const answer: Replayed = {
      replayed: (await webhooks.askIfInUse('replay', request.params.id, { state: 'failed' })) ?? 0,
    };
    return reply.send(answer);
  });

  /** Documentation: what events there are, with schema and example. */
  app.get('/v1/webhook-event-types', async (_request, reply) => {
    const types = Object.entries(EVENT_TYPES).map(([type, { about, data, example }]) => {
      return { type, about, data, example };
    });
    const list: EventTypesList = { types };
    return reply.send(list);
  });
}

const UNKNOWN_DELIVERY: No = no(
  404,
  'unknown-delivery',
  'this endpoint has no such delivery; old ones make room for new ones',
  { field: 'delivery' },
);
const STILL_WAITING: No = no(409, 'still-waiting', 'it is still to be delivered, or too many deliveries wait');

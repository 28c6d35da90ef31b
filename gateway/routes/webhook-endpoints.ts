import { Type, type Static } from 'typebox';
import type { FastifyReply } from 'fastify';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { EVERYTHING, may, type Caller } from '../caller.ts';
import type { EndpointInfo, EndpointMade, EndpointsList, EndpointWish } from '../protocol/webhook-bodies.ts';
import { SUBSCRIBED_TYPES } from '../webhooks/event-types.ts';
import { readTarget } from '../webhooks/target-url.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

/** Keys of one filter: more are a reason for no filter. */
const FILTER_KEYS_MAX = 1_000;
const keys = Type.Optional(
  Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: FILTER_KEYS_MAX }),
);
const fields = {
  url: Type.String(),
  types: Type.Array(Type.Enum([...SUBSCRIBED_TYPES]), { minItems: 1, maxItems: SUBSCRIBED_TYPES.length }),
  filters: Type.Object({ skus: keys, channels: keys, nodes: keys, sources: keys }, STRICT),
  note: Type.String({ maxLength: 200 }),
};
const Create = {
  body: Type.Object({ ...fields, filters: Type.Optional(fields.filters), note: Type.Optional(fields.note) }, STRICT),
};
const ById = { params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }) };
const Change = {
  ...ById,
  body: Type.Partial(Type.Object({ ...fields, state: Type.Enum(['active', 'paused']) }, STRICT)),
};
const config = { scope: 'admin' } as const;
/** Who is woken when an endpoint fails must be able to look and to start it again. */
const watching = { scope: 'ops' } as const;
const PATH = '/v1/webhook-endpoints';

/**
 * Where outgoing events go: made, changed and deleted by `admin`, looked at, tried, paused and resumed by `ops` without
 * limits. A secret is shown when it is made, never again.
 */
export function webhookEndpointRoutes(app: App, deps: RouteDeps): void {
  const { webhooks, endpoints, webhookTargets } = deps;

  app.post(PATH, { schema: Create, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const fault = urlFault(request.body.url, deps);
    if (fault !== undefined) return sendNo(reply, fault);
    const made = await endpoints.create(wishOf(request.body));
    if (made === 'too-many-endpoints') return sendNo(reply, TOO_MANY);
    return sendMade(reply, { ...made.endpoint, secret: made.secret });
  });

  app.get(PATH, { config: watching }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const all = (await webhooks.askIfInUse('endpoints')) ?? [];
    const list: EndpointsList = {
      endpoints: all.map((each) => shownTo(request.caller, each)),
      targets: webhookTargets,
    };
    return reply.send(list);
  });

  app.patch(`${PATH}/:id`, { schema: Change, config: watching }, async (request, reply) => {
    const { state: _state, ...wish } = request.body;
    const isOnlyState = Object.keys(wish).length === 0;
    const caller = isOnlyState ? permit(request, 'ops', EVERYTHING) : permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const { url } = wish;
    const fault = url === undefined ? undefined : urlFault(url, deps);
    if (fault !== undefined) return sendNo(reply, fault);
    const changed = await webhooks.askIfInUse('changeEndpoint', request.params.id, request.body);
    return changed === undefined ? sendNo(reply, UNKNOWN_ENDPOINT) : reply.send(shownTo(request.caller, changed));
  });

  app.delete(`${PATH}/:id`, { schema: ById, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const removed = await endpoints.remove(request.params.id);
    if (removed === 'unknown-endpoint') return sendNo(reply, UNKNOWN_ENDPOINT);
    return reply.code(204).send();
  });

  app.post(`${PATH}/:id/secret`, { schema: ById, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const made = await webhooks.askIfInUse('rotateEndpoint', request.params.id);
    if (made === undefined) return sendNo(reply, UNKNOWN_ENDPOINT);
    return sendMade(reply, { ...made.endpoint, secret: made.secret });
  });

  app.post(`${PATH}/:id/test`, { schema: ById, config: watching }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const answer = await webhooks.askIfInUse('testEndpoint', request.params.id, deps.engine.epoch);
    return answer === undefined ? sendNo(reply, UNKNOWN_ENDPOINT) : reply.send(answer);
  });
}

/** Addresses of webhooks are often secrets by their path: who cannot change them sees where they lead, no more. */
function shownTo(caller: Caller, endpoint: EndpointInfo): EndpointInfo {
  return may(caller, 'admin') ? endpoint : { ...endpoint, url: `${new URL(endpoint.url).origin}/…` };
}

function wishOf({ url, types, filters = {}, note }: Static<(typeof Create)['body']>): EndpointWish {
  return { url, types, filters: filters as EndpointWish['filters'], ...(note !== undefined && { note }) };
}

function urlFault(url: string, { webhookTargets }: RouteDeps): No | undefined {
  const target = readTarget(url, webhookTargets);
  return 'fault' in target ? no(422, 'malformed-url', `url ${target.fault}`, { field: 'url' }) : undefined;
}

/** The only time its secret is shown. */
function sendMade(reply: FastifyReply, made: EndpointMade): FastifyReply {
  return reply.code(201).header('cache-control', 'no-store').send(made);
}

export const UNKNOWN_ENDPOINT: No = no(
  404,
  'unknown-endpoint',
  'no endpoint has this id; list them with GET /v1/webhook-endpoints',
  { field: 'id' },
);
const TOO_MANY: No = no(
  409,
  'too-many-endpoints',
  'there are WEBHOOK_ENDPOINTS_MAX endpoints; delete those nobody uses',
);

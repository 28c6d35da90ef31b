import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ACT_REFUSALS, type ActRefusal } from '../../engine/contract/order-command.ts';
import type { Order } from '../../engine/contract/order.ts';
import type { Refused } from '../../engine/contract/outcome.ts';
import { outOfReach, permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { matches } from '../entity-tag.ts';
import { orderBodyOf } from '../orders/order-body.ts';
import { orderFor, orderOf, UNKNOWN_ORDER } from '../orders/order-in-reach.ts';
import { OrderActFields, orderActOf } from './order-act.ts';
import { KEY_MISSING, parseKey } from './reservations.ts';
import type { App, RouteDeps } from './route.ts';

const ById = { params: Type.Object({ id: Type.String() }) };
const Act = { ...ById, body: OrderActFields };

/** One order: how it stands, and what staff do to it by hand (rule OR10). */
export function orderByIdRoutes(app: App, { engine }: RouteDeps): void {
  // Either of two scopes: the handler asks.
  app.get('/v1/orders/:id', { schema: ById }, async (request, reply) => {
    const found = await orderFor(request, engine);
    if (isNo(found)) return sendNo(reply, found);
    const etag = tagOf(found.order);
    if (!matches(request.headers['if-none-match'], etag)) return sendOrder(reply, found.order);
    return reply.code(304).header('etag', etag).send();
  });

  app.post('/v1/orders/:id/acts', { schema: Act, config: { scope: 'desk' } }, async (request, reply) => {
    const { reason, ...fields } = request.body;
    const caller = permit(request, 'desk');
    if (isNo(caller)) return sendNo(reply, caller);
    const asked = askedOf(request);
    if (isNo(asked)) return sendNo(reply, asked);
    const what = orderActOf(fields);
    if ('code' in what) return sendNo(reply, what);
    const order = await orderOf(engine, request.params.id);
    if (order === undefined) return sendNo(reply, UNKNOWN_ORDER);
    // A return comes in at one node, which may be another's affair than the rest of the order.
    const node = what.act === 'receive-return' ? what.node : undefined;
    if (outOfReach(request.caller, { channel: order.channel, node }) !== undefined) return sendNo(reply, UNKNOWN_ORDER);
    const { client } = caller;
    // Keys are each client's own.
    const by = { by: client, ...asked, key: `${client} ${asked.key}`, ...(reason !== undefined && { reason }) };
    const outcome = await engine.orderAct(order.id, { client, by, what });
    return outcome.status === 'refused' ? sendNo(reply, refusedAct(outcome, order)) : sendOrder(reply, outcome.order);
  });
}

function askedOf(request: FastifyRequest): { readonly key: string; readonly ifVersion?: number } | No {
  const key = parseKey(request);
  if (key === undefined) return KEY_MISSING;
  const { 'if-match': match } = request.headers;
  if (match === undefined) return { key };
  const version = /^"(\d{1,15})"$/.exec(match)?.[1];
  if (version !== undefined) return { key, ifVersion: Number(version) };
  return no(422, 'invalid-request', 'send If-Match with the ETag that was read', { field: 'if-match' });
}

const tagOf = ({ version }: Order): string => `"${version}"`;

function sendOrder(reply: FastifyReply, order: Order): FastifyReply {
  return reply.header('etag', tagOf(order)).header('cache-control', 'no-store').send(orderBodyOf(order));
}

/** Acts that could never be done as they are written are 422; every other refusal is about the state of things. */
const STATUS: Readonly<Partial<Record<ActRefusal, number>>> = {
  'unknown-order': 404,
  'version-conflict': 412,
  'unknown-line': 422,
  'units-out-of-bounds': 422,
  'unknown-node': 422,
  'unknown-work': 422,
  'unknown-return': 422,
  'node-not-in-channel': 422,
};

function refusedAct({ code, field, units }: Refused<ActRefusal>, order: Order): No {
  const refusal = no(STATUS[code] ?? 409, code, ACT_REFUSALS[code], field === undefined ? {} : { field });
  if (code === 'version-conflict') return { ...refusal, field: 'if-match', version: units ?? order.version };
  return units === undefined ? refusal : { ...refusal, units };
}

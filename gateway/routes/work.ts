import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { isRefusal, orderOfWork, parseNodeId, type NodeId, type WorkOrderId } from '../../engine/contract/ids.ts';
import { WORK_REFUSALS, type WorkRefusal } from '../../engine/contract/node-port.ts';
import type { Refused } from '../../engine/contract/outcome.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { WorkAnswer, WorksPage } from '../protocol/work-bodies.ts';
import { WorkActFields, workActOf } from './work-act.ts';
import { KEY_MISSING, parseKey } from './reservations.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const LIMIT = 100;
const LIMIT_MAX = 500;

const List = {
  params: Type.Object({ node: Type.String() }),
  querystring: Type.Object(
    {
      /** Also what is over, as long as it is remembered. */
      ended: Type.Optional(Type.Boolean()),
      after: Type.Optional(Type.String({ maxLength: 40 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    },
    STRICT,
  ),
};
const One = { params: Type.Object({ node: Type.String(), work: Type.String() }) };
const Act = { ...One, body: WorkActFields };

// The journal names who did what: the audit would repeat thousands of picks.
const config = { scope: 'work', traffic: true } as const;

/** A node's work (rule OR8): what there is to do, and what its people say about it. */
export function workRoutes(app: App, { engine }: RouteDeps): void {
  app.get('/v1/nodes/:node/work', { schema: List, config }, async (request, reply) => {
    const place = placeOf(request, request.params.node, engine.reference.nodes);
    if (isNo(place)) return sendNo(reply, place);
    const { node } = place;
    const { ended = false, after, limit = LIMIT } = request.query;
    if (after !== undefined && orderOfWork(after) === undefined) return sendNo(reply, MALFORMED_AFTER);
    const from = after === undefined ? {} : { after: after as WorkOrderId };
    const { works, head } = await engine.work({ node, ended, limit, ...from });
    const last = works.length < limit ? undefined : works.at(-1);
    const body: WorksPage = { node, e: engine.epoch, head, works, ...(last !== undefined && { next: last.id }) };
    return reply.header('cache-control', 'no-store').send(body);
  });

  app.get('/v1/nodes/:node/work/:work', { schema: One, config }, async (request, reply) => {
    const place = placeOf(request, request.params.node, engine.reference.nodes);
    if (isNo(place)) return sendNo(reply, place);
    const work = await engine.workOrder(place.node, request.params.work as WorkOrderId);
    if (work === undefined) return sendNo(reply, refusedAct({ status: 'refused', code: 'unknown-work' }));
    const body: WorkAnswer = { work };
    return reply.header('cache-control', 'no-store').send(body);
  });

  app.post('/v1/nodes/:node/work/:work/acts', { schema: Act, config }, async (request, reply) => {
    const place = placeOf(request, request.params.node, engine.reference.nodes);
    if (isNo(place)) return sendNo(reply, place);
    const key = parseKey(request);
    if (key === undefined) return sendNo(reply, KEY_MISSING);
    const said = workActOf(request.body);
    if (isNo(said)) return sendNo(reply, said);
    const { client: by, node } = place;
    // Keys are each client's own.
    const outcome = await engine.workAct({
      ...said,
      work: request.params.work as WorkOrderId,
      node,
      key: `${by} ${key}`,
      by,
    });
    if (outcome.status === 'refused') return sendNo(reply, refusedAct(outcome));
    const body: WorkAnswer = { work: outcome.work };
    return reply.header('cache-control', 'no-store').send(body);
  });
}

/**
 * The caller and the node, if it may do work there. A node works for every channel, and its work names their customers: who
 * is limited to channels has none of it.
 */
function placeOf(
  request: FastifyRequest,
  text: string,
  nodes: ReadonlyMap<NodeId, unknown>,
): { readonly client: string; readonly node: NodeId } | No {
  const caller = permit(request, 'work', { node: text, channel: undefined });
  if (isNo(caller)) return caller;
  const node = parseNodeId(text);
  if (isRefusal(node)) return no(422, node.code, node.message, { field: 'node' });
  if (!nodes.has(node))
    return no(404, 'unknown-node', `there is no node ${node}; list them with GET /v1/nodes`, { field: 'node' });
  return { client: caller.client, node };
}

const MALFORMED_AFTER = no(422, 'invalid-request', 'give `next` of the page before, as it is', { field: 'after' });

const STATUS: Readonly<Record<WorkRefusal, number>> = {
  'unknown-work': 404,
  'key-reused': 409,
  'already-ended': 409,
  'not-in-this-state': 409,
  'unknown-line': 422,
  'units-out-of-bounds': 422,
  'reason-missing': 422,
  'wrong-code': 422,
  'happened-in-the-future': 422,
};

function refusedAct({ code, field }: Refused<WorkRefusal>): No {
  return no(STATUS[code], code, WORK_REFUSALS[code], field === undefined ? {} : { field });
}

import { Type } from 'typebox';
import { isRefusal, parseNodeId, parseSku, type NodeId } from '../../engine/contract/ids.ts';
import type { ShortfallPlace } from '../../engine/contract/shortfall.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { ShortfallsPage } from '../protocol/stock-bodies.ts';
import type { App, RouteDeps } from './route.ts';

const LIMIT = 100;
const LIMIT_MAX = 1_000;

const List = {
  querystring: Type.Object({
    node: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    /** `next` of the page before. */
    after: Type.Optional(Type.String({ maxLength: 600 })),
  }),
};

export function shortfallRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/shortfalls', { schema: List, config: { scope: 'stock' } }, async (request, reply) => {
    const caller = permit(request, 'stock', { node: request.query.node });
    if (isNo(caller)) return sendNo(reply, caller);
    const { limit = LIMIT, node: asked, after: text } = request.query;
    const node = asked === undefined ? undefined : parseNodeId(asked);
    if (node !== undefined && isRefusal(node))
      return sendNo(reply, no(422, node.code, node.message, { field: 'node' }));
    if (node !== undefined && !deps.engine.reference.nodes.has(node)) return sendNo(reply, unknownNode(node));
    const after = text === undefined ? undefined : parseAfter(text);
    if (after !== undefined && isNo(after)) return sendNo(reply, after);
    const shortfalls = await deps.engine.shortfalls({
      limit,
      ...(node !== undefined && { node }),
      ...(after !== undefined && { after }),
    });
    const last = shortfalls.length < limit ? undefined : shortfalls.at(-1);
    const next = last === undefined ? {} : { next: `${last.since} ${last.sku} ${last.node}` };
    const page: ShortfallsPage = { shortfalls, ...next };
    return reply.header('cache-control', 'no-store').send(page);
  });
}

function unknownNode(node: NodeId): No {
  return no(404, 'unknown-node', `there is no node ${node}; list them with GET /v1/nodes`, { field: 'node' });
}

/** `time sku node` of the last one seen, which may be resolved since; ids hold no spaces. */
function parseAfter(text: string): ShortfallPlace | No {
  const [since = '', skuText, nodeText, ...rest] = text.split(' ');
  const sku = parseSku(skuText);
  const node = parseNodeId(nodeText);
  if (/^[0-9]{1,15}$/.test(since) && rest.length === 0 && !isRefusal(sku) && !isRefusal(node)) {
    return { since: Number(since), sku, node };
  }
  return no(422, 'invalid-request', 'give `next` of the page before, as it is', { field: 'after' });
}

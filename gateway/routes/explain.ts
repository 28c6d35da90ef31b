import { Type } from 'typebox';
import { isRefusal, parseNodeId, parseSku } from '../../engine/contract/ids.ts';
import { isNo, no, sendNo } from '../answers.ts';
import { permit } from '../access.ts';
import { explanationInReach } from '../in-reach.ts';
import type { StockExplained } from '../protocol/history-bodies.ts';
import { historyNo } from './history-no.ts';
import type { App, RouteDeps } from './route.ts';

const Explain = {
  params: Type.Object({ sku: Type.String() }),
  querystring: Type.Object({ channel: Type.Optional(Type.String()), node: Type.Optional(Type.String()) }),
};

export function explainRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/stock/:sku/explain', { schema: Explain, config: { scope: 'stock' } }, async (request, reply) => {
    // What is not named is all that the caller may see.
    const caller = permit(request, 'stock', request.query);
    if (isNo(caller)) return sendNo(reply, caller);
    const { channels, nodes } = deps.engine.reference;
    const { channel } = request.query;
    const sku = parseSku(request.params.sku);
    if (isRefusal(sku)) return sendNo(reply, no(422, sku.code, sku.message, { field: 'sku' }));
    if (channel !== undefined && !channels.has(channel)) {
      return sendNo(reply, no(404, 'unknown-channel', 'name a channel of sale that exists', { field: 'channel' }));
    }
    const node = request.query.node === undefined ? undefined : parseNodeId(request.query.node);
    if (node !== undefined && (isRefusal(node) || !nodes.has(node))) {
      return sendNo(reply, no(404, 'unknown-node', 'name a node of GET /v1/nodes', { field: 'node' }));
    }
    const asked = { ...(channel !== undefined && { channel }), ...(node !== undefined && { node }) };
    const made = await deps.engine.explain(sku, asked);
    if ('status' in made) return sendNo(reply, historyNo(made));
    const { revision: r, ...rest } = made;
    const body: StockExplained = { e: deps.engine.epoch, r, ...explanationInReach(request.caller, rest) };
    return reply.header('cache-control', 'no-store').send(body);
  });
}

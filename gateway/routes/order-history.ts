import { Type } from 'typebox';
import { isNo, sendNo } from '../answers.ts';
import { orderFor } from '../orders/order-in-reach.ts';
import type { OrderSourcing, OrderTimeline } from '../protocol/order-history-bodies.ts';
import { historyNo } from './history-no.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const LIMIT = 200;
const LIMIT_MAX = 1_000;

const ById = { params: Type.Object({ id: Type.String() }) };
const Entries = {
  ...ById,
  querystring: Type.Object(
    {
      after: Type.Optional(Type.String({ maxLength: 60 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    },
    STRICT,
  ),
};

/** What happened to one order, and how it found its nodes, for whoever may see it (rule OR12). */
export function orderHistoryRoutes(app: App, { engine }: RouteDeps): void {
  app.get('/v1/orders/:id/timeline', { schema: Entries }, async (request, reply) => {
    const found = await orderFor(request, engine);
    if (isNo(found)) return sendNo(reply, found);
    const { after, limit = LIMIT } = request.query;
    const timeline = await engine.orderTimeline(found.order.id, { limit, ...(after !== undefined && { after }) });
    if ('status' in timeline) return sendNo(reply, historyNo(timeline));
    return reply.header('cache-control', 'no-store').send(timeline satisfies OrderTimeline);
  });

  app.get('/v1/orders/:id/sourcing', { schema: ById }, async (request, reply) => {
    const found = await orderFor(request, engine);
    if (isNo(found)) return sendNo(reply, found);
    const decisions = await engine.orderSourcing(found.order.id);
    if ('status' in decisions) return sendNo(reply, historyNo(decisions));
    return reply.header('cache-control', 'no-store').send({ decisions } satisfies OrderSourcing);
  });
}

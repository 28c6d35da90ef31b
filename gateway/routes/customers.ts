import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, sendNo } from '../answers.ts';
import { channelsOf } from '../orders/order-in-reach.ts';
import type { CustomerBody, CustomerListPage } from '../protocol/order-history-bodies.ts';
import { historyNo } from './history-no.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const LIMIT = 20;
const LIMIT_MAX = 50;
/** Orders shown with one customer. */
const ORDERS = 20;

const List = {
  querystring: Type.Object(
    {
      q: Type.Optional(Type.String({ maxLength: 200, description: 'Words of name, e-mail address or phone' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    },
    STRICT,
  ),
};
const ById = { params: Type.Object({ id: Type.String() }) };

/** Who ordered, over all channels (rule OR12); whoever may see some channels is told what their orders say. */
export function customerRoutes(app: App, { engine }: RouteDeps): void {
  app.get('/v1/customers', { schema: List, config: { scope: 'desk' } }, async (request, reply) => {
    const caller = permit(request, 'desk', { node: undefined });
    if (isNo(caller)) return sendNo(reply, caller);
    const { q = '', limit = LIMIT } = request.query;
    const channels = channelsOf(request.caller);
    const page = await engine.customers({ q, limit, ...(channels !== undefined && { channels }) });
    if ('status' in page) return sendNo(reply, historyNo(page));
    return reply.header('cache-control', 'no-store').send(page satisfies CustomerListPage);
  });

  app.get('/v1/customers/:id', { schema: ById, config: { scope: 'desk' } }, async (request, reply) => {
    const caller = permit(request, 'desk', { node: undefined });
    if (isNo(caller)) return sendNo(reply, caller);
    const { id } = request.params;
    const channels = channelsOf(request.caller);
    const customer = await engine.customer(id, channels);
    if ('status' in customer) return sendNo(reply, historyNo(customer));
    const asked = { customer: id, sort: 'newest', limit: ORDERS } as const;
    const page = await engine.findOrders({ ...asked, ...(channels !== undefined && { channels }) });
    if ('status' in page) return sendNo(reply, historyNo(page));
    const { orders, next } = page;
    const body: CustomerBody = { customer, orders, ...(next !== undefined && { next }) };
    return reply.header('cache-control', 'no-store').send(body);
  });
}

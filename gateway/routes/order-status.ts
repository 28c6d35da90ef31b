import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { no, sendNo } from '../answers.ts';
import { matches } from '../entity-tag.ts';
import { customerOrder } from '../orders/customer-order.ts';
import { orderOf } from '../orders/order-in-reach.ts';
import { isTokenOf } from '../orders/order-token.ts';
import type { App, RouteDeps } from './route.ts';

const ById = { params: Type.Object({ id: Type.String() }) };

/**
 * How an order stands, for whoever holds its token: in a header, since addresses end up in logs and histories. A wrong
 * token and no such order are answered alike, and guesses are braked by address.
 */
export function orderStatusRoutes(app: App, { engine, tokenBrake }: RouteDeps): void {
  app.get('/v1/orders/:id/status', { schema: ById, config: { shared: true } }, async (request, reply) => {
    const retryAfterMs = tokenBrake.waitMs(request.ip);
    if (retryAfterMs > 0) return sendNo(reply, { ...TOO_MANY, retryAfterMs });
    const token = tokenIn(request);
    if (token === undefined) return sendNo(reply, TOKEN_MISSING);
    const order = await orderOf(engine, request.params.id);
    if (order === undefined || !isTokenOf(order, token)) {
      tokenBrake.count(request.ip);
      return sendNo(reply, UNKNOWN);
    }
    const etag = `"${order.version}"`;
    reply.headers({ etag, 'cache-control': 'no-store' });
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.send(customerOrder(order, engine.reference.nodes));
  });
}

function tokenIn({ headers }: FastifyRequest): string | undefined {
  const token = headers['x-order-token'];
  return typeof token === 'string' && token !== '' && token.length <= 128 ? token : undefined;
}

const TOKEN_MISSING = no(401, 'token-required', 'send the order’s token in a header X-Order-Token', {
  field: 'x-order-token',
});
const UNKNOWN = no(404, 'unknown-order', 'there is no such order with this token', { field: 'id' });
const TOO_MANY = no(429, 'too-many-bad-keys', 'too many wrong tokens from this address; wait, then use the right one');

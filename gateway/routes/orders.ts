import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { ORDER_FORMATS } from '../../engine/contract/reference.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { DoorRefusal } from '../feed-door.ts';
import type { OrdersAsked } from '../order-door.ts';
import type { OrdersAnswer } from '../protocol/order-bodies.ts';
import { refuseUnread } from '../unread-body.ts';
import { judgeHeaders } from './feeds.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const Id = Type.String({ minLength: 1, maxLength: 128 });
const Orders = {
  querystring: Type.Object(
    {
      format: Type.Optional(Type.Enum([...ORDER_FORMATS])),
      channel: Id,
      topic: Type.Optional(Type.String({ maxLength: 64 })),
      source: Type.Optional(Id),
      warehouse: Type.Optional(Id),
    },
    STRICT,
  ),
};

/** A channel's messages about its orders. Like a feed: the body stays a stream until the caller is known. */
export function orderRoutes(app: App, deps: RouteDeps): void {
  const onRequest = judgeHeaders(deps);
  app.post(
    '/v1/orders',
    { schema: Orders, config: { scope: 'orders', traffic: true }, onRequest },
    async (request, reply) => {
      const asked = permitted(request, request.query);
      if (isNo(asked)) return refuseUnread(request, reply, asked);
      const tooFast = asked.source === undefined ? undefined : deps.sourceRates.refuse(asked.source, deps.now());
      if (tooFast !== undefined) return refuseUnread(request, reply, tooFast);
      const taken = await deps.bodies.with(request.raw, (body) => deps.orders.take(asked, body, deps.now()));
      if (isNo(taken)) return refuseUnread(request, reply, taken);
      if (taken.status === 'refused') return sendNo(reply, noOfOrders(taken));
      if (asked.source !== undefined) countParts(deps, asked.source, taken.answer);
      return sendOrders(reply, taken.answer);
    },
  );
}

/**
 * Who may send a channel's orders. In the name of a source goes what moves stock beside them, so that takes what a feed of
 * it takes.
 */
function permitted(
  request: FastifyRequest,
  { format = 'json', channel, ...beside }: Static<typeof Orders.querystring>,
): OrdersAsked | No {
  const caller = permit(request, 'orders', { channel });
  if (isNo(caller)) return caller;
  const { source } = beside;
  const feeder = source === undefined ? caller : permit(request, 'feeds', { source });
  return isNo(feeder) ? feeder : { format, channel, client: caller.client, ...beside };
}

/** In the name of a source messages count as its events do, whichever door they came through. */
function countParts({ sourceRates, countEvents, now }: RouteDeps, source: string, answer: OrdersAnswer): void {
  const { taken, kept, refused, stock } = answer;
  const moved = stock === undefined ? 0 : stock.recorded + stock.duplicates;
  countEvents(source, taken + kept + moved);
  sourceRates.count(source, taken + kept + refused + moved + (stock?.refusedCount ?? 0), now());
}

/** 422 when there were messages and none was taken. */
function sendOrders(reply: FastifyReply, answer: OrdersAnswer): FastifyReply {
  const { taken, kept, ignored, refused, stock } = answer;
  const moved = stock === undefined ? 0 : stock.recorded + stock.duplicates;
  return reply.code(refused > 0 && taken + kept + ignored + moved === 0 ? 422 : 200).send(answer);
}

function noOfOrders({ code, message }: DoorRefusal): No {
  const field = FIELDS[code];
  return no(404, code, message, field === undefined ? {} : { field });
}

const FIELDS: Readonly<Record<string, string>> = {
  'unknown-channel': 'channel',
  'unknown-source': 'source',
  'unknown-node': 'warehouse',
};

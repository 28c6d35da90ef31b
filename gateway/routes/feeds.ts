import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { DoorRefusal } from '../feed-door.ts';
import type { FeedAnswer } from '../protocol/feed-bodies.ts';
import { refuseUnread } from '../unread-body.ts';
import type { App, RouteDeps } from './route.ts';

const Feed = { params: Type.Object({ source: Type.String({ minLength: 1, maxLength: 128 }) }) };

/** The body stays a stream until the caller is known and the headers allow it. */
export function feedRoutes(app: App, deps: RouteDeps): void {
  const onRequest = judgeHeaders(deps);
  app.post(
    '/v1/feeds/:source',
    { schema: Feed, config: { scope: 'feeds', traffic: true }, onRequest },
    async (request, reply) => {
      const caller = permit(request, 'feeds', { source: request.params.source });
      if (isNo(caller)) return sendNo(reply, caller);
      const receivedAt = deps.now();
      const tooFast = deps.sourceRates.refuse(request.params.source, receivedAt);
      if (tooFast !== undefined) return refuseUnread(request, reply, tooFast);
      const answer = await deps.bodies.with(request.raw, (body) =>
        deps.door.take(request.params.source, body, receivedAt),
      );
      if (isNo(answer)) return refuseUnread(request, reply, answer);
      if (answer.status === 'refused') return sendNo(reply, noOfDoor(answer));
      const events = answer.answer.recorded + answer.answer.duplicates;
      deps.countEvents(request.params.source, events);
      deps.sourceRates.count(request.params.source, events + answer.answer.refusedCount, deps.now());
      request.position = answer.answer.position;
      return sendFeedAnswer(reply, answer.answer);
    },
  );
}

/** Length and encoding, before a byte of the body is read. */
export function judgeHeaders({ bodies }: Pick<RouteDeps, 'bodies'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const refusal = bodies.refuseByHeaders(request.headers);
    return refusal === undefined ? undefined : refuseUnread(request, reply, refusal);
  };
}

/** 422 when there were rows and none was taken. */
export function sendFeedAnswer(reply: FastifyReply, answer: FeedAnswer): FastifyReply {
  const nothingTaken = answer.recorded + answer.duplicates + answer.ignored === 0;
  return reply.code(nothingTaken && answer.refusedCount > 0 ? 422 : 200).send(answer);
}

export function noOfDoor({ code, message }: DoorRefusal): No {
  return no(DOOR_STATUS[code] ?? 422, code, message);
}

const DOOR_STATUS: Readonly<Record<string, number>> = {
  'unknown-source': 404,
  'unknown-letter': 404,
  'letter-not-open': 409,
};

import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isNo, no, type No } from '../answers.ts';
import type { FeedBodies } from '../feed-body.ts';
import type { OrdersCounted } from '../protocol/order-bodies.ts';
import { refuseUnread } from '../unread-body.ts';
import { countedIn, NOT_SIGNED } from '../webhooks/incoming.ts';
import type { App, RouteDeps } from './route.ts';

const Source = { params: Type.Object({ source: Type.String({ minLength: 1, maxLength: 128 }) }) };

/**
 * What a source posts signed: no key but the signature. Whatever was kept is answered 200, a dead letter too: the sender
 * could only send the same again, and some give a subscription up after a few answers that are not 2xx.
 */
export function webhookRoutes(app: App, deps: RouteDeps): void {
  const { incoming, webhookBodies } = deps;
  app.post('/v1/webhooks/:source', { schema: Source }, async (request, reply) => {
    const { source } = request.params;
    if (isPing(request.headers)) return answerPing(request, reply, webhookBodies);
    const claim = await incoming.claim(source, request.headers);
    if (isNo(claim)) return refuseUnread(request, reply, claim);
    const refusal = packed(request.headers) ?? webhookBodies.refuseByHeaders(request.headers);
    if (refusal !== undefined) return refuseUnread(request, reply, refusal);
    const taken = await webhookBodies.with(request.raw, (body) => incoming.take(source, claim, body));
    if (isNo(taken)) return refuseUnread(request, reply, taken);
    deps.countEvents(source, countedIn(taken));
    return reply.send(taken);
  });
}

const PING_BYTES_MAX = 64;

/** What WooCommerce sends when a webhook is saved, to see whether somebody answers: unsigned, and about nothing. */
function isPing(headers: IncomingHttpHeaders): boolean {
  const isShort = Number(headers['content-length'] ?? Infinity) <= PING_BYTES_MAX;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm && isShort && headers['x-wc-webhook-signature'] === undefined;
}

/** Whatever the source is called, so that nobody learns which there are. */
async function answerPing(request: FastifyRequest, reply: FastifyReply, bodies: FeedBodies): Promise<FastifyReply> {
  const text = await bodies.with(request.raw, async (body) => ({ text: Buffer.from(body).toString('latin1') }));
  if (isNo(text) || !/^webhook_id=\d{1,20}$/.test(text.text)) return refuseUnread(request, reply, NOT_SIGNED);
  return reply.send({ taken: 0, duplicates: 0, kept: 0, refused: 0, ignored: 1 } satisfies OrdersCounted);
}

/** What is signed are the bytes on the wire. */
function packed(headers: IncomingHttpHeaders): No | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  return no(415, 'unsupported-encoding', 'send a signed body plain', { field: 'content-encoding' });
}

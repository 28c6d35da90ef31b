import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { isNo, no, type No } from '../answers.ts';
import { refuseUnread } from '../unread-body.ts';
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
    const claim = await incoming.claim(source, request.headers);
    if (isNo(claim)) return refuseUnread(request, reply, claim);
    const refusal = packed(request.headers) ?? webhookBodies.refuseByHeaders(request.headers);
    if (refusal !== undefined) return refuseUnread(request, reply, refusal);
    const taken = await webhookBodies.with(request.raw, (body) => incoming.take(source, claim, body));
    if (isNo(taken)) return refuseUnread(request, reply, taken);
    if (!('repeated' in taken)) deps.countEvents(source, taken.recorded + taken.duplicates);
    return reply.send(taken);
  });
}

/** What is signed are the bytes on the wire. */
function packed(headers: IncomingHttpHeaders): No | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return undefined;
  return no(415, 'unsupported-encoding', 'send a signed body plain', { field: 'content-encoding' });
}

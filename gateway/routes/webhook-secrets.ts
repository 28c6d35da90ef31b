import { Type } from 'typebox';
import type { SourceId } from '../../engine/contract/ids.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { SourceSecretMade } from '../protocol/webhook-bodies.ts';
import { infoOf } from '../webhooks/incoming.ts';
import { secretBytes, WEBHOOK_SCHEMES } from '../webhooks/signatures.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const Of = { params: Type.Object({ source: Type.String({ minLength: 1, maxLength: 128 }) }) };
const Make = {
  ...Of,
  body: Type.Object(
    {
      scheme: Type.Enum([...WEBHOOK_SCHEMES]),
      /** Whose secret it is to choose: Shopify's app has one. */
      secret: Type.Optional(Type.String({ minLength: 16, maxLength: 256, pattern: '^[!-~]+$' })),
    },
    STRICT,
  ),
};
const config = { scope: 'admin' } as const;
const PATH = '/v1/sources/:source/webhook-secret';

/** The secret a source signs its deliveries with: made or replaced, shown once, two valid while one replaces the other. */
export function webhookSecretRoutes(app: App, deps: RouteDeps): void {
  const { incoming } = deps;

  app.post(PATH, { schema: Make, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const { source } = request.params;
    const { scheme, secret } = request.body;
    if (!deps.engine.reference.sources.has(source as SourceId)) return sendNo(reply, UNKNOWN_SOURCE);
    if (secret !== undefined && scheme === 'standard' && !isStandardSecret(secret)) return sendNo(reply, MALFORMED);
    const made = await incoming.putSecret(source, scheme, secret);
    if (isNo(made)) return sendNo(reply, made);
    // The only time its text is shown.
    const shown: SourceSecretMade = { ...infoOf(made, deps.now()), secret: made.secret };
    return reply.code(201).header('cache-control', 'no-store').send(shown);
  });

  app.get(PATH, { schema: Of, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const info = await incoming.secret(request.params.source);
    return info === undefined ? sendNo(reply, UNKNOWN_SECRET) : reply.send(info);
  });

  app.delete(PATH, { schema: Of, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const removed = await incoming.removeSecret(request.params.source);
    return removed === 'removed' ? reply.code(204).send() : sendNo(reply, UNKNOWN_SECRET);
  });
}

/** `whsec_` and base64 of 24 to 64 bytes, as the standard has it. */
function isStandardSecret(secret: string): boolean {
  const { length } = secretBytes('standard', secret);
  return /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret) && length >= 24 && length <= 64;
}

const UNKNOWN_SOURCE: No = no(404, 'unknown-source', 'no source system has this id', { field: 'source' });
const UNKNOWN_SECRET: No = no(404, 'unknown-secret', 'this source has no webhook secret', { field: 'source' });
const MALFORMED: No = no(422, 'malformed-secret', 'a secret is whsec_ and base64 of 24 to 64 bytes; or leave it out', {
  field: 'secret',
});

import { Type, type Static } from 'typebox';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { SCOPES, type Rights } from '../caller.ts';
import { KEYS_MAX, type CreateRefusal, type RemoveRefusal, type RotateRefusal } from '../keys.ts';
import type { KeyInfo, KeyMade, KeyRotated } from '../protocol/key-bodies.ts';
import { LIMIT_IDS_MAX, rightsOf, writtenLimits } from '../roles.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const DAY_MS = 86_400_000;
/** Longest life that may be asked for, in ms: ten years; for longer leave it out. */
const LIFE_MS_MAX = 3_653 * DAY_MS;
/** How long both keys of a rotation hold, in ms, unless asked: a day to change over. */
const RETIRE_MS_DEFAULT = DAY_MS;
const RETIRE_MS_MAX = 90 * DAY_MS;

const Ids = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: LIMIT_IDS_MAX }));
const Create = {
  body: Type.Object(
    {
      name: Type.String(),
      role: Type.Optional(Type.String({ maxLength: 40 })),
      scopes: Type.Optional(Type.Array(Type.Enum([...SCOPES]), { minItems: 1, maxItems: SCOPES.length })),
      limits: Type.Optional(Type.Object({ channels: Ids, nodes: Ids, sources: Ids }, STRICT)),
      expiresInMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: LIFE_MS_MAX })),
    },
    STRICT,
  ),
};
const ByName = { params: Type.Object({ name: Type.String() }) };
const Rotate = {
  ...ByName,
  body: Type.Object({ retireInMs: Type.Optional(Type.Integer({ minimum: 0, maximum: RETIRE_MS_MAX })) }, STRICT),
};
const config = { scope: 'admin' } as const;

export function keyRoutes(app: App, deps: RouteDeps): void {
  app.post('/v1/keys', { schema: Create, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const { name, role, scopes, expiresInMs } = request.body;
    const rights = parseRights(request.body);
    if (isNo(rights)) return sendNo(reply, rights);
    const now = Math.round(deps.now());
    const expires = expiresInMs === undefined ? {} : { expiresAt: now + expiresInMs };
    const asked = { name, ...(role !== undefined && { role }), rights, ...expires };
    const made = await deps.keys.create(asked, now);
    if (typeof made === 'string') return sendNo(reply, REFUSALS[made]);
    const said = { name, ...(role !== undefined && { role }), scopes: scopes ?? [...rights.scopes] };
    // The only time its text is shown.
    reply.code(201).header('cache-control', 'no-store');
    const limits = writtenLimits(rights.limits);
    const isLimited = Object.keys(limits).length > 0;
    const body: KeyMade = { ...said, ...(isLimited && { limits }), ...expires, key: made.key };
    return reply.send(body);
  });

  app.get('/v1/keys', { config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const keys: readonly KeyInfo[] = deps.keys.list();
    return reply.send({ keys });
  });

  app.delete('/v1/keys/:name', { schema: ByName, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const removed = await deps.keys.remove(request.params.name, 'all', deps.now());
    return removed === 'removed' ? reply.code(204).send() : sendNo(reply, REFUSALS[removed]);
  });

  app.post('/v1/keys/:name/rotate', { schema: Rotate, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const now = Math.round(deps.now());
    const retiresAt = now + (request.body.retireInMs ?? RETIRE_MS_DEFAULT);
    const rotated = await deps.keys.rotate(request.params.name, retiresAt, now);
    if (typeof rotated === 'string') return sendNo(reply, REFUSALS[rotated]);
    reply.code(201).header('cache-control', 'no-store');
    const body: KeyRotated = { ...rotated.made, key: rotated.key, olderUntil: retiresAt };
    return reply.send(body);
  });

  /** Ends a rotation before its time. */
  app.delete('/v1/keys/:name/older', { schema: ByName, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const removed = await deps.keys.remove(request.params.name, 'older', deps.now());
    return removed === 'removed' ? reply.code(204).send() : sendNo(reply, REFUSALS[removed]);
  });
}

function parseRights({ role, scopes, limits }: Static<typeof Create.body>): Rights | No {
  const asked = { ...(role !== undefined && { role }), ...(scopes !== undefined && { scopes }) };
  const rights = rightsOf(asked, limits);
  return 'fault' in rights ? no(422, 'invalid-rights', rights.fault, { field: rights.field }) : rights;
}

const REFUSALS: Readonly<Record<CreateRefusal | RotateRefusal | RemoveRefusal, No>> = {
  'malformed-name': no(422, 'malformed-name', 'a name is 1 to 64 of a-z, 0-9, dot, dash and underscore', {
    field: 'name',
  }),
  'name-reserved': no(422, 'name-reserved', 'this name stands for what the server does by itself; choose another', {
    field: 'name',
  }),
  'name-taken': no(409, 'name-taken', 'a key has this name; choose another, rotate it, or delete that one first', {
    field: 'name',
  }),
  'too-many-keys': no(409, 'too-many-keys', `there are ${KEYS_MAX} keys; delete those nobody uses`),
  'unknown-key': no(404, 'unknown-key', 'no such key has this name; list them with GET /v1/keys', { field: 'name' }),
  'rotation-open': no(409, 'rotation-open', 'two keys of this name hold already; delete the older one first', {
    field: 'name',
  }),
  'last-admin': no(
    409,
    'last-admin',
    'this is the last key without an end that may manage keys; make another one first',
  ),
};

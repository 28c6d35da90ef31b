import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { SCOPES } from '../caller.ts';
import { KEYS_MAX } from '../keys.ts';
import type { App, RouteDeps } from './route.ts';

const Create = {
  body: Type.Object({
    name: Type.String(),
    scopes: Type.Array(Type.Enum([...SCOPES]), { minItems: 1, maxItems: SCOPES.length }),
  }),
};
const ByName = { params: Type.Object({ name: Type.String() }) };
const config = { scope: 'admin' } as const;

export function keyRoutes(app: App, deps: RouteDeps): void {
  app.post('/v1/keys', { schema: Create, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const { name, scopes } = request.body;
    const made = await deps.keys.create(name, scopes, deps.now());
    if (typeof made === 'string') return sendNo(reply, CREATE_REFUSALS[made]);
    // The only time its text is shown.
    return reply.code(201).header('cache-control', 'no-store').send({ name, scopes, key: made.key });
  });

  app.get('/v1/keys', { config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    return isNo(caller) ? sendNo(reply, caller) : reply.send({ keys: deps.keys.list() });
  });

  app.delete('/v1/keys/:name', { schema: ByName, config }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const removed = await deps.keys.remove(request.params.name);
    return removed === 'removed' ? reply.code(204).send() : sendNo(reply, REMOVE_REFUSALS[removed]);
  });
}

const CREATE_REFUSALS: Readonly<Record<'malformed-name' | 'name-taken' | 'too-many-keys', No>> = {
  'malformed-name': no(422, 'malformed-name', 'a name is 1 to 64 of a-z, 0-9, dot, dash and underscore', {
    field: 'name',
  }),
  'name-taken': no(409, 'name-taken', 'a key has this name; choose another, or delete that one first', {
    field: 'name',
  }),
  'too-many-keys': no(409, 'too-many-keys', `there are ${KEYS_MAX} keys; delete those nobody uses`),
};

const REMOVE_REFUSALS: Readonly<Record<'unknown-key' | 'last-admin', No>> = {
  'unknown-key': no(404, 'unknown-key', 'no key has this name; list them with GET /v1/keys', { field: 'name' }),
  'last-admin': no(409, 'last-admin', 'this is the last key that may manage keys; make another one first'),
};

import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, sendNo } from '../answers.ts';
import { EVERYTHING } from '../caller.ts';
import { parseMoment } from '../moment.ts';
import type { AuditTrail } from '../protocol/audit-bodies.ts';
import type { App, RouteDeps } from './route.ts';

const Query = {
  querystring: Type.Object({
    by: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    /** A route: `POST /v1/keys`. */
    what: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    from: Type.Optional(Type.String({ maxLength: 40 })),
    to: Type.Optional(Type.String({ maxLength: 40 })),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  }),
};

export function auditRoutes(app: App, { audit }: RouteDeps): void {
  app.get('/v1/audit', { schema: Query, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const { limit = 100, from: fromText, to: toText, ...asked } = request.query;
    const from = fromText === undefined ? undefined : parseMoment(fromText, 'from');
    if (typeof from === 'object') return sendNo(reply, from);
    const to = toText === undefined ? undefined : parseMoment(toText, 'to');
    if (typeof to === 'object') return sendNo(reply, to);
    const times = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const entries = await audit.page({ ...asked, ...times, limit });
    const last = entries.length === limit ? entries.at(-1) : undefined;
    const trail: AuditTrail = { entries, ...(last !== undefined && { next: last.id }) };
    return reply.header('cache-control', 'no-store').send(trail);
  });
}

import { Type } from 'typebox';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { ReferenceAuditInfo } from '../protocol/reference-bodies.ts';
import { parseKind } from '../reference-change.ts';
import { historyNo } from './history-no.ts';
import type { App, RouteDeps } from './route.ts';

const Audit = {
  querystring: Type.Object({
    kind: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  }),
};
const Cancel = {
  params: Type.Object({ id: Type.String() }),
  querystring: Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) }),
};

/** What is planned for the reference book, and who changed it (rules RD3, RD5). */
export function referenceHistoryRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/reference/pending', { config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    return reply.header('cache-control', 'no-store').send({ changes: await deps.engine.pendingChanges() });
  });

  app.delete('/v1/reference/pending/:id', { schema: Cancel, config: { scope: 'admin' } }, async (request, reply) => {
    const caller = permit(request, 'admin');
    if (isNo(caller)) return sendNo(reply, caller);
    const { reason } = request.query;
    const by = { by: caller.client, ...(reason !== undefined && { reason }) };
    const cancelled = await deps.engine.cancelChange(request.params.id, by);
    return cancelled === 'cancelled' ? reply.code(204).send() : sendNo(reply, UNKNOWN_CHANGE);
  });

  app.get('/v1/reference/audit', { schema: Audit, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const { kind, id, after, limit = 100 } = request.query;
    const of = kind === undefined ? undefined : parseKind(kind);
    if (typeof of === 'object') return sendNo(reply, of);
    const page = await deps.engine.referenceAudit({
      limit,
      ...(of !== undefined && { of }),
      // In a path the parts of a key are parted by a stroke, which an id may hold too: here as well the first one counts.
      ...(id !== undefined && { key: of === 'pools' || of === 'switches' ? id.replace('/', '\n') : id }),
      ...(after !== undefined && { after }),
    });
    if ('status' in page) return sendNo(reply, historyNo(page));
    const last = page.entries.length === limit ? page.entries.at(-1) : undefined;
    const body: ReferenceAuditInfo = { ...page, ...(last !== undefined && { next: last.row }) };
    return reply.header('cache-control', 'no-store').send(body);
  });
}

const UNKNOWN_CHANGE: No = no(
  404,
  'unknown-change',
  'no change of this id is planned; it took effect, failed or was cancelled',
  {
    field: 'id',
  },
);

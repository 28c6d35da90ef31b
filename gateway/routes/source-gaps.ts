import { Type } from 'typebox';
import type { SourceId } from '../../engine/contract/ids.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo } from '../answers.ts';
import type { SourceGapsInfo } from '../protocol/feed-bodies.ts';
import type { App, RouteDeps } from './route.ts';

/** Streams of one answer: beyond them the source has other troubles. */
const STREAMS_SHOWN = 100;

const Of = { params: Type.Object({ source: Type.String({ minLength: 1, maxLength: 128 }) }) };

/** Which numbers of a source's events are missing (rule FD5). */
export function sourceGapRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/sources/:source/gaps', { schema: Of, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops', { source: request.params.source });
    if (isNo(caller)) return sendNo(reply, caller);
    const source = request.params.source as SourceId;
    if (!deps.engine.reference.sources.has(source)) {
      return sendNo(reply, no(404, 'unknown-source', 'no source system has this id', { field: 'source' }));
    }
    const streams = await deps.engine.gaps(source, STREAMS_SHOWN);
    const info: SourceGapsInfo = { source, streams };
    return reply.send(info);
  });
}

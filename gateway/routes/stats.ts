import { permit } from '../access.ts';
import { isNo, sendNo } from '../answers.ts';
import { EVERYTHING } from '../caller.ts';
import type { App, RouteDeps } from './route.ts';

export function statsRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/stats', { config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    return reply.send({ engine: await deps.engine.stats(), server: deps.stats() });
  });
}

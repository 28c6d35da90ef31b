import { no, sendNo } from '../answers.ts';
import type { App, RouteDeps } from './route.ts';

export function healthRoutes(app: App, deps: RouteDeps): void {
  /** The process runs. */
  app.get('/health/live', async () => ({ status: 'live' }));

  /** It takes work: not while it starts or drains. */
  app.get('/health/ready', async (_request, reply) => {
    const phase = deps.phase();
    if (phase === 'ready') return reply.send({ status: 'ready' });
    return sendNo(reply, no(503, phase, `the server is ${phase}; ask again`, { retryAfterMs: 1000 }));
  });
}

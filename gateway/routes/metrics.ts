import { permit } from '../access.ts';
import { isNo, sendNo } from '../answers.ts';
import { EVERYTHING, may } from '../caller.ts';
import type { App, RouteDeps } from './route.ts';

/**
 * For Prometheus, with a key of the scope `metrics`, which may do nothing else. There is no exception for loopback: behind a
 * proxy on the same machine everybody comes from there.
 */
export function metricsRoutes(app: App, { metrics }: RouteDeps): void {
  app.get('/metrics', async (request, reply) => {
    const caller = permit(request, may(request.caller, 'ops') ? 'ops' : 'metrics', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    return reply
      .header('cache-control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  });
}

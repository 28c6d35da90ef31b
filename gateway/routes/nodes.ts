import type { NodeRef } from '../../engine/contract/reference.ts';
import type { NodeInfo } from '../protocol/stock-bodies.ts';
import type { App, RouteDeps } from './route.ts';

export function nodeRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/nodes', { config: { shared: true } }, async (): Promise<{ nodes: NodeInfo[] }> => {
    return { nodes: [...deps.engine.reference.nodes.values()].map(nodeInfo) };
  });
}

/** What is on every shop's site; owner and safety stock are not. */
function nodeInfo(node: NodeRef): NodeInfo {
  const { id, kind, name, lat, lon, timeZone, postcode, capabilities, hours, enabled } = node;
  return { id, kind, name, lat, lon, timeZone, postcode, capabilities, hours, enabled };
}

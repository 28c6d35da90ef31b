import type { NodeInfo } from '../protocol/stock-bodies.ts';

/** Longest wait for the list, in ms. */
const ANSWER_MS_MAX = 10_000;

const asked = new Map<string, Promise<readonly NodeInfo[]>>();

/** The stores where customers collect, asked once per server and page; one that failed is asked again. */
export function storesOf(server: string): Promise<readonly NodeInfo[]> {
  const known = asked.get(server) ?? load(server);
  asked.set(server, known);
  known.catch(() => asked.delete(server));
  return known;
}

async function load(server: string): Promise<readonly NodeInfo[]> {
  const response = await fetch(new URL('/v1/nodes', server), { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  if (!response.ok) throw new Error(`http ${response.status}`);
  const { nodes } = (await response.json()) as { readonly nodes: readonly NodeInfo[] };
  return nodes.filter(({ enabled, capabilities }) => enabled && capabilities.includes('pickup'));
}

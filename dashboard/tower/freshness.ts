import type { OpsNode, OpsSource } from '../../gateway/protocol/wire.ts';

/** How far one may trust a number by its age. */
export type Freshness = 'fresh' | 'late' | 'never';

/** `fresh` up to the source's own bound, `late` beyond it, `never` when nothing was heard. */
export function freshnessOf(heardAt: number | null, freshMs: number, nowMs: number): Freshness {
  if (heardAt === null) return 'never';
  return nowMs - heardAt <= freshMs ? 'fresh' : 'late';
}

export const FRESHNESS_LOOKS: Readonly<Record<Freshness, { readonly text: string; readonly tone: string }>> = {
  fresh: { text: 'fresh', tone: 'good' },
  late: { text: 'late', tone: 'warn' },
  never: { text: 'never heard', tone: 'none' },
};

/** A node with promises beyond its stock is worse than a quiet one. */
export type NodeHealth = Freshness | 'short';

export function healthOf(node: OpsNode, freshMs: number, nowMs: number): NodeHealth {
  return node.short > 0 ? 'short' : freshnessOf(node.heardAt, freshMs, nowMs);
}

export const HEALTH_LOOKS: Readonly<Record<NodeHealth, { readonly text: string; readonly tone: string }>> = {
  ...FRESHNESS_LOOKS,
  short: { text: 'short', tone: 'bad' },
};

/**
 * Silence after which a node of a kind is late, ms: the most patient of the sources that may feed it (tills for stores,
 * warehouse systems for the rest), because the server does not say which source feeds which node.
 */
export function nodeFreshMs(kind: string, sources: readonly OpsSource[]): number {
  const fitting = sources.filter((source) => source.kind === (kind === 'store' ? 'pos' : 'wms'));
  const asked = fitting.length > 0 ? fitting : sources;
  return Math.max(0, ...asked.map((source) => source.freshMs));
}

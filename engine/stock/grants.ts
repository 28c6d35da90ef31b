import type { NodeId } from '../contract/ids.ts';
import type { NodeRef, SourceRef } from '../contract/reference.ts';
import { DELTA_REASONS, type StockEvent } from '../contract/stock-event.ts';

// Rule FD7. One bit per kind that has no reason, one per reason of a delta; worked out once per (source, node).

const KINDS = ['snapshot', 'complete', 'move', 'inbound', 'void', 'heartbeat'] as const;
const DELTA_BIT = KINDS.length;

type Judged = Exclude<StockEvent, { kind: 'heartbeat' }>;

export class Grants {
  private readonly masks = new Map<string, Map<string, number>>();

  /** Grants changed: work them out again. */
  forget(): void {
    this.masks.clear();
  }

  /** Absolute on-hand comes from the owner alone; a counted row also from who may send snapshots there. */
  allows(source: SourceRef, node: NodeRef, event: Judged): boolean {
    if ((this.mask(source, node.id) & (1 << bitOf(event))) === 0) return false;
    const isCount = event.kind === 'snapshot' && event.covers === 'count';
    const isAbsolute = event.kind === 'snapshot' || event.kind === 'complete';
    return !isAbsolute || isCount || node.owner === source.id;
  }

  private mask(source: SourceRef, node: NodeId): number {
    let ofSource = this.masks.get(source.id);
    if (ofSource === undefined) this.masks.set(source.id, (ofSource = new Map()));
    const known = ofSource.get(node);
    if (known !== undefined) return known;
    const mask = maskOf(source, node);
    ofSource.set(node, mask);
    return mask;
  }
}

function bitOf(event: Judged): number {
  return event.kind === 'delta' ? DELTA_BIT + DELTA_REASONS.indexOf(event.reason) : KINDS.indexOf(event.kind);
}

function maskOf(source: SourceRef, node: NodeId): number {
  let mask = 0;
  for (const grant of source.grants) {
    if (grant.nodes !== 'all' && !grant.nodes.includes(node)) continue;
    for (const kind of grant.kinds) {
      if (kind !== 'delta') mask |= 1 << KINDS.indexOf(kind);
      else
        for (const reason of grant.reasons ?? DELTA_REASONS) mask |= 1 << (DELTA_BIT + DELTA_REASONS.indexOf(reason));
    }
  }
  return mask;
}

import type { IntakeFact } from '../contract/intake-fact.ts';
import type { SilenceFact } from '../contract/stock-fact.ts';
import type { NodeRef, SourceRef } from '../contract/reference.ts';
import type { Silence } from '../contract/silence.ts';

// Rule AV5 by Map and subtraction. The simulated nodes never close, so silence is the time since the owner was heard.

export interface ModelNode {
  readonly ref: NodeRef;
  readonly heardAt: number;
  readonly silence: Silence | null;
  readonly number: number;
  readonly told: ReadonlySet<number>;
  /** When anything was last said about the node. */
  readonly changedAt: number;
}

export class SilenceModel {
  sources = new Map<string, SourceRef>();
  nodes = new Map<string, ModelNode>();

  clone(): SilenceModel {
    const copy = new SilenceModel();
    copy.sources = new Map(this.sources);
    copy.nodes = new Map(this.nodes);
    return copy;
  }

  /** What should hold at a moment. */
  at(node: string, atMs: number): Silence | null {
    const { ref, heardAt: since } = this.nodes.get(node) as ModelNode;
    const source = this.sources.get(ref.owner);
    const silent = atMs - since;
    if (!ref.enabled || source === undefined || silent < source.freshMs + 2 * Math.ceil(source.freshMs / 16))
      return null;
    const { widen, switchOff } = ref.whenSilent ?? source.whenSilent ?? {};
    let widenUnits = 0;
    if (widen !== undefined) {
      for (let ms = widen.everyMs; ms <= silent && widenUnits < widen.maxUnits; ms += widen.everyMs)
        widenUnits += widen.units;
      widenUnits = Math.min(widenUnits, widen.maxUnits);
    }
    return { source: ref.owner, since, widenUnits, switchedOff: switchOff ?? false };
  }

  apply(fact: IntakeFact): void {
    switch (fact.fact) {
      case 'ReferenceApplied':
        if (fact.batch.of === 'sources') for (const row of fact.batch.rows) this.sources.set(row.id, row);
        if (fact.batch.of === 'nodes') for (const row of fact.batch.rows) this.#describe(row, fact.at);
        if (fact.batch.of === 'sources') for (const node of this.nodes.keys()) this.#set(node, { changedAt: fact.at });
        return;
      case 'SourceHeard': {
        const { source, node: named } = fact.event;
        for (const [node, { ref }] of this.nodes) {
          if (ref.owner === source && (named ?? node) === node) this.#hear(node, fact.at, fact.at);
        }
        return;
      }
      case 'OwnerHeard':
        return this.#hear(fact.node, fact.heardAt, fact.at);
      case 'NodeWentStale':
      case 'SilenceStepReached':
      case 'NodeCameBack':
        return this.#set(fact.node, { ...said(fact), told: new Set(), changedAt: fact.at });
      case 'SilenceTold': {
        const { told } = this.nodes.get(fact.node) as ModelNode;
        return this.#set(fact.node, { told: new Set(told).add(fact.shard) });
      }
      case 'FileRowsRead':
      case 'FileNoted':
      case 'ChangeScheduled':
      case 'ChangeCancelled':
      case 'ChangeFailed':
      case 'ChangeTaken':
      case 'NumbersHeard':
      case 'LetterKept':
      case 'LetterRepeated':
      case 'LetterClosed':
        return;
    }
  }

  #describe(ref: NodeRef, at: number): void {
    const fresh = { heardAt: at, silence: null, number: 0, told: new Set<number>() };
    const known = this.nodes.get(ref.id) ?? fresh;
    const heardAt = known === fresh || this.nodes.get(ref.id)?.ref.owner === ref.owner ? known.heardAt : at;
    this.nodes.set(ref.id, { ...known, ref, heardAt, changedAt: at });
  }

  #hear(node: string, heardAt: number, at: number): void {
    this.#set(node, { heardAt: Math.max(heardAt, this.nodes.get(node)?.heardAt ?? 0), changedAt: at });
  }

  #set(node: string, changes: Partial<ModelNode>): void {
    this.nodes.set(node, { ...(this.nodes.get(node) as ModelNode), ...changes });
  }
}

/** What a fact of silence says. */
export function said(fact: SilenceFact): { readonly silence: Silence | null; readonly number: number } {
  return { silence: fact.fact === 'NodeCameBack' ? null : fact.silence, number: fact.number };
}

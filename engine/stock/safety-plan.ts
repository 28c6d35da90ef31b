import type { NodeId, Sku } from '../contract/ids.ts';
import type { NodeKind, SafetyRef } from '../contract/reference.ts';

// Which safety rule holds at a position (rule AV1). More specific first: sku, then node, then department, then node kind.
// Of two alike: the dated one, then the one that began later, then the greater id.

/** What rules ask of a position. */
interface Place {
  readonly sku: Sku;
  readonly department: string | undefined;
  readonly node: NodeId;
  readonly kind: NodeKind | undefined;
}

/** `from` counts, `to` does not any more. */
export function isEffective({ from = -Infinity, to = Infinity }: SafetyRef, atMs: number): boolean {
  return from <= atMs && atMs < to;
}

function matches(rule: SafetyRef, { sku, department, node, kind }: Place): boolean {
  return (
    (rule.sku === undefined || rule.sku === sku) &&
    (rule.node === undefined || rule.node === node) &&
    (rule.department === undefined || rule.department === department) &&
    (rule.nodeKind === undefined || rule.nodeKind === kind)
  );
}

/** 8 for a sku, 4 for a node, 2 for a department, 1 for a kind: one of them outweighs all behind it. */
function specificity({ sku, node, department, nodeKind }: SafetyRef): number {
  const named = [nodeKind, department, node, sku];
  return named.reduce((sum, name, bit) => sum + (name === undefined ? 0 : 2 ** bit), 0);
}

const isDated = ({ from, to }: SafetyRef): number => (from === undefined && to === undefined ? 0 : 1);

/** Sorts the rule that wins to the front. */
function winnersFirst(a: SafetyRef, b: SafetyRef): number {
  return (
    specificity(b) - specificity(a) ||
    isDated(b) - isDated(a) ||
    (b.from ?? 0) - (a.from ?? 0) ||
    (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
  );
}

/** The rules of one moment, ready to be asked at every position. */
export class SafetyPlan {
  /** A rule that names a sku outweighs all that do not, so the two kinds are looked up one after the other. */
  private readonly ofSku = new Map<Sku, SafetyRef[]>();
  private readonly ofAny: SafetyRef[] = [];
  /** Winner among `ofAny` by department and node: looked for once each. */
  private readonly winners = new Map<string, Map<NodeId, SafetyRef | undefined>>();

  constructor(rules: readonly SafetyRef[]) {
    for (const rule of [...rules].sort(winnersFirst)) {
      if (rule.sku === undefined) this.ofAny.push(rule);
      else this.ofSku.set(rule.sku, [...(this.ofSku.get(rule.sku) ?? []), rule]);
    }
  }

  /** undefined when no rule holds: then the node's own figure does. */
  ruleFor(
    sku: Sku,
    department: string | undefined,
    node: NodeId,
    kindOf: () => NodeKind | undefined,
  ): SafetyRef | undefined {
    const named = this.ofSku.get(sku);
    if (named !== undefined) {
      const place = { sku, department, node, kind: kindOf() };
      const first = named.find((rule) => matches(rule, place));
      if (first !== undefined) return first;
    }
    if (this.ofAny.length === 0) return undefined;
    let byNode = this.winners.get(department ?? '');
    if (byNode === undefined) this.winners.set(department ?? '', (byNode = new Map()));
    if (!byNode.has(node)) {
      const place = { sku, department, node, kind: kindOf() };
      byNode.set(
        node,
        this.ofAny.find((rule) => matches(rule, place)),
      );
    }
    return byNode.get(node);
  }

  /** A node's kind may have changed. */
  forgetWinners(): void {
    this.winners.clear();
  }
}

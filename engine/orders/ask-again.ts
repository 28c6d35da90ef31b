import type { GroupId, NodeId, Sku } from '../contract/ids.ts';
import type { Order, OrderLine } from '../contract/order.ts';
import type { SourcingRecord } from '../contract/order-view.ts';
import type { ItemRef } from '../contract/reference.ts';
import type { SkuAtNodes, SourcingNeed, SourcingOrder } from '../contract/sourcing.ts';
import type { DraftOrder } from '../contract/sourcing-trial.ts';
import type { NodeLoad } from '../contract/work-order.ts';
import { sourcingOrder } from './place-pieces.ts';

// Questions that are asked once more, for trials of rules: nothing comes of them (rule OR6).

/** All that rules are asked about, the book's rows apart. */
export interface TrialQuestion {
  readonly order: SourcingOrder;
  readonly group: GroupId;
  readonly skus: readonly SkuAtNodes[];
  readonly loads: readonly NodeLoad[];
  readonly atMs: number;
}

/** Units an order has at nodes and would give back before it is sourced anew. */
export interface OwnUnits {
  readonly node: NodeId;
  readonly sku: Sku;
  readonly units: number;
}

/** All of an order that has not left, as if none of it had a node yet; nodes that failed it stay out. */
export function askedNow(order: Order): { readonly order: SourcingOrder; readonly own: readonly OwnUnits[] } {
  const needs: SourcingNeed[] = [];
  const own: OwnUnits[] = [];
  for (const { line, sku, at, kit, pieces } of order.lines) {
    if (at !== undefined || kit === true) continue;
    const open = pieces.filter(({ state }) => OPEN.has(state));
    const units = open.reduce((sum, piece) => sum + piece.units, 0);
    if (units > 0) needs.push({ line, sku, units });
    for (const { node, units: some } of open) if (node !== undefined) own.push({ node, sku, units: some });
  }
  return { order: { ...sourcingOrder(order, needs), with: [] }, own };
}

const OPEN: ReadonlySet<string> = new Set(['asked', 'unplaced', 'backordered', 'allocated', 'released']);

/** One that nobody has placed. */
export function askedOfDraft({ lines, ...draft }: DraftOrder): SourcingOrder {
  return { ...draft, needs: lines.map((line, at) => ({ line: `${at + 1}`, ...line })), excluded: [] };
}

/**
 * An order's first question as its decision recorded it: of 100 nodes at most what they had then. Undefined: it was not asked
 * about anything that a plan could serve.
 */
export function askedFirst(
  order: Order,
  { at: atMs, ask, decision }: SourcingRecord,
  items: ReadonlyMap<Sku, ItemRef>,
): TrialQuestion | undefined {
  const lines = order.lines.filter(({ at, kit }) => at === undefined && kit !== true);
  const needs = lines.flatMap((line) => neededThen(line, decision.plan));
  if (ask !== 1 || needs.length === 0) return undefined;
  const skus = [...new Set(needs.map(({ sku }) => sku))].map((sku): SkuAtNodes => {
    const { line } = needs.find((need) => need.sku === sku)!;
    const nodes = decision.candidates.flatMap(({ node, available, stale }) => {
      const units = available?.[line] ?? 0;
      return units > 0 ? [{ node, available: units, ...(stale === true && { stale }) }] : [];
    });
    return { sku, ...itemOf(items.get(sku)), nodes };
  });
  const loads = decision.candidates.flatMap(({ node, open, today = 0 }) =>
    open === undefined ? [] : [{ node, open, today }],
  );
  const asked = { ...sourcingOrder(order, needs), excluded: [], with: [] };
  return { order: asked, group: order.group, skus, loads, atMs };
}

/** What carriers and rules look at of an item. */
export function itemOf({ grams, scale = 0, department }: Partial<ItemRef> = {}): Omit<SkuAtNodes, 'sku' | 'nodes'> {
  return {
    ...(grams !== undefined && { grams }),
    ...(scale > 0 && { scale }),
    ...(department !== undefined && { department }),
  };
}

/** As many units as the plan served or missed; without one all that were promised. */
function neededThen({ line, sku, units, pieces }: OrderLine, plan: SourcingRecord['decision']['plan']): SourcingNeed[] {
  const refused = pieces.reduce((sum, piece) => sum + (piece.state === 'refused' ? piece.units : 0), 0);
  const told = [...(plan?.parts.flatMap(({ lines }) => lines) ?? []), ...(plan?.missing ?? [])];
  const planned = told.reduce((sum, each) => sum + (each.line === line ? each.units : 0), 0);
  const needed = plan === undefined ? units - refused : planned;
  return needed > 0 ? [{ line, sku, units: needed }] : [];
}

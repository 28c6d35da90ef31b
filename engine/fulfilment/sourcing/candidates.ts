import type { NodeId } from '../../contract/ids.ts';
import type { NodeRef } from '../../contract/reference.ts';
import type { CandidateRecord, OutBecause, SourcingStep } from '../../contract/sourcing.ts';
import { carriagesFrom, type Carriage } from './carriage.ts';
import { kmBetween } from './distance.ts';
import type { View } from './view.ts';

// Which nodes may serve, and of each other one the first reason why not, in the order of OutBecause (rule OR6).

/** A node that may serve. */
export interface Candidate {
  readonly node: NodeRef;
  readonly km?: number;
  readonly carriages: readonly Carriage[];
  /** Units it may give, by index of the sku. */
  readonly available: readonly number[];
}

export interface Judged {
  readonly candidates: readonly Candidate[];
  readonly out: readonly { readonly node: NodeId; readonly km?: number; readonly because: OutBecause }[];
}

/** Nodes in the order of their ids: the order rows come in decides nothing. */
export function judgeNodes(view: View, step: SourcingStep, mayBeLate: boolean): Judged {
  const allowed = allowedNodes(view, step);
  const candidates: Candidate[] = [];
  const out: Judged['out'][number][] = [];
  for (const node of view.world.nodes.values()) {
    const known = view.to === undefined ? undefined : kmBetween(node, view.to);
    const judged = judge(node, known, { view, step, allowed, mayBeLate });
    const km = known === undefined ? undefined : { km: Math.round(known * 10) / 10 };
    if (typeof judged === 'string') out.push({ node: node.id, ...km, because: judged });
    else candidates.push(judged);
  }
  return {
    candidates: candidates.toSorted((a, b) => (a.node.id < b.node.id ? -1 : 1)),
    out: out.toSorted((a, b) => (a.node < b.node ? -1 : 1)),
  };
}

interface Judging {
  readonly view: View;
  readonly step: SourcingStep;
  readonly allowed: ReadonlySet<NodeId> | undefined;
  readonly mayBeLate: boolean;
}

function judge(node: NodeRef, km: number | undefined, judging: Judging): Candidate | OutBecause {
  const { view, step, mayBeLate } = judging;
  const placed = outByPlace(node, judging) ?? outByDistance(step, km);
  if (placed !== undefined) return placed;
  const ways = carriagesFrom(node, km, view);
  if (ways.length === 0) return 'no-carrier';
  const stock = view.stock.get(node.id);
  if (stock?.stale === true && step.constraints?.staleOut !== false) return 'stale';
  const load = view.loads.get(node.id);
  if (load?.perDay !== undefined && load.today >= load.perDay) return 'capacity-reached';
  const carriages = mayBeLate ? ways : ways.filter(({ isLate }) => !isLate);
  if (carriages.length === 0) return 'too-late';
  const kept = keptBack(node, judging);
  const available = stock?.available.map((units) => Math.max(0, units - kept)) ?? [];
  if (!available.some((units) => units > 0)) return 'no-units';
  return { node, carriages, available, ...(km !== undefined && { km }) };
}

function outByPlace(node: NodeRef, { view, step, allowed }: Judging): OutBecause | undefined {
  if (view.excluded.has(node.id)) return 'excluded';
  if (!view.group.has(node.id)) return 'not-in-group';
  if (!node.enabled) return 'switched-off';
  const handsOver = node.id === view.pickupNode?.id;
  const { method } = view.order;
  if (method !== 'pickup' && !(method === 'ship-to-store' && handsOver) && !node.capabilities.includes('ship')) {
    return 'cannot-ship';
  }
  if (method !== 'ship' && view.pickupNode?.capabilities.includes('pickup') !== true) return 'cannot-pick-up';
  if (method === 'pickup' && !handsOver) return 'not-a-candidate';
  if (step.candidates?.kinds?.includes(node.kind) === false) return 'not-a-candidate';
  if (step.candidates?.except?.includes(node.id) === true) return 'not-a-candidate';
  return allowed?.has(node.id) === false ? 'not-a-candidate' : undefined;
}

/** A bound on the distance excludes what nobody knows the distance of. */
function outByDistance({ candidates }: SourcingStep, km: number | undefined): OutBecause | undefined {
  return candidates?.kmMax !== undefined && (km ?? Infinity) > candidates.kmMax ? 'too-far' : undefined;
}

/** Nodes a step names, one by one or by group; undefined: all. */
function allowedNodes({ world }: View, { candidates }: SourcingStep): ReadonlySet<NodeId> | undefined {
  const { groups, nodes } = candidates ?? {};
  if (groups === undefined && nodes === undefined) return undefined;
  return new Set([...(nodes ?? []), ...(groups ?? []).flatMap((group) => world.groups.get(group)?.nodes ?? [])]);
}

/** A store keeps units for customers who walk in; whoever collects is one. */
function keptBack({ kind }: NodeRef, { view, step }: Judging): number {
  return kind === 'store' && view.order.method !== 'pickup' ? (step.constraints?.leaveUnits ?? 0) : 0;
}

/** Candidates told in one decision. */
const RECORDS_MAX = 100;
const LAST_CHECKED: Readonly<Record<OutBecause, number>> = {
  excluded: 0,
  'not-in-group': 1,
  'switched-off': 2,
  'cannot-ship': 3,
  'cannot-pick-up': 4,
  'not-a-candidate': 5,
  'too-far': 6,
  'no-carrier': 7,
  stale: 8,
  'capacity-reached': 9,
  'too-late': 10,
  'no-units': 11,
};

/**
 * Those in first, of them `named` nodes; then those that failed the order, which is why it is sourced again; of the others
 * out the ones that came furthest. The nearest first among equals.
 */
export function recordsOf(
  { candidates, out }: Judged,
  view: View,
  named: ReadonlySet<NodeId>,
): readonly CandidateRecord[] {
  const isNamed = ({ node }: Candidate): number => (named.has(node.id) ? 0 : 1);
  const inside = candidates.toSorted((a, b) => isNamed(a) - isNamed(b) || nearer(a, b));
  const failed = out.filter(({ because }) => because === 'excluded');
  const others = out.filter(({ because }) => because !== 'excluded');
  const records = inside.slice(0, RECORDS_MAX - failed.length).map(({ node, km }): CandidateRecord => {
    return {
      node: node.id,
      ...(km !== undefined && { km: Math.round(km * 10) / 10 }),
      ...said(node.id, view),
    };
  });
  const furthest = others.toSorted((a, b) => LAST_CHECKED[b.because] - LAST_CHECKED[a.because] || nearer(a, b));
  for (const { because, ...rest } of [...failed, ...furthest].slice(0, RECORDS_MAX - records.length)) {
    records.push({ ...rest, out: because, ...said(rest.node, view) });
  }
  return records;
}

/** What it has it could give by other rules too: a trial of them is made from this record. */
function said(
  node: NodeId,
  { skus, loads, stock }: View,
): Pick<CandidateRecord, 'available' | 'open' | 'today' | 'stale'> {
  const { available = [], stale = false } = stock.get(node) ?? {};
  const lines = skus.flatMap(({ lines: of }, index) => of.map(({ line }) => [line, available[index]!] as const));
  const load = loads.get(node);
  return {
    ...(available.some((units) => units > 0) && { available: Object.fromEntries(lines) }),
    ...(load !== undefined && { open: load.open }),
    ...(load?.perDay !== undefined && { today: load.today }),
    ...(stale && { stale }),
  };
}

/** Both are in the order of their ids. */
function nearer(
  { km: a = Infinity }: { readonly km?: number },
  { km: b = Infinity }: { readonly km?: number },
): number {
  return a === b ? 0 : a - b;
}

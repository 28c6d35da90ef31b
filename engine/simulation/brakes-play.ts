import type { StockFact } from '../contract/stock-fact.ts';
import type { ClientId, NodeId } from '../contract/ids.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { modelPosition } from '../stock/slow-model.ts';
import type { Chance } from './chance.ts';
import { MOVE_UNITS_MAX, NODES, WMS } from './retailer.ts';
import type { StockModel } from './stock-model.ts';
import { require, requireSame } from './violation.ts';

// Rule FD12 in the simulation: the warehouse may move a number by so many units at once, unless somebody approves it.

type Recorded = Extract<StockFact, { fact: 'StockRecorded' }>;

const APPROVER = 'ann' as ClientId;

export function draftApproval(chance: Chance): { approvedBy?: ClientId } {
  return chance.yes(0.2) ? { approvedBy: APPROVER } : {};
}

/** What a source did by itself kept within its brakes, as things stood before it. */
export function requireBraked(model: StockModel, { event, approvedBy }: Recorded): void {
  if (approvedBy !== undefined) require(approvedBy === APPROVER, () => `${event.id} is approved by ${approvedBy}`);
  if (event.source !== WMS || approvedBy !== undefined) return;
  const moved = movedBy(model, event);
  require(moved <= MOVE_UNITS_MAX, () => `${event.id} moves a number by ${moved}, nobody approved it (FD12)`);
}

function movedBy(model: StockModel, event: Recorded['event']): number {
  if (event.kind === 'delta' || event.kind === 'move') return Math.abs(event.quantity);
  if (event.kind !== 'snapshot') return 0;
  const { sku, node } = event;
  const history = [...(model.events.get(`${sku} ${node}`) ?? []), ...(model.completes.get(node) ?? [])];
  const before = model.position(sku, node);
  const isFirst = !history.some(({ kind }) => kind === 'snapshot' || kind === 'complete');
  if (before === undefined || isFirst) return 0;
  return Math.abs((modelPosition([...history, event], sku, node)?.onHand ?? 0) - before.onHand);
}

/** Only what the brakes speak of is told to wait. */
export function requireWaits(event: StockEvent, approvedBy: ClientId | undefined): void {
  require(event.source === WMS && approvedBy === undefined, () => `${event.id} waits, and nothing holds it`);
  const isFar = 'quantity' in event && (event.kind === 'snapshot' || Math.abs(event.quantity) > MOVE_UNITS_MAX);
  require(isFar && event.kind !== 'inbound', () => `${event.id} waits, and moves nothing far`);
}

const HOUR_MS = 3_600_000;

/** What the warehouse's snapshots took to 0, by node and hour of the journal. */
export class ZeroedModel {
  readonly #times = new Map<string, readonly number[]>();

  clone(): ZeroedModel {
    const copy = new ZeroedModel();
    for (const [node, times] of this.#times) copy.#times.set(node, times);
    return copy;
  }

  /** `before` and `after` are on-hand numbers of the same positions. */
  note({ event, at, approvedBy }: Recorded, before: readonly number[], after: readonly number[]): void {
    if (event.source !== WMS || approvedBy !== undefined) return;
    if (event.kind !== 'snapshot' && event.kind !== 'complete') return;
    const zeroed = before.filter((units, index) => units > 0 && (after[index] ?? 0) <= 0);
    this.#times.set(event.node, [...(this.#times.get(event.node) ?? []), ...zeroed.map(() => at)]);
  }

  /** In the hour that runs and the one before. */
  since(node: NodeId, atMs: number): number {
    const hour = Math.floor(atMs / HOUR_MS);
    return (this.#times.get(node) ?? []).filter((at) => Math.floor(at / HOUR_MS) >= hour - 1).length;
  }
}

/** What a shard weighs at each node against what the model counts. */
export function compareWeights(
  weigh: (places: readonly { source: typeof WMS; node: NodeId }[]) => readonly object[],
  model: StockModel,
  atMs: number,
): void {
  const places = NODES.map((node) => ({ source: WMS, node }));
  const filled = (node: NodeId): number =>
    [...model.skus].filter((sku) => (model.position(sku, node)?.onHand ?? 0) > 0).length;
  const should = NODES.map((node) => ({ filled: filled(node), zeroed: model.zeroed.since(node, atMs) }));
  requireSame(weigh(places), should, () => 'what the brakes weigh (FD12)');
}

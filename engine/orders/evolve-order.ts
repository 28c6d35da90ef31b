import { assert, unreachable } from '../contract/assert.ts';
import type { WorkOrderId } from '../contract/ids.ts';
import type { Order, OrderReturn, OrderWork } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import type { WorkState } from '../contract/work-order.ts';
import { changePieces, unitsIn } from './pieces.ts';

type FactOf<Name extends OrderFact['fact']> = Extract<OrderFact, { fact: Name }>;

/** An order is the fold of its facts, in its shard and in the read model alike. Undefined: there is none (any more). */
export function evolveOrder(order: Order | undefined, fact: OrderFact): Order | undefined {
  if (fact.fact === 'OrderPlaced') return fact.begins;
  if (fact.fact === 'OrderForgotten') return undefined;
  if (fact.fact === 'MessageKept' || fact.fact === 'RowsApplied') return order;
  assert(order !== undefined, () => `${fact.fact} of ${fact.order}, which was not placed`);
  const changed = changeOf(order, fact);
  const next: Order = { ...order, ...changed, version: order.version + 1, at: fact.at };
  if (changed.lines !== undefined) assertConserved(next);
  if (fact.fact !== 'QueueLeft') return next;
  const { queue: _left, ...rest } = next;
  return rest;
}

type Of = Exclude<OrderFact, FactOf<'OrderPlaced' | 'OrderForgotten' | 'MessageKept' | 'RowsApplied'>>;

function changeOf(order: Order, fact: Of): Partial<Order> {
  switch (fact.fact) {
    case 'OrderChanged':
      return fact.set;
    case 'LinesAdded':
      return { lines: withLines(order, fact) };
    case 'StepAnswered':
    case 'PiecesChanged':
      return withPieces(order, fact.pieces);
    case 'WorkOffered': {
      const { work, node, from, at, pieces } = fact;
      const changed = withPieces(order, pieces);
      const lines = linesOf(changed.lines ?? order.lines, work);
      const comes = from === undefined ? {} : { from };
      const offered: OrderWork = {
        work,
        node,
        ...comes,
        state: 'offered',
        version: 0,
        parcels: [],
        at,
        lines,
        steps: [],
      };
      return { ...changed, works: [...order.works, offered] };
    }
    case 'WorkHeard':
      return { ...withPieces(order, fact.pieces), works: order.works.map((work) => heard(work, fact)) };
    case 'HoldPut': {
      const { kind, by = '', reason, at } = fact;
      return { holds: [...order.holds, { kind, by, ...(reason !== undefined && { reason }), at }] };
    }
    case 'HoldLifted':
      return { holds: order.holds.filter(({ kind }) => kind !== fact.kind) };
    case 'QueueEntered':
      return { queue: { queue: fact.queue, why: fact.why, since: fact.at } };
    case 'ReturnRequested':
      return { returns: [...order.returns, { id: fact.id, state: 'requested', lines: fact.lines, at: fact.at }] };
    case 'ReturnReceived':
      return withReturn(order, fact.id, { state: 'received', node: fact.node, grades: fact.grades, at: fact.at });
    case 'ReturnRefused':
      return withReturn(order, fact.id, { state: 'refused', at: fact.at });
    case 'RefundDue': {
      const { id, amountMinor, reason, at } = fact;
      const returned = order.returns.some((each) => each.id === id)
        ? withReturn(order, id, { refundMinor: amountMinor })
        : {};
      return {
        ...returned,
        refunds: [...order.refunds, { id, amountMinor, ...(reason !== undefined && { reason }), at }],
      };
    }
    case 'MessageTaken':
    case 'StepAsked':
    case 'SourcingAsked':
    case 'OrderSourced':
    case 'PullBackAsked':
    case 'QueueLeft':
    case 'ActTaken':
    case 'ActEnded':
    case 'AutomationRan':
      return {};
    default:
      return unreachable(fact);
  }
}

function withLines(order: Order, { lines }: FactOf<'LinesAdded'>): Order['lines'] {
  const added = new Map(lines.map((line) => [line.line, line]));
  const replaced = order.lines.map((line) => added.get(line.line) ?? line);
  const known = new Set(order.lines.map(({ line }) => line));
  return [...replaced, ...lines.filter(({ line }) => !known.has(line))];
}

function withPieces(order: Order, changes: readonly PieceChange[]): Partial<Order> {
  if (changes.length === 0) return {};
  const byLine = Map.groupBy(changes, ({ line }) => line);
  const lines = order.lines.map((line) => {
    const own = byLine.get(line.line);
    return own === undefined ? line : { ...line, pieces: changePieces(line, own) };
  });
  return { lines };
}

function heard(work: OrderWork, { work: id, op, now, at }: FactOf<'WorkHeard'>): OrderWork {
  if (work.work !== id) return work;
  if (now !== undefined) {
    const { state, version, parcels, collectBy } = now;
    const steps = withStep(work, state, now.at);
    return { ...work, state, version, parcels, at, steps, ...(collectBy !== undefined && { collectBy }) };
  }
  // A node that takes no offer has rejected it; a pull back that is refused changes nothing.
  return op === 'refused' ? { ...work, state: 'rejected', at, steps: withStep(work, 'rejected', at) } : work;
}

/** States do not repeat, so there is a handful at most. */
function withStep({ state: before, steps }: OrderWork, state: WorkState, at: number): OrderWork['steps'] {
  return state === before ? steps : [...steps, { state, at }];
}

/** Numbered as the work order that is offered numbers them. */
function linesOf(lines: Order['lines'], work: WorkOrderId): readonly string[] {
  return lines.filter(({ pieces }) => pieces.some((piece) => piece.work === work)).map(({ line }) => line);
}

function withReturn(order: Order, id: string, now: Partial<OrderReturn>): Partial<Order> {
  return { returns: order.returns.map((each) => (each.id === id ? { ...each, ...now } : each)) };
}

/** Σ pieces = units ordered, of every line, always. */
function assertConserved({ id, lines }: Order): void {
  for (const { line, units, pieces, kit } of lines) {
    const sum = unitsIn(pieces, () => true);
    const isWhole = kit === true ? pieces.length === 0 : sum === units;
    assert(isWhole, () => `order ${id}, line ${line}: ${units} units ordered, ${sum} in pieces`);
  }
}

import { unreachable } from '../contract/assert.ts';
import type { Order } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import type { Told, ToldUnits } from '../contract/order-view.ts';

// What a fact is in an order's timeline (rule OR12). Steps that only ask are left out: their answers tell of them.

type Of<Name extends OrderFact['fact']> = Extract<OrderFact, { fact: Name }>;
export type ToldFact = Exclude<OrderFact, Of<'MessageKept' | 'RowsApplied'>>;

/** `order`: as it was before the fact, and for its first as it begins. Undefined: nothing a person would miss. */
export function toldOf(fact: ToldFact, order: Order): Told | undefined {
  const told = kindOf(fact, order);
  if (told === undefined) return undefined;
  const { by, reason } = fact;
  return { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }), ...told };
}

function kindOf(fact: ToldFact, order: Order): Told | undefined {
  switch (fact.fact) {
    case 'OrderPlaced':
      return { what: 'placed', lines: order.lines.map(({ line, sku, units }) => ({ line, sku, units })) };
    case 'MessageTaken':
      return messageOf(fact, order);
    case 'OrderChanged':
      return { what: 'changed', fields: Object.keys(fact.set) };
    case 'LinesAdded':
      return { what: 'lines-added', lines: fact.lines.map(({ line, sku, units }) => ({ line, sku, units })) };
    case 'StepAnswered':
      return stepOf(fact, order);
    case 'OrderSourced':
      return sourcedOf(fact);
    case 'WorkOffered':
      return { what: 'work-offered', work: fact.work, node: fact.node, lines: unitsOf(fact.pieces, order) };
    case 'WorkHeard':
      return workOf(fact, order);
    case 'PullBackAsked':
      return { what: 'pull-back-asked', work: fact.work };
    case 'PiecesChanged':
      return { what: `units-${fact.what}`, lines: unitsOf(fact.pieces, order) };
    case 'HoldPut':
      return { what: 'held', hold: fact.kind };
    case 'HoldLifted':
      return { what: 'hold-lifted', hold: fact.kind };
    case 'QueueEntered':
      return { what: 'queued', queue: fact.queue, reason: fact.why };
    case 'QueueLeft':
      return { what: 'queue-left' };
    case 'ReturnRequested':
      return { what: 'return-requested', id: fact.id, lines: named(fact.lines, order) };
    case 'ReturnReceived':
      return { what: 'return-received', id: fact.id, node: fact.node, lines: named(fact.grades, order) };
    case 'ReturnRefused':
      return { what: 'return-refused', id: fact.id };
    case 'RefundDue':
      return { what: 'refund-due', id: fact.id, amountMinor: fact.amountMinor };
    case 'ActTaken':
      return { what: 'by-hand', did: fact.what.act };
    case 'ActEnded':
      return fact.refusal === undefined ? undefined : { what: 'by-hand-refused', reason: fact.refusal.code };
    case 'AutomationRan':
      return { what: 'automation', id: fact.rule, did: fact.did };
    case 'OrderForgotten':
      return { what: 'forgotten' };
    case 'StepAsked':
    case 'SourcingAsked':
      return undefined;
    default:
      return unreachable(fact);
  }
}

/** What an order is placed with stands in the entry before. */
function messageOf({ message, says }: Of<'MessageTaken'>, order: Order): Told | undefined {
  if (says.as === 'stands') return order.version === 1 ? undefined : { what: 'message', id: message, did: 'stands' };
  const lines = says.as === 'fewer' ? { lines: named(says.lines, order) } : {};
  return { what: 'message', id: message, did: says.as, ...lines };
}

function stepOf({ outcome, pieces }: Of<'StepAnswered'>, order: Order): Told | undefined {
  if (pieces.length > 0) return { what: 'promised', lines: unitsOf(pieces, order) };
  return outcome.status === 'refused' ? { what: 'not-promised', reason: outcome.code } : undefined;
}

function sourcedOf({ ask, decision }: Of<'OrderSourced'>): Told {
  const { plan, step, otherwise } = decision;
  return {
    what: 'sourced',
    ask,
    ...(step !== undefined && { step }),
    ...(plan !== undefined && { nodes: plan.parts.map(({ node }) => node), costMinor: plan.costMinor }),
    ...(otherwise !== undefined && { otherwise: typeof otherwise === 'object' ? 'cancel' : otherwise }),
  };
}

function workOf({ work, op, now, pieces }: Of<'WorkHeard'>, order: Order): Told {
  const node = now?.node ?? order.works.find((each) => each.work === work)?.node;
  const tracking = op === 'ship' ? (now?.parcels ?? []).flatMap(({ tracking: own }) => own ?? []) : [];
  return {
    what: 'work',
    did: op,
    work,
    ...(node !== undefined && { node }),
    ...(now?.by !== undefined && { by: now.by }),
    ...(now?.reason !== undefined && { reason: now.reason }),
    ...(tracking.length > 0 && { tracking }),
    ...(pieces.length > 0 && { lines: unitsOf(pieces, order) }),
  };
}

function unitsOf(pieces: readonly PieceChange[], order: Order): ToldUnits[] {
  return pieces.flatMap(({ line, units, to: { state, node, dueAt } }) =>
    named([{ line, units }], order).map((each) => ({
      ...each,
      state,
      ...(node !== undefined && { node }),
      ...(dueAt !== undefined && { dueAt }),
    })),
  );
}

function named(lines: readonly { readonly line: string; readonly units: number }[], order: Order): ToldUnits[] {
  return lines.flatMap(({ line, units }) => {
    const sku = order.lines.find((each) => each.line === line)?.sku;
    return sku === undefined ? [] : [{ line, sku, units }];
  });
}

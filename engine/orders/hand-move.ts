import type { OrderFact } from '../contract/order-fact.ts';
import type { ActOutcome, ActRefusal } from '../contract/order-command.ts';
import type { OrderId } from '../contract/ids.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import { isPlacing } from './offer-work.ts';
import type { OrderFile } from './order-file.ts';
import type { World } from './world.ts';

// Staff send units to a node (rule OR10). Stock says whether it has them and the node whether it takes them, so the act is
// answered when both have; that it was begun, and what came of it, are facts, so a retry after a crash hears the same.

type FactOf<Name extends OrderFact['fact']> = Extract<OrderFact, { fact: Name }>;
type No = Refused<ActRefusal>;

/** Why steps are asked that an act waits for. */
export const BY_HAND = 'by-hand';

/** One step is enough for a no: it stays the first one. */
export function handAnswered({ hand }: OrderFile, { step, outcome }: FactOf<'StepAnswered'>): Partial<OrderFile> {
  const isNo = outcome.status === 'refused' && hand?.steps.includes(step) === true && hand.refusal === undefined;
  return isNo ? { hand: { ...hand, refusal: stockNo(outcome) } } : {};
}

function stockNo({ code, units }: Refused<string>): No {
  if (code === 'node-not-in-channel' || code === 'unknown-node') return refuse(code, { field: 'node' });
  return refuse('units-exceed-available', { field: 'units', ...(units !== undefined && { units }) });
}

/** The node does not take the work that was made of them. */
export function handHeard(
  { hand, order }: OrderFile,
  { work: id, op, reason }: FactOf<'WorkHeard'>,
): Partial<OrderFile> {
  const work = order.works.find(({ work: each }) => each === id);
  const isNo = op === 'refused' && work !== undefined && work.node === hand?.node && hand.refusal === undefined;
  return isNo ? { hand: { ...hand, refusal: refuse(nodeNo(reason), { field: 'node' }) } } : {};
}

function nodeNo(reason: string | undefined): ActRefusal {
  return reason === 'unknown-node' || reason === 'node-switched-off' ? reason : 'capacity-reached';
}

/** A no is told when its steps are over; a yes when nothing of it is open. */
export function endHandMove(file: OrderFile, { at }: World): OrderFact[] {
  const { hand, order, steps } = file;
  if (hand === undefined || steps.some(({ step }) => hand.steps.includes(step))) return [];
  const { key, node, refusal } = hand;
  const ended = { fact: 'ActEnded', at, order: order.id, key } as const;
  if (refusal !== undefined) return [{ ...ended, refusal }];
  const isOpen = isPlacing(file) || order.works.some((work) => work.node === node && work.state === 'offered');
  return isOpen ? [] : [ended];
}

/** What whoever did the act is told now. */
export function outcomeOf(
  { hand, refusedActs, order }: OrderFile,
  key: string,
): ActOutcome | { readonly status: 'pending'; readonly id: OrderId } {
  if (hand?.key === key) return { status: 'pending', id: order.id };
  return refusedActs[key] ?? { status: 'done', order };
}

import type { EventId, NodeId, Sku } from '../contract/ids.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { DELTA_REASONS, UNAVAILABLE_STATES } from '../contract/stock-event.ts';
import type { Chance } from './chance.ts';
import { draftExpected } from './expected-play.ts';
import { draftRemainder } from './remainder-play.ts';
import { HANDHELD, NODES, POS, SKUS, WMS } from './retailer.ts';

// Random events on a coarse grid of times, so that ties, gaps and overlaps are common. Whole quantities.

export const START_MS = 1_767_600_000_000;
const STEP_MS = 20 * 60_000;
const STEPS = 24;
const FEW_STEPS = 2;
const DAY_MS = 86_400_000;

type Draft = Record<string, unknown>;
/** What a void may name: sent or not, arrived or not. */
export type Voidable = Extract<StockEvent, { kind: 'delta' | 'move' | 'inbound' }>;

export function draftEvent(
  chance: Chance,
  number: number,
  open: { readonly voidable: Voidable[]; readonly nowMs: number; readonly isNumbered: boolean },
): StockEvent {
  const draft = chance.weighted(KINDS).make(chance, open.voidable);
  const numbers = chance.pick<Draft>([
    {},
    { seq: chance.below(9) },
    { stream: chance.pick(['s1', 's2']), epoch: chance.below(2), seq: chance.below(9) },
  ]);
  const numbering = open.isNumbered ? numbers : {};
  // Without numbers there are few times, so that several fall into one minute and are merged.
  const steps = open.isNumbered ? STEPS : FEW_STEPS;
  const isElsewhere = open.isNumbered || !('sku' in draft) || draft['kind'] === 'void' || chance.yes(0.3);
  const hot = isElsewhere ? {} : { sku: SKUS[0], node: NODES[0] };
  const booked = chance.yes(open.isNumbered ? 0.5 : 0.1) ? { postedAt: time(chance, steps) } : {};
  const at = chance.yes(0.01) ? { at: wholeMinute(open.nowMs + DAY_MS) } : {};
  const event = {
    id: `e${number}` as EventId,
    at: time(chance, steps),
    ...numbering,
    ...booked,
    ...draft,
    ...hot,
    ...at,
  };
  const made = event as unknown as StockEvent;
  if (made.kind === 'delta' || made.kind === 'move' || made.kind === 'inbound') open.voidable.push(made);
  return made;
}

/** Deltas that were merged by minute are exact for these times (rule FD4). */
const wholeMinute = (ms: number): number => Math.ceil(ms / 60_000) * 60_000;
const time = (chance: Chance, steps = STEPS): number => START_MS - chance.below(steps + 1) * STEP_MS;
const place = (chance: Chance): { sku: Sku; node: NodeId } => ({ sku: chance.pick(SKUS), node: chance.pick(NODES) });
const reference = (chance: Chance): Draft => (chance.yes(0.5) ? { inboundRef: chance.pick(['po-1', 'po-2']) } : {});

const KINDS: readonly { readonly weight: number; readonly make: (chance: Chance, voidable: Voidable[]) => Draft }[] = [
  {
    weight: 8,
    make: (chance) => ({
      ...place(chance),
      ...reference(chance),
      kind: 'delta',
      source: WMS,
      ...draftExpected(chance),
      quantity: chance.below(16) - 3 + draftRemainder(chance),
      reason: chance.pick(DELTA_REASONS),
    }),
  },
  {
    weight: 3,
    make: (chance) => ({
      ...place(chance),
      kind: 'delta',
      source: POS,
      quantity: -chance.below(3) + draftRemainder(chance),
      reason: 'sale',
    }),
  },
  {
    weight: 4,
    make: (chance) => ({
      ...place(chance),
      ...(chance.yes(0.3) ? { states: { [chance.pick(UNAVAILABLE_STATES)]: chance.below(3) } } : {}),
      kind: 'snapshot',
      source: WMS,
      ...draftExpected(chance),
      quantity: chance.below(chance.pick([4, 30])),
      covers: chance.pick(['count', 'book']),
      carries: 'on-hand',
    }),
  },
  {
    weight: 2,
    make: (chance) => ({
      ...place(chance),
      kind: 'snapshot',
      source: HANDHELD,
      quantity: chance.below(chance.pick([4, 30])),
      covers: 'count',
      carries: 'on-hand',
    }),
  },
  {
    weight: 2,
    make: (chance) => ({
      ...place(chance),
      kind: 'move',
      source: WMS,
      quantity: chance.below(4),
      from: chance.pick(['sellable', ...UNAVAILABLE_STATES]),
      to: chance.pick(['sellable', ...UNAVAILABLE_STATES]),
    }),
  },
  {
    weight: 2,
    make: (chance) => ({
      ...place(chance),
      kind: 'inbound',
      source: WMS,
      quantity: chance.below(9),
      inboundRef: chance.pick(['po-1', 'po-2']),
      dueAt: chance.yes(0.4) ? time(chance) : START_MS + chance.below(STEPS) * STEP_MS,
    }),
  },
  {
    weight: 1,
    make: (chance) => ({
      kind: 'complete',
      source: WMS,
      node: chance.pick(NODES),
      covers: chance.pick(['count', 'book']),
    }),
  },
  { weight: 2, make: (chance, voidable) => makeVoid(chance, voidable) },
  { weight: 1, make: () => ({ kind: 'heartbeat', source: WMS }) },
];

/** Somebody counts a place in the beginning, and there is much of it. */
export function draftCount(
  chance: Chance,
  number: number,
  at: { readonly sku: Sku; readonly node: NodeId },
): StockEvent {
  const quantity = chance.below(40);
  const counted = { kind: 'snapshot', source: WMS, quantity, covers: 'count', carries: 'on-hand' } as const;
  return { id: `e${number}` as EventId, at: START_MS - STEPS * STEP_MS, ...at, ...counted };
}

/** Announced for some hours from now. */
export function draftSupply(
  chance: Chance,
  number: number,
  at: { readonly sku: Sku; readonly node: NodeId },
): StockEvent {
  const dueAt = START_MS + (1 + chance.below(STEPS)) * STEP_MS;
  const supply = { kind: 'inbound', source: WMS, inboundRef: 'po-1', quantity: 2 + chance.below(9), dueAt } as const;
  return { id: `e${number}` as EventId, at: START_MS - STEPS * STEP_MS, ...at, ...supply };
}

/** Each event is annulled once at most: of two voids the first to arrive counts, and order of arrival is not ours to say. */
function makeVoid(chance: Chance, voidable: Voidable[]): Draft {
  const [target] = voidable.length === 0 ? [] : voidable.splice(chance.below(voidable.length), 1);
  if (target === undefined) return { kind: 'heartbeat', source: WMS };
  const { source, sku, node, id } = target;
  return { kind: 'void', source, sku, node, voids: id };
}

/** The same id with other content: must be refused as `id-reused`. */
export function altered(event: StockEvent): StockEvent {
  return 'quantity' in event ? { ...event, quantity: event.quantity + 1 } : { ...event, ref: `${event.ref ?? ''}x` };
}

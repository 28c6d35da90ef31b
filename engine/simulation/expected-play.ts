import type { StockFact } from '../contract/stock-fact.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { modelPosition } from '../stock/slow-model.ts';
import type { Chance } from './chance.ts';
import { idKey } from './promised.ts';
import type { StockModel } from './stock-model.ts';
import { require } from './violation.ts';

// Rule FD6 in the simulation: senders that say which on-hand they have seen, mostly a wrong one.

type Recorded = Extract<StockFact, { fact: 'StockRecorded' }>['event'];
type Comparing = Extract<StockEvent, { kind: 'delta' | 'snapshot' }>;

export function draftExpected(chance: Chance): { expected?: number } {
  return chance.yes(0.15) ? { expected: chance.pick([0, chance.below(12)]) } : {};
}

/** What is recorded was expected, as things stood before it. */
export function requireExpected(model: StockModel, event: Recorded): void {
  const expected = 'expected' in event ? event.expected : undefined;
  if (expected === undefined || !('sku' in event)) return;
  const onHand = model.position(event.sku, event.node)?.onHand ?? 0;
  require(onHand === expected, () => `${event.id} expects ${expected}, recorded while on-hand is ${onHand} (FD6)`);
}

/** Whoever is told another number is told one that the position had, by facts that are durable. */
export function requireStale(durable: StockModel, event: StockEvent, units: number | undefined): void {
  require('expected' in event && event.expected !== undefined, () =>
    `${event.id} expects nothing, is told it is stale`);
  require(units !== event.expected, () => `${event.id} expects ${units}, is refused for it`);
  require(numbersOf(durable, event).has(units ?? NaN), () => `${event.id} is told ${units}, which on-hand never was`);
}

/** Every on-hand the position ever had, worked out from each beginning of its history. */
function numbersOf(model: StockModel, { sku, node }: Comparing): Set<number> {
  const lsnOf = (event: Recorded): number => model.ids.get(idKey(event)) ?? 0;
  const all = [...(model.events.get(`${sku} ${node}`) ?? []), ...(model.completes.get(node) ?? [])];
  const history = all.toSorted((a, b) => lsnOf(a) - lsnOf(b));
  const numbers = history.map((_, index) => modelPosition(history.slice(0, index + 1), sku, node)?.onHand ?? 0);
  return new Set([0, ...numbers]);
}

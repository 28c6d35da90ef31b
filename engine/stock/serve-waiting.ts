import type { ServedUnits, StockFact } from '../contract/stock-fact.ts';
import type { Sku } from '../contract/ids.ts';
import type { Decision, ShardRequest } from '../contract/machine.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { StockPortCommand } from '../contract/stock-port.ts';
import { assert } from '../contract/assert.ts';
import { NO_LINES } from './allocations.ts';
import { commit } from './apply-allocation.ts';
import { closeSku } from './close-sku.ts';
import { joinLines } from './move-lines.ts';
import type { PlacedLine } from './placed-line.ts';
import { takenUnits } from './take-units.ts';
import type { StockState } from './stock-state.ts';
import type { Claim, Serving, Waiter } from './waiting.ts';

// What has come for those who wait becomes theirs for good (rule OR9), by the first tick after the fact that brought it.

/** Servings one tick makes: a flood of them is spread over ticks, and other commands get their turn. */
const SERVED_PER_TICK = 256;

/** `moved`: skus that other facts of the decision give back; they are served by the next tick. */
export function serveWaiting(
  state: StockState,
  moved: ReadonlySet<number>,
  atMs: number,
): Pick<Decision<StockFact>, 'facts' | 'requests'> {
  const facts: StockFact[] = [];
  const requests: ShardRequest[] = [];
  let serving = state.waiting.servings;
  for (const [sku, claims] of state.waiting.due) {
    const room = SERVED_PER_TICK - (serving - state.waiting.servings);
    if (room === 0) break;
    if (moved.has(sku)) continue;
    const name = state.skus.names.name(sku) as Sku;
    const served = claims.slice(0, room).map((claim) => servedOf(claim, ++serving));
    facts.push({ fact: 'UnitsServed', at: atMs, sku: name, served });
    for (const [index, { waiter }] of claims.slice(0, room).entries()) {
      const told = servingOf(waiter, name, served[index] as ServedUnits);
      if (told !== undefined) requests.push(requestOf(state, told));
    }
  }
  return { facts, requests };
}

function servedOf({ waiter, units, drawn }: Claim, serving: number): ServedUnits {
  const { id, group, channel } = waiter;
  return { id, serving, group, units, channel, ...(drawn > 0 && { drawn }) };
}

function servingOf({ id, order, tell }: Waiter, sku: Sku, { serving, units }: ServedUnits): Serving | undefined {
  return tell === undefined ? undefined : { serving, id, order, sku, units, tell };
}

function requestOf({ settings }: StockState, { tell, id: allocation, ...came }: Serving): ShardRequest {
  return { shard: tell, command: { do: 'units-came', allocation, shard: settings.shard, ...came } };
}

/** All that nobody has said to know: whether it arrived before a crash, nobody here knows. */
export function outstandingCame(state: StockState): ShardRequest[] {
  return Array.from(state.waiting.unheard, (serving) => requestOf(state, serving));
}

type Heard = Extract<StockPortCommand, { do: 'units-heard' }>;

/** An answer that comes twice, or to a serving of before a loss, says nothing new. */
export function heardFacts(state: StockState, heard: Heard, at: number): readonly StockFact[] {
  const { serving } = heard;
  const came = state.waiting.unheardAs(serving);
  if (came === undefined) return [];
  return [{ fact: 'ServingHeard', at, serving }, ...(heard.unwanted === true ? givenBack(state, came, at) : [])];
}

/** Nobody knows the order any more: what came for it is given back, and it waits for no more. */
function givenBack(state: StockState, { id, sku, units }: Serving, at: number): StockFact[] {
  const step = state.steps.find(id)?.step ?? 0;
  const waiter = state.waiting.find(id, state.skus.names.find(sku));
  const stopped = waiter && { fact: 'WaitingStopped' as const, at, id, step: step + 1, sku, units: waiter.units };
  const held = state.allocations.find(id) ?? NO_LINES;
  const line = held.lines.find((each) => each.sku === sku && 'group' in each);
  const taken = line && takenUnits(held, [{ ...line, units: Math.min(units, line.units) }]);
  const reduced =
    taken === undefined || 'status' in taken
      ? []
      : [{ fact: 'AllocationReduced' as const, at, id, step: step + 2, taken }];
  return [...(stopped === undefined ? [] : [stopped]), ...reduced];
}

export function applyServed(state: StockState, fact: Extract<StockFact, { fact: 'UnitsServed' }>, lsn: number): void {
  const sku = state.skus.names.find(fact.sku);
  for (const served of fact.served) serve(state, served, { sku, name: fact.sku, atMs: fact.at });
  closeSku(state, sku, lsn);
}

function serve(
  state: StockState,
  served: ServedUnits,
  { sku, name, atMs }: { readonly sku: number; readonly name: Sku; readonly atMs: number },
): void {
  const { id, serving, group, units, drawn = 0 } = served;
  const waiter = state.waiting.find(id, sku);
  assert(waiter !== undefined && waiter.units >= units, () => `${units} units of ${name} came for ${id}`);
  const { channel, movementRef, set } = waiter;
  const line: ReserveLine = { sku: name, units, group };
  const placed: PlacedLine = { sku, units, set, ...(drawn > 0 && { pool: { channel, units: drawn } }) };
  const before = state.allocations.find(id) ?? { channel, movementRef, ...NO_LINES };
  commit(state, [placed], { movementRef: before.movementRef, sign: 1, atMs });
  state.allocations.put(id, { ...before, ...joinLines(before, { lines: [line], placed: [placed] }) });
  state.waiting.put({ ...waiter, units: waiter.units - units });
  state.waiting.servings = serving;
  const told = servingOf(waiter, name, served);
  if (told !== undefined) state.waiting.tell(told);
}

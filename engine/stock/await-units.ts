import type { StockFact } from '../contract/stock-fact.ts';
import type { AllocationId, ChannelId, Sku } from '../contract/ids.ts';
import { refuse } from '../contract/outcome.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { NO_LINES } from './allocations.ts';
import { hasEnded, settle } from './apply-allocation.ts';
import { setOf } from './apply-reference.ts';
import { promisableFrom } from './atp.ts';
import { closeSku } from './close-sku.ts';
import { DEMAND_GROUPS_MAX } from './headroom.ts';
import type { Judged, No } from './judged-step.ts';
import { demandSets } from './set-aside.ts';
import type { StockState } from './stock-state.ts';

// Units are sold that are not there yet (rule OR9), and are no longer wanted.

type Of<Name extends AllocationStep['do']> = Extract<AllocationStep, { do: Name }>;
type Fact<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;

export function awaitUnits(state: StockState, command: Of<'await-units'>, atMs: number): Judged | No {
  const { allocation: id, step, order, sku, units, placedAt, priority, replyTo: tell } = command;
  const { channel, movementRef } = whoseOf(state, id) ?? {
    channel: command.channel,
    movementRef: command.movementRef ?? id,
  };
  const refused = namesRefusal(state, command, channel);
  if (refused !== undefined) return refused;
  const row = state.skus.names.find(sku);
  const known = state.waiting.find(id, row);
  const group = known?.group ?? command.group;
  const set = known?.set ?? setOf(state, group);
  if (state.waiting.isFull(row)) return refuse('too-many-waiting', { field: 'sku' });
  if (demandSets(state, row).add(set).size + state.pools.quotasOf(sku).length > DEMAND_GROUPS_MAX) {
    return refuse('too-many-demand-groups', { field: 'group' });
  }
  const due = promisableFrom(state, { sku: row, channel, set, units }, atMs);
  if (due.dueAt === undefined) return refuse('no-supply-known', { field: 'units', units: due.units });
  const dueAt = Math.max(due.dueAt, firstDayOf(state, sku), known?.dueAt ?? 0);
  const terms = { order, channel, movementRef, sku, group, units, placedAt, priority, dueAt };
  const told = tell === undefined ? {} : { tell };
  const fact: StockFact = { fact: 'UnitsAwaited', at: atMs, id, step, ...terms, ...told };
  return { facts: [fact], answer: { status: 'waiting', dueAt, units: units + (known?.units ?? 0) } };
}

function namesRefusal(state: StockState, { sku, group, units }: Of<'await-units'>, channel: ChannelId): No | undefined {
  const { channels, groups } = state.reference;
  if (!channels.has(channel)) return refuse('unknown-channel', { field: 'channel' });
  if (!groups.has(group)) return refuse('unknown-group', { field: 'group' });
  if (state.skus.names.find(sku) === 0) return refuse('unknown-sku', { field: 'sku' });
  const inBounds = Number.isSafeInteger(units) && units >= 1 && units <= state.settings.unitsPerLineMax;
  if (!inBounds) return refuse('units-out-of-bounds', { field: 'units' });
  return channels.get(channel)?.sellsInbound === true ? undefined : refuse('inbound-not-sold', { field: 'channel' });
}

function firstDayOf(state: StockState, sku: Sku): number {
  return state.reference.items.get(sku)?.ref.availableFrom ?? 0;
}

/** Whose an allocation is, whether it has units or waits for them. */
export function whoseOf(
  state: StockState,
  id: AllocationId,
): { readonly channel: ChannelId; readonly movementRef: string } | undefined {
  return state.allocations.find(id) ?? state.waiting.anyOf(id);
}

export function stopWaiting(state: StockState, command: Of<'stop-waiting'>, atMs: number): Judged | No {
  const { allocation: id, step, sku } = command;
  const waiter = state.waiting.find(id, state.skus.names.find(sku));
  if (waiter === undefined) return refuse('unknown-line', { field: 'sku' });
  const { units = waiter.units } = command;
  if (!Number.isSafeInteger(units) || units < 1 || units > waiter.units) {
    return refuse('units-out-of-bounds', { field: 'units', units: waiter.units });
  }
  const { channel, movementRef } = waiter;
  const row = state.allocations.find(id) ?? { channel, movementRef, ...NO_LINES };
  return { facts: [{ fact: 'WaitingStopped', at: atMs, id, step, sku, units }], row };
}

export function applyAwaited(state: StockState, fact: Fact<'UnitsAwaited'>, lsn: number): void {
  const { fact: _, at, step, tell, sku: name, ...terms } = fact;
  const { id, group, dueAt } = terms;
  const sku = state.skus.names.find(name);
  const known = state.waiting.find(id, sku);
  const fresh = { ...terms, sku, set: setOf(state, group), units: 0, ...(tell !== undefined && { tell }) };
  const units = (known?.units ?? 0) + terms.units;
  state.waiting.put({ ...(known ?? fresh), units, dueAt });
  state.steps.put(id, { step, answer: { status: 'waiting', dueAt, units } }, hasEnded(state, id) ? at : undefined);
  closeSku(state, sku, lsn);
}

export function applyWaitingStopped(state: StockState, fact: Fact<'WaitingStopped'>, lsn: number): void {
  const sku = state.skus.names.find(fact.sku);
  const waiter = state.waiting.find(fact.id, sku);
  if (waiter === undefined) return;
  const { channel, movementRef } = waiter;
  state.waiting.put({ ...waiter, units: waiter.units - fact.units });
  closeSku(state, sku, lsn);
  settle(state, fact, state.allocations.find(fact.id) ?? { channel, movementRef, ...NO_LINES });
}

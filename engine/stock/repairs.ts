import { unreachable } from '../contract/assert.ts';
import { REASON_CHARS_MAX } from '../contract/correction.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { refuse } from '../contract/outcome.ts';
import { REPAIRED_MAX, type RepairOutcome, type RepairRequest, type WrongSum } from '../contract/repair.ts';
import { closeSku } from './close-sku.ts';
import { refreshExpected } from './expect.ts';
import { recountNode } from './position-change.ts';
import { FLAG } from './position-table.ts';
import { promisedSums } from './promised-sums.ts';
import type { StockState } from './stock-state.ts';
import { wrongSumsOf } from './wrong-sums.ts';

// Staff have a sku's sums worked out again (rule AV7). Where they are right already the fact changes nothing, so a replay
// that never had the fault ends like the shard that had it.

export function decideRepair(
  state: StockState,
  { sku, by, reason }: RepairRequest,
  atMs: number,
): { readonly outcome: RepairOutcome; readonly facts: readonly StockFact[] } {
  const no = (outcome: RepairOutcome) => ({ outcome, facts: [] });
  const row = state.skus.names.find(sku);
  if (row === 0) return no(refuse('unknown-sku', { field: 'sku' }));
  if (reason.trim() === '' || reason.length > REASON_CHARS_MAX) {
    return no(refuse('reason-missing', { field: 'reason' }));
  }
  const wrong = wrongSumsOf(state, row, promisedSums(state), { positions: 0, short: 0 });
  if (wrong.length === 0) return no(refuse('nothing-to-repair'));
  const repaired = wrong.slice(0, REPAIRED_MAX);
  const position = `${state.settings.shard}.${state.lsn + 1}`;
  return {
    outcome: { status: 'repaired', position, repaired },
    facts: [{ fact: 'SumsRepaired', at: atMs, sku, by, reason, repaired }],
  };
}

export function applyRepaired(
  state: StockState,
  fact: Extract<StockFact, { fact: 'SumsRepaired' }>,
  lsn: number,
): void {
  const sku = state.skus.names.find(fact.sku);
  for (const each of fact.repaired) put(state, { sku, atMs: fact.at }, each);
  const nodes = new Set(
    fact.repaired.flatMap(({ node }) => (node === undefined ? [] : [state.nodes.names.find(node)])),
  );
  for (const node of nodes) {
    const position = state.positions.find(sku, node);
    refreshExpected(state, position);
    state.shortfalls.look(position);
    state.touched.position(sku, position);
    recountNode(state, node);
  }
  closeSku(state, sku, lsn);
}

function put(state: StockState, { sku, atMs }: { readonly sku: number; readonly atMs: number }, wrong: WrongSum): void {
  const { sum, channel = '', nodes = [], ref = '', after } = wrong;
  const { positions } = state;
  const position = wrong.node === undefined ? 0 : positions.find(sku, state.nodes.names.find(wrong.node));
  switch (sum) {
    case 'reserved':
      return positions.reserved.set(position, after);
    case 'unavailable':
      return positions.unavailable.set(position, after);
    case 'allocated-for':
      return state.expected.setAllocated(position, ref, after, atMs);
    case 'available':
      return positions.available.set(position, after);
    case 'short':
      return positions.mark(position, FLAG.short, after === 1);
    case 'filled':
      return positions.mark(position, FLAG.filled, after === 1);
    // They follow from the rows, and from what is short.
    case 'allocated':
    case 'departed':
    case 'shortfall':
      return;
    case 'channel-sum': {
      const number = state.channels.findIndex(({ id }) => id === channel);
      return state.skus.channels[number]?.sum.set(sku, after);
    }
    case 'demand':
      return state.demand.put(sku, state.sets.of(nodes.map((node) => state.nodes.names.find(node))), after);
    case 'drawn':
      return state.pools.putDrawn(state.skus.names.name(sku), wrong.channel!, after);
    default:
      return unreachable(sum);
  }
}

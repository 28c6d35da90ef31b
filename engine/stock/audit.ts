import type { Sku } from '../contract/ids.ts';
import type { Audit } from '../contract/query.ts';
import { availableOf, shortOf } from './availability.ts';
import type { PlacedLine } from './placed-line.ts';
import { termsOfRow } from './expected-movements.ts';
import { FLAG } from './position-table.ts';
import { positionsOf, termsOf } from './position-change.ts';
import type { StockState } from './stock-state.ts';

// The invariant watch: what is kept beside its terms is worked out from them again, sku by sku. A read; it changes nothing.

/** The next skus behind one, in the order they were first heard of. Sums all open holds once per call. */
export function auditChunk(state: StockState, after: Sku | undefined, limit: number): Audit {
  const first = after === undefined ? 1 : state.skus.names.find(after) + 1;
  const end = Math.min(state.skus.count, first + limit - 1);
  const promised = sumHolds(state);
  const found = { positions: 0, short: 0, violations: [] as string[] };
  for (let sku = first; sku <= end; sku++) auditSku(state, sku, promised, found);
  return { ...found, ...(end < state.skus.count && { last: state.skus.names.name(end) as Sku }) };
}

/** Units of open holds and parts: by sku and node, by sku and node set; and what of them came out of a channel's pool. */
interface Promised {
  readonly atNode: Map<string, number>;
  readonly atSet: Map<string, number>;
  /** By sku, node and reference. */
  readonly allocated: Map<string, number>;
  readonly drawn: Map<string, number>;
}

function sumHolds(state: StockState): Promised {
  const sums: Promised = { atNode: new Map(), atSet: new Map(), allocated: new Map(), drawn: new Map() };
  const add = (line: PlacedLine): void => {
    const [map, key] = 'set' in line ? [sums.atSet, line.set] : [sums.atNode, line.node];
    addTo(map, `${line.sku} ${key}`, line.units);
    if (line.pool !== undefined) addTo(sums.drawn, `${line.sku} ${line.pool.channel}`, line.pool.units);
  };
  for (const { lines } of state.holds) lines.forEach(add);
  for (const { lines } of state.parts.held()) lines.forEach(add);
  for (const [, { placed, movementRef }] of state.allocations) {
    for (const line of placed) addAllocated(sums, line, movementRef);
  }
  return sums;
}

/** Like a hold, but what is at a node is known there by its reference. */
function addAllocated(sums: Promised, line: PlacedLine, movementRef: string): void {
  if ('set' in line) addTo(sums.atSet, `${line.sku} ${line.set}`, line.units);
  else addTo(sums.allocated, `${line.sku} ${line.node} ${movementRef}`, line.units);
  if (line.pool !== undefined) addTo(sums.drawn, `${line.sku} ${line.pool.channel}`, line.pool.units);
}

function addTo(sums: Map<string, number>, key: string, units: number): void {
  sums.set(key, (sums.get(key) ?? 0) + units);
}

function auditSku(
  state: StockState,
  sku: number,
  promised: Promised,
  found: { positions: number; short: number; violations: string[] },
): void {
  const name = state.skus.names.name(sku);
  const sums = state.channels.map(() => 0);
  const must: Must = (what, kept, is) => {
    if (kept !== is) found.violations.push(`${name} ${what}: kept ${String(kept)}, is ${String(is)}`);
  };
  for (const position of positionsOf(state, sku)) {
    found.positions++;
    const node = state.positions.node.get(position);
    const at = `at ${state.nodes.names.name(node)}`;
    const terms = termsOf(state, position);
    const short = shortOf(terms);
    if (short > 0) found.short++;
    must(`reserved ${at}, Σ holds (RS3)`, terms.reserved, promised.atNode.get(`${sku} ${node}`) ?? 0);
    auditExpected(state, { sku, position, at, promised }, must);
    must(`unavailable ${at}, Σ states (AV1)`, terms.unavailable, unavailableOf(state, position));
    const available = state.positions.available.get(position);
    must(`available ${at}, Σ terms (AV1)`, available, availableOf(terms));
    must(`short ${at} (AV7)`, state.positions.has(position, FLAG.short), short > 0);
    must(`shortfall ${at} (AV7)`, state.shortfalls.find(position)?.units ?? 0, short);
    must(`filled ${at} (FD12)`, state.positions.has(position, FLAG.filled), terms.onHand > 0);
    for (const channel of state.channelsOfNode[node] ?? []) sums[channel] = (sums[channel] ?? 0) + available;
  }
  for (const [channel, { id }] of state.channels.entries()) {
    must(`sum of ${id}, Σ available (AV2)`, state.skus.channels[channel]?.sum.get(sku), sums[channel]);
  }
  const mustSum = (what: string, kept: readonly (readonly [string, number])[], is: Map<string, number>): void => {
    const known = new Map(kept);
    for (const [key, units] of known) must(`${what} ${key}, Σ holds (AV2)`, units, is.get(key) ?? 0);
    for (const [key, units] of is) {
      if (key.startsWith(`${sku} `) && !known.has(key)) must(`${what} ${key}, Σ holds (AV2)`, 0, units);
    }
  };
  const demands = state.demand.of(sku).map(({ set, units }) => [`${sku} ${set}`, units] as const);
  mustSum('demand on set', demands, promised.atSet);
  const drawn = state.pools.drawnOf(name).map(({ channel, units }) => [`${sku} ${channel}`, units] as const);
  for (const { channel, units } of state.pools.usedOf(name)) addTo(promised.drawn, `${sku} ${channel}`, units);
  mustSum('drawn of pool', drawn, promised.drawn);
}

type Must = (what: string, kept: unknown, is: unknown) => void;

/** Units allocated by reference, and the two terms that follow from what left and what was booked (rule FD8). */
function auditExpected(
  state: StockState,
  { sku, position, at, promised }: { sku: number; position: number; at: string; promised: Promised },
  must: Must,
): void {
  const base = state.positions.snapshots.base(position);
  const sums = { allocated: 0, departed: 0 };
  const node = state.positions.node.get(position);
  for (const row of state.expected.rowsAt(position)) {
    const terms = termsOfRow(row, base);
    sums.allocated += terms.allocated;
    sums.departed += row.direction === 'out' ? terms.departed : -terms.departed;
    if (row.direction === 'in') continue;
    const orders = promised.allocated.get(`${sku} ${node} ${row.ref}`) ?? 0;
    must(`allocated ${at} for ${row.ref}, Σ allocations (RS3)`, row.allocated, orders);
    promised.allocated.delete(`${sku} ${node} ${row.ref}`);
  }
  for (const [key, units] of promised.allocated) {
    if (key.startsWith(`${sku} ${node} `)) must(`allocated ${at}, Σ allocations (RS3)`, 0, units);
  }
  const terms = termsOf(state, position);
  must(`allocated ${at}, Σ expected movements (FD8)`, terms.allocated, sums.allocated);
  must(`departed ${at}, Σ expected movements (FD8)`, terms.departed, sums.departed);
}

function unavailableOf(state: StockState, position: number): number {
  const row = state.positions.states.get(position);
  return row === 0 ? 0 : state.states.unavailable(row);
}

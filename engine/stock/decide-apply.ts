import type { StockCommand } from '../contract/command.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { NodeId } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import { VERSIONS_MAX } from '../contract/kit.ts';
import type { RefusedRow } from '../contract/outcome.ts';
import { poolKey, type KitRef, type PoolRef, type ReferenceBatch, type ReferenceKind } from '../contract/reference.ts';
import type { RowsChanged } from '../contract/reference-change.ts';
import { transitAt } from './due-supplies.ts';
import { DEMAND_GROUPS_MAX } from './headroom.ts';
import { PoolTable } from './pools.ts';
import { positionsAt, positionsOf, termsOf } from './position-change.ts';
import { demandSets } from './set-aside.ts';
import type { StockState } from './stock-state.ts';

// decide() for reference data: rows that say something new, less those that cannot be.

type Applied = Extract<StockFact, { fact: 'ReferenceApplied' }>;
type Apply = Extract<StockCommand, { do: 'apply' }>;

/** A change of the reference book counts once, by its version; the answer to the newest is remembered until the next comes. */
export function decideApply(state: StockState, { sent, batch, retire }: Apply, atMs: number): Decision<StockFact> {
  const asked = { batch, ...(retire !== undefined && { retire }) };
  if (sent === undefined) return decideUnsent(state, asked, atMs);
  const { version, by, replyTo } = sent;
  const { taken } = state.reference;
  if (version < taken.version) return { outcome: { status: 'applied' }, facts: [], requests: [] };
  const { refusedRows, ...kept } = version === taken.version ? { ...asked, ...taken } : judgeChange(state, asked);
  const refused = refusedRows.length === 0 ? {} : { refusedRows };
  const fact: Applied = { fact: 'ReferenceApplied', at: atMs, version, by, ...refused, ...kept };
  const { shard } = state.settings;
  return {
    outcome: { status: 'applied' },
    facts: version === taken.version ? [] : [fact],
    requests: [{ shard: replyTo, command: { do: 'change-taken', version, shard, refusedRows } }],
  };
}

function decideUnsent(state: StockState, asked: RowsChanged, atMs: number): Decision<StockFact> {
  if (asked.retire === undefined && state.reference.knows(asked.batch)) {
    return { outcome: { status: 'applied' }, facts: [], requests: [] };
  }
  const { refusedRows, ...kept } = judgeChange(state, asked);
  const isEmpty = kept.batch.rows.length + (kept.retire?.length ?? 0) === 0;
  const facts: StockFact[] = isEmpty ? [] : [{ fact: 'ReferenceApplied', at: atMs, ...kept }];
  return { outcome: { status: 'applied', ...(refusedRows.length > 0 && { refusedRows }) }, facts, requests: [] };
}

/** What a change can be here, now, and which of its rows cannot. */
export function judgeChange(
  state: StockState,
  { batch, retire = [] }: RowsChanged,
): RowsChanged & { readonly refusedRows: readonly RefusedRow[] } {
  const own = ownRows(state, batch);
  const stays = retire.filter((key) => isStocked(state, batch.of, key));
  const gone = retire.filter((key) => !stays.includes(key));
  const stocked: RefusedRow[] = stays.map((row) => ({ row, code: 'still-stocked' }));
  return {
    batch: own?.batch ?? batch,
    ...(gone.length > 0 && { retire: gone }),
    refusedRows: [...(own?.refusedRows ?? []), ...stocked],
  };
}

interface Rows {
  readonly batch: ReferenceBatch;
  readonly refusedRows: readonly RefusedRow[];
}

/** Rows that only the shard of their sku can judge. */
function ownRows(state: StockState, batch: ReferenceBatch): Rows | undefined {
  if (batch.of === 'pools') {
    const { rows, refusedRows } = poolRows(state, batch.rows);
    return { batch: { of: 'pools', rows }, refusedRows };
  }
  return batch.of === 'kits' ? kitRows(state, batch.rows) : undefined;
}

/** Nobody has ever reported a kit as stock (rule AV9). */
function kitRows({ skus, reference }: StockState, asked: readonly KitRef[]): Rows {
  const rows: KitRef[] = [];
  const refusedRows: RefusedRow[] = [];
  for (const row of asked) {
    if (skus.names.find(row.sku) !== 0) refusedRows.push({ row: row.sku, code: 'kit-has-stock' });
    else if (reference.kits.get(row.sku)?.version === VERSIONS_MAX)
      refusedRows.push({ row: row.sku, code: 'too-many-versions' });
    else rows.push(row);
  }
  return { batch: { of: 'kits', rows }, refusedRows };
}

/** Switched on, or anything on hand, unavailable or promised there: then the row is needed to say so. */
function isStocked(state: StockState, of: ReferenceKind, key: string): boolean {
  if (of === 'nodes') {
    if (state.reference.nodes.get(key as NodeId)?.enabled === true) return true;
    const node = state.nodes.names.find(key);
    return node !== 0 && hasUnits(state, positionsAt(state, node));
  }
  if (of !== 'items') return false;
  const sku = state.skus.names.find(key);
  return sku !== 0 && (hasUnits(state, positionsOf(state, sku)) || demandSets(state, sku).size > 0);
}

function hasUnits(state: StockState, all: Iterable<number>): boolean {
  for (const position of all) {
    const { onHand, unavailable, departed, reserved, allocated } = termsOf(state, position);
    if ([onHand, unavailable, departed, reserved, allocated].some((units) => units !== 0)) return true;
    if (transitAt(state, position).length > 0) return true;
  }
  return false;
}

/**
 * Every channel with a pool counts as one demand group, whatever its nodes, and every node set with unplaced demand as
 * another: then no later change of groups or channels can make more of them than headroom looks through.
 */
function poolRows(state: StockState, asked: readonly PoolRef[]): { rows: PoolRef[]; refusedRows: RefusedRow[] } {
  const trial = new PoolTable();
  const skus = new Set(asked.map(({ sku }) => sku));
  for (const known of state.reference.pools.values()) if (skus.has(known.sku)) trial.setAside(known);
  const rows: PoolRef[] = [];
  const refusedRows: RefusedRow[] = [];
  for (const row of asked) {
    const channels = trial.channelsWith(row);
    const groups = channels + demandSets(state, state.skus.names.find(row.sku)).size;
    if (groups > DEMAND_GROUPS_MAX && channels > trial.quotasOf(row.sku).length) {
      refusedRows.push({ row: poolKey(row), code: 'too-many-demand-groups' });
      continue;
    }
    trial.setAside(row);
    rows.push(row);
  }
  return { rows, refusedRows };
}

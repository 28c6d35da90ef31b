import type { StockFact } from '../contract/fact.ts';
import type { RefusedRow } from '../contract/outcome.ts';
import { poolKey, type PoolRef, type ReferenceBatch } from '../contract/reference.ts';
import { DEMAND_GROUPS_MAX } from './headroom.ts';
import { PoolTable } from './pools.ts';
import type { StockState } from './stock-state.ts';

// decide() for reference data: rows that say something new, less those that cannot be.

interface Decided {
  readonly facts: readonly StockFact[];
  readonly refusedRows: readonly RefusedRow[];
}

export function decideApply(state: StockState, batch: ReferenceBatch, atMs: number): Decided {
  if (state.reference.knows(batch)) return { facts: [], refusedRows: [] };
  if (batch.of !== 'pools') return { facts: [{ fact: 'ReferenceApplied', at: atMs, batch }], refusedRows: [] };
  const { rows, refusedRows } = poolRows(state, batch.rows);
  const facts: StockFact[] =
    rows.length === 0 ? [] : [{ fact: 'ReferenceApplied', at: atMs, batch: { of: 'pools', rows } }];
  return { facts, refusedRows };
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
    const groups = channels + state.demand.of(state.skus.names.find(row.sku)).length;
    if (groups > DEMAND_GROUPS_MAX && channels > trial.quotasOf(row.sku).length) {
      refusedRows.push({ row: poolKey(row), code: 'too-many-demand-groups' });
      continue;
    }
    trial.setAside(row);
    rows.push(row);
  }
  return { rows, refusedRows };
}

import type { LedgerPage, LedgerQuery, Movement } from '../contract/ledger.ts';
import type { LedgerFile } from './ledger-file.ts';
import { RARE } from './ledger-file.ts';
import { MOVEMENT_COLUMNS, movementOf } from './movement-columns.ts';

type Value = string | number;

/** A condition in SQL and what fills its question marks. */
interface Where {
  readonly parts: string[];
  readonly values: Value[];
}

/** One page. `shard`: the one that owns the sku, when one is asked for. */
export function ledgerPage(file: LedgerFile, query: LedgerQuery, shard: number | undefined): LedgerPage {
  const { order, limit } = query;
  const found = query.sku === undefined ? select(file, query, whole(query)) : ofSku(file, query, shard ?? -1);
  const sign = order === 'newest' ? -1 : 1;
  const movements = found.sort((a, b) => sign * (a.row - b.row)).slice(0, limit);
  const last = movements.at(-1);
  const { first, firstAtMs } = file.progress();
  return {
    movements,
    ...(last !== undefined && movements.length === limit && { next: last.row }),
    ...(first > 1 && { reachesFrom: firstAtMs }),
  };
}

/** A sku's own rows, and the complete snapshots of nodes where it has some: those set its number too. */
function ofSku(file: LedgerFile, query: LedgerQuery, shard: number): Movement[] {
  const { sku, node, kind } = query;
  // The plus sign keeps SQLite from taking the node's index, whose rows are of every sku.
  const own = whole(query);
  own.parts.push('sku = ?');
  own.values.push(sku ?? '');
  if (node !== undefined) own.parts.push('+node = ?');
  if (node !== undefined) own.values.push(node);
  const rows = select(file, { ...query, node: undefined }, own);
  if (kind !== undefined && kind !== 'complete') return rows;
  const completes: Where = {
    parts: [
      `kind = 'complete'`,
      'shard = ?',
      '+node IN (SELECT DISTINCT own.node FROM movements AS own WHERE own.sku = ?)',
    ],
    values: [shard, sku ?? ''],
  };
  if (node !== undefined) completes.parts.push('+node = ?');
  if (node !== undefined) completes.values.push(node);
  return [...rows, ...select(file, { ...query, node: undefined }, completes)];
}

function whole({ kind, sku }: LedgerQuery): Where {
  const where: Where = { parts: [kind === undefined ? `kind <> 'reference'` : 'kind = ?'], values: [] };
  if (kind !== undefined) where.values.push(kind);
  // In the words of the index, or SQLite would look for a rare kind through all the others.
  if (kind !== undefined && kind !== 'delta' && kind !== 'snapshot' && sku === undefined) where.parts.push(RARE);
  // Every stock shard has the same complete: one of them is shown.
  if (sku === undefined) where.parts.push(`(kind <> 'complete' OR shard = 0)`);
  return where;
}

interface Bounds extends Omit<LedgerQuery, 'node'> {
  readonly node?: string | undefined;
}

function select(file: LedgerFile, { node, from, to, after, order, limit }: Bounds, where: Where): Movement[] {
  const parts = [...where.parts];
  const values = [...where.values];
  const add = (part: string, ...with_: Value[]): void => {
    parts.push(part);
    values.push(...with_);
  };
  if (node !== undefined) add('node = ?', node);
  if (from !== undefined) {
    add('row >= coalesce((SELECT row FROM minutes WHERE minute <= ? ORDER BY minute DESC LIMIT 1), 0)', minuteOf(from));
    add('recorded_at >= ?', from);
  }
  if (to !== undefined) {
    add('row < coalesce((SELECT row FROM minutes WHERE minute > ? ORDER BY minute LIMIT 1), 9e15)', minuteOf(to));
    add('recorded_at < ?', to);
  }
  if (after !== undefined) add(order === 'newest' ? 'row < ?' : 'row > ?', after);
  const direction = order === 'newest' ? 'DESC' : 'ASC';
  const sql = `SELECT ${MOVEMENT_COLUMNS} FROM movements WHERE ${parts.join(' AND ')} ORDER BY row ${direction} LIMIT ?`;
  return file.db
    .prepare(sql)
    .all(...values, limit)
    .map(movementOf);
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / 60_000);
}

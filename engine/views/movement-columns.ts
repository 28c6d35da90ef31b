import type { Movement } from '../contract/ledger.ts';

// A row of the table `movements` as the contract has it.

/** A row without the columns that hold nothing. */
export function present(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

/** Columns of `movements`, as the contract names them. */
export const MOVEMENT_COLUMNS = `row, shard || '.' || lsn AS position, recorded_at AS recordedAt, kind, sku, node,
  grp AS "group", units, source, event AS id, at, posted_at AS postedAt, stream, epoch, seq, reason, ref, channel, detail`;

export function movementOf(row: Record<string, unknown>): Movement {
  const { detail, ...rest } = present(row);
  const parsed = typeof detail === 'string' ? { detail: JSON.parse(detail) as Movement['detail'] } : {};
  return { ...rest, ...parsed } as unknown as Movement;
}

import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { shardOfOrder } from '../contract/ids.ts';
import type { Order } from '../contract/order.ts';
import type { ForgottenOrder } from './order-shelf.ts';

// What shards have forgotten stands in no snapshot, and before the journal's beginning in no fact: a file that is written again
// takes it from the one it replaces. The columns read here keep their form in every layout.

/** The file that is replaced, until the new one has begun. */
const beforeOf = (path: string): string => `${path}.before`;

/** Puts the file aside. One that had not begun is worth nothing, and the one before it may still be there. */
export function putAside(path: string, hadBegun: boolean): void {
  for (const suffix of ['-wal', '-shm']) {
    const [from, to] = [path + suffix, beforeOf(path) + suffix];
    if (hadBegun && existsSync(from)) renameSync(from, to);
    else rmSync(from, { force: true });
  }
  if (hadBegun) renameSync(path, beforeOf(path));
  else rmSync(path, { force: true });
}

export function forgetAside(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(beforeOf(path) + suffix, { force: true });
}

/**
 * Orders of the file that was put aside. `lsns`: of each shard the newest fact of the snapshot that its orders are taken from.
 * What was forgotten by then is the same in whatever history follows; the rest is in the snapshot or comes with the journal.
 */
export function* ordersAside(path: string, lsns: ReadonlyMap<number, number>): Generator<ForgottenOrder> {
  if (!existsSync(beforeOf(path))) return;
  const db = new DatabaseSync(beforeOf(path));
  try {
    const rows = db.prepare('SELECT n, id, body FROM orders JOIN bodies USING (n) WHERE gone = 1 ORDER BY n');
    const told = db.prepare('SELECT lsn, at, told FROM timeline WHERE n = ? ORDER BY lsn');
    const decided = db.prepare('SELECT lsn, at, ask, packed FROM decisions WHERE n = ? ORDER BY lsn');
    for (const { n, id, body } of rows.iterate()) {
      const entries = told.all(Number(n)) as unknown as ForgottenOrder['entries'];
      const forgotten = entries.at(-1)?.lsn ?? 0;
      if (forgotten > (lsns.get(shardOfOrder(String(id)) ?? -1) ?? 0)) continue;
      const decisions = decided.all(Number(n)) as unknown as ForgottenOrder['decisions'];
      yield { order: JSON.parse(String(body)) as Order, forgotten, entries, decisions };
    }
  } finally {
    db.close();
  }
}

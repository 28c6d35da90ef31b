import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { OrderId } from '../contract/ids.ts';
import type { OrderRow } from '../contract/order-view.ts';

/** Takes orders that their shards have forgotten, and nobody is to find any more, out of every table (rule OR12). */
export class OrderDropper {
  readonly #old: StatementSync;
  readonly #count: StatementSync;
  readonly #node: StatementSync;
  readonly #byPlace: readonly StatementSync[];
  readonly #customer: readonly StatementSync[];

  constructor(db: DatabaseSync) {
    this.#old = db.prepare('SELECT n, customer, row FROM orders WHERE at < ? AND gone = 1 ORDER BY at LIMIT ?');
    this.#count = db.prepare(
      'UPDATE order_counts SET orders = orders - 1 WHERE channel = ? AND status = ? AND queue = ?',
    );
    this.#node = db.prepare('DELETE FROM order_nodes WHERE node = ? AND n = ?');
    this.#byPlace = [
      'DELETE FROM orders WHERE n = ?',
      'DELETE FROM bodies WHERE n = ?',
      'DELETE FROM timeline WHERE n = ?',
      'DELETE FROM decisions WHERE n = ?',
      'DELETE FROM words WHERE rowid = ?',
    ].map((sql) => db.prepare(sql));
    // Who has no order any more is nobody we know.
    this.#customer = ['customer_keys', 'customers'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE c = ?1 AND NOT EXISTS (SELECT 1 FROM orders WHERE customer = ?1)`),
    );
  }

  /** Inside a commit, all orders written: those that changed last before the moment, `most` at a time. */
  drop(beforeMs: number, most: number): readonly OrderId[] {
    return this.#old.all(beforeMs, most).map(({ n, customer, row }) => {
      const { id, channel, status, queue, nodes } = JSON.parse(String(row)) as OrderRow;
      for (const statement of this.#byPlace) statement.run(Number(n));
      for (const node of nodes) this.#node.run(node, Number(n));
      this.#count.run(channel, status, queue ?? '');
      if (customer !== null) for (const statement of this.#customer) statement.run(Number(customer));
      return id;
    });
  }
}

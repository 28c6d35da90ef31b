import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Order } from '../contract/order.ts';
import { phoneKey } from './order-words.ts';

// Who ordered, over all channels (rule OR12): the same e-mail address is the same person, and so is the same customer of one
// channel. A phone says less, households share it: it finds who has told us no other address.

export const CUSTOMER_SCHEMA = `
  CREATE TABLE customers (c INTEGER PRIMARY KEY AUTOINCREMENT, has_mail INTEGER NOT NULL) STRICT;
  CREATE TABLE customer_keys (key TEXT PRIMARY KEY, c INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_of_customer ON customer_keys (c);
`;

interface Known {
  readonly c: number;
  readonly hasMail: boolean;
}

export class CustomerTable {
  readonly #key: StatementSync;
  readonly #put: StatementSync;
  readonly #insert: StatementSync;
  readonly #mail: StatementSync;
  readonly #merge: readonly StatementSync[];
  readonly #merged: (from: number, to: number) => void;

  /** `merged`: two were the same person; who holds orders that are not written yet is told. */
  constructor(db: DatabaseSync, merged: (from: number, to: number) => void) {
    this.#merged = merged;
    this.#key = db.prepare('SELECT c, has_mail FROM customer_keys JOIN customers USING (c) WHERE key = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO customer_keys VALUES (?, ?)');
    this.#insert = db.prepare('INSERT INTO customers VALUES (NULL, ?)');
    this.#mail = db.prepare('UPDATE customers SET has_mail = 1 WHERE c = ?');
    this.#merge = [
      db.prepare('UPDATE customer_keys SET c = :to WHERE c = :from'),
      db.prepare('UPDATE orders SET customer = :to WHERE customer = :from'),
      db.prepare(
        'UPDATE customers SET has_mail = max(has_mail, (SELECT has_mail FROM customers WHERE c = :from)) WHERE c = :to',
      ),
      db.prepare('DELETE FROM customers WHERE c = :from'),
    ];
    for (const statement of this.#merge) statement.setAllowUnknownNamedParameters(true);
  }

  /** Inside a commit: the order's customer. Undefined: nothing tells them from others. */
  of({ channel, customer: { id, email, phone }, shipTo }: Order): number | undefined {
    const mail = email?.trim().toLowerCase() ?? '';
    const strong = [
      ...(mail === '' ? [] : [`mail ${mail}`]),
      ...(id === undefined || id === '' ? [] : [`own ${channel} ${id}`]),
    ];
    const digits = phoneKey(phone) ?? phoneKey(shipTo?.phone);
    const weak = digits === undefined ? undefined : `phone ${digits}`;
    if (strong.length === 0 && weak === undefined) return undefined;
    const owners = strong.flatMap((key) => this.#ownerOf(key) ?? []);
    const byPhone = weak === undefined ? undefined : this.#ownerOf(weak);
    const hasMail = mail !== '' || owners.some((owner) => owner.hasMail);
    const isMeant = byPhone !== undefined && (!byPhone.hasMail || !hasMail);
    const c = this.#one([...owners, ...(isMeant ? [byPhone] : [])], mail !== '');
    for (const key of strong) this.#put.run(key, c);
    if (weak !== undefined && (byPhone === undefined || isMeant)) this.#put.run(weak, c);
    return c;
  }

  /** Who has this id on the wire, also one from before two were found to be the same. */
  find(id: string): number | undefined {
    const own = /^c(\d{1,15})$/.exec(id)?.[1];
    return own === undefined ? undefined : this.#ownerOf(`id ${own}`)?.c;
  }

  #ownerOf(key: string): Known | undefined {
    const found = this.#key.get(key);
    return found && { c: Number(found['c']), hasMail: found['has_mail'] === 1 };
  }

  /** The oldest of them, with all that the others had. */
  #one(owners: readonly Known[], hasMail: boolean): number {
    const [c = this.#begin(hasMail), ...others] = [...new Set(owners.map((owner) => owner.c))].toSorted(
      (a, b) => a - b,
    );
    for (const from of others) {
      for (const statement of this.#merge) statement.run({ from, to: c });
      this.#merged(from, c);
    }
    if (hasMail) this.#mail.run(c);
    return c;
  }

  #begin(hasMail: boolean): number {
    const c = Number(this.#insert.run(hasMail ? 1 : 0).lastInsertRowid);
    this.#put.run(`id ${c}`, c);
    return c;
  }
}

export const customerId = (c: number): string => `c${c}`;

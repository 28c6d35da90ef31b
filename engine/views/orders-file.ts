import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { putAside } from './carry-orders.ts';
import { CUSTOMER_SCHEMA } from './customer-table.ts';
import { PREFIX_CHARS_MAX } from './order-words.ts';
import { RULE_LOG_INDEX } from './rule-log.ts';

// orders.sqlite: a read model of the journal. It is written again whenever it does not fit: from what snapshots and journal
// keep, which are all orders that their shards have. What shards have forgotten longer ago than the journal reaches is only
// here, so a file that is replaced hands it on (carry-orders.ts).

/** Changes when the tables do, or what their rows say: an older file is written again. */
const ORDERS_LAYOUT = 1;

/*
 * `n` is an order's place in time: its ms since the epoch times 4,096, and a number of its own among those of that ms. So every
 * index, the one of words included, has orders in the order they are shown in, and goes on behind any of them.
 *
 * `words` keeps lists of beginnings of 2 to 5 letters beside those of whole words. `seen`: the snapshot the order was taken
 * from has its facts up to this one.
 */
const ORDERS_SCHEMA = `
  CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1), layout INTEGER NOT NULL, epoch TEXT NOT NULL,
    position INTEGER NOT NULL, lsns TEXT NOT NULL, first INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE orders (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL, number TEXT NOT NULL, of_channel TEXT NOT NULL, channel TEXT NOT NULL,
    status TEXT NOT NULL, queue TEXT, since REAL, at REAL NOT NULL, customer INTEGER, total REAL NOT NULL,
    currency TEXT NOT NULL, seen INTEGER NOT NULL, gone INTEGER NOT NULL, row TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX by_id ON orders (id);
  CREATE INDEX by_number ON orders (number);
  CREATE INDEX by_channel_order ON orders (of_channel);
  CREATE INDEX by_channel ON orders (channel, status);
  CREATE INDEX by_status ON orders (status);
  CREATE INDEX by_queue ON orders (queue, since) WHERE queue IS NOT NULL;
  CREATE INDEX by_change ON orders (at);
  CREATE INDEX by_customer ON orders (customer) WHERE customer IS NOT NULL;
  CREATE TABLE bodies (n INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE order_nodes (node TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (node, n)) STRICT, WITHOUT ROWID;
  CREATE TABLE order_counts (
    channel TEXT NOT NULL, status TEXT NOT NULL, queue TEXT NOT NULL, orders INTEGER NOT NULL,
    PRIMARY KEY (channel, status, queue)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE timeline (n INTEGER NOT NULL, lsn INTEGER NOT NULL, at REAL NOT NULL, told TEXT NOT NULL, PRIMARY KEY (n, lsn))
    STRICT, WITHOUT ROWID;
  CREATE TABLE decisions (n INTEGER NOT NULL, lsn INTEGER NOT NULL, at REAL NOT NULL, ask INTEGER NOT NULL, packed BLOB NOT NULL,
    PRIMARY KEY (n, lsn)) STRICT;
  CREATE VIRTUAL TABLE words USING fts5(
    who, what, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii',
    prefix = '${Array.from({ length: PREFIX_CHARS_MAX - 1 }, (_, index) => index + 2).join(' ')}'
  );
  ${CUSTOMER_SCHEMA}
`;

export interface OrdersProgress {
  /** Newest position of the journal that is in the file. */
  readonly position: number;
  /** Newest lsn of each order shard. */
  readonly lsns: readonly number[];
  /** Oldest position that is in it. */
  readonly first: number;
}

/** The one connection that writes, and that reads for those who ask: queries come between two commits. */
export class OrdersFile {
  readonly db: DatabaseSync;
  readonly #save: StatementSync;

  private constructor(db: DatabaseSync) {
    this.db = db;
    this.#save = db.prepare('UPDATE progress SET position = ?, lsns = ?');
  }

  /** Undefined when the file is not one of this journal, or none that can be read. */
  static openExisting(path: string, epoch: string): OrdersFile | undefined {
    let db: DatabaseSync | undefined;
    try {
      db = connect(path);
      const row = db.prepare('SELECT layout, epoch FROM progress').get();
      if (row?.['layout'] === ORDERS_LAYOUT && row['epoch'] === epoch) {
        db.exec(RULE_LOG_INDEX);
        return new OrdersFile(db);
      }
    } catch {
      // Not a database, or another program's: it is written again, like one of another journal.
    }
    db?.close();
    return undefined;
  }

  /** A new one; what was there is put aside. Until it is begun it is none that a later start would go on with. */
  static create(path: string): OrdersFile {
    putAside(path, hasBegun(path));
    const db = connect(path);
    db.exec(`${ORDERS_SCHEMA}; ${RULE_LOG_INDEX}`);
    return new OrdersFile(db);
  }

  /** It goes on with the position `first`. */
  begin(epoch: string, first: number): void {
    this.db.prepare('INSERT INTO progress VALUES (1, ?, ?, ?, ?, ?)').run(ORDERS_LAYOUT, epoch, first - 1, '[]', first);
  }

  progress(): OrdersProgress {
    const row = this.db.prepare('SELECT position, lsns, first FROM progress').get();
    return {
      position: Number(row?.['position']),
      lsns: JSON.parse(String(row?.['lsns'])) as number[],
      first: Number(row?.['first']),
    };
  }

  /** Everything `write` adds is committed together with the progress it returns. */
  commit(write: () => OrdersProgress | undefined): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const progress = write();
      if (progress !== undefined) this.#save.run(progress.position, JSON.stringify(progress.lsns));
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.db.close();
  }
}

/** Whatever its layout. */
function hasBegun(path: string): boolean {
  let db: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) return false;
    db = connect(path);
    return db.prepare('SELECT 1 FROM progress').get() !== undefined;
  } catch {
    return false;
  } finally {
    if (db?.isOpen === true) db.close();
  }
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  // As ledger.sqlite (ledger-file.ts).
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8192;
    PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY`);
  return db;
}

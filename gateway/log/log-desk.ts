import type { DatabaseSync } from 'node:sqlite';
import { inOneCommit, openDeskFile } from '../desk/desk-file.ts';
import type { ParkedInfo } from '../protocol/log-bodies.ts';
import type { ParkedReach } from './parked-reach.ts';

// log-consumers.sqlite: what each consumer of a log has acknowledged, and the events that were parked. It belongs to one
// thread (log-store.worker.ts), because a sync takes its time.

/** Changes when the tables do. */
const LAYOUT = 1;

const SCHEMA = `
  CREATE TABLE consumers (
    ch TEXT NOT NULL, consumer TEXT NOT NULL, e TEXT NOT NULL, o INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (ch, consumer)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE parked (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ch TEXT NOT NULL, consumer TEXT NOT NULL, e TEXT NOT NULL, o INTEGER NOT NULL,
    eid TEXT NOT NULL, t REAL NOT NULL, d TEXT NOT NULL, code TEXT NOT NULL, msg TEXT, at REAL NOT NULL,
    tries INTEGER NOT NULL, state TEXT NOT NULL, UNIQUE (ch, consumer, eid)
  ) STRICT;
  PRAGMA user_version = ${LAYOUT};
`;

/** What a consumer has acknowledged: everything up to `o` of the epoch `e`. */
export interface Mark {
  readonly e: string;
  readonly o: number;
  /** When it was said last, ms since the epoch. */
  readonly at: number;
}

export interface ConsumerMark extends Mark {
  readonly ch: string;
  readonly consumer: string;
}

export interface ParkedDraft extends Omit<ParkedInfo, 'id' | 'd' | 'tries' | 'state'> {
  readonly ch: string;
  /** The event's body, JSON. */
  readonly d: string;
}

export interface ParkedEvent extends ParkedDraft, Pick<ParkedInfo, 'id' | 'tries' | 'state'> {}

export interface ParkedQuery extends ParkedReach {
  readonly consumer?: string;
  readonly state?: ParkedEvent['state'];
  /** Id of the last one of the page before. */
  readonly after?: number;
  readonly limit: number;
}

export type LogDesk = ReturnType<typeof createLogDesk>;

/** `parkedMax`: of one consumer. */
export function createLogDesk({ path, parkedMax }: { readonly path: string; readonly parkedMax: number }) {
  const db = openFile(path);
  const put = db.prepare('INSERT OR REPLACE INTO consumers VALUES (?, ?, ?, ?, ?)');
  const insert = db.prepare(
    `INSERT INTO parked (ch, consumer, e, o, eid, t, d, code, msg, at, tries, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'parked')
     ON CONFLICT (ch, consumer, eid) DO UPDATE SET
       e = excluded.e, o = excluded.o, code = excluded.code, msg = excluded.msg, at = excluded.at`,
  );
  return {
    marks: (): readonly ConsumerMark[] =>
      db.prepare('SELECT ch, consumer, e, o, at FROM consumers').all() as unknown as ConsumerMark[],
    /** One commit for all. */
    write(marks: readonly ConsumerMark[]): void {
      inOneCommit(db, () => {
        for (const { ch, consumer, e, o, at } of marks) put.run(ch, consumer, e, o, at);
      });
    },
    forget(ch: string, consumer: string): void {
      inOneCommit(db, () => {
        db.prepare('DELETE FROM consumers WHERE ch = ? AND consumer = ?').run(ch, consumer);
        db.prepare('DELETE FROM parked WHERE ch = ? AND consumer = ?').run(ch, consumer);
      });
    },
    /** An event that was parked before stays the one it was: a nack that is repeated after a crash parks nothing twice. */
    park({ ch, consumer, e, o, eid, t, d, code, msg, at }: ParkedDraft): 'parked' | 'full' {
      const known = db
        .prepare('SELECT id FROM parked WHERE ch = ? AND consumer = ? AND eid = ?')
        .get(ch, consumer, eid);
      const count = db.prepare('SELECT count(*) AS n FROM parked WHERE ch = ? AND consumer = ?').get(ch, consumer);
      if (known === undefined && Number(count?.['n']) >= parkedMax) return 'full';
      insert.run(ch, consumer, e, o, eid, t, d, code, msg, at);
      return 'parked';
    },
    /** The consumer gave back what was played again. */
    parkAgain(id: number, code: string, msg: string | null, at: number): void {
      db.prepare(`UPDATE parked SET state = 'parked', tries = tries + 1, code = ?, msg = ?, at = ? WHERE id = ?`).run(
        code,
        msg,
        at,
        id,
      );
    },
    parked({ ch, e, consumer, state, after = 0, limit }: ParkedQuery): readonly ParkedEvent[] {
      return db
        .prepare(
          `SELECT * FROM parked WHERE ch = :ch AND id > :after AND e = ifnull(:e, e) AND consumer = ifnull(:consumer, consumer)
           AND state = ifnull(:state, state) ORDER BY id LIMIT :limit`,
        )
        .all({
          ch,
          e: e ?? null,
          consumer: consumer ?? null,
          state: state ?? null,
          after,
          limit,
        }) as unknown as ParkedEvent[];
    },
    counts: (): readonly { readonly ch: string; readonly consumer: string; readonly parked: number }[] =>
      db.prepare('SELECT ch, consumer, count(*) AS parked FROM parked GROUP BY ch, consumer').all() as unknown as {
        ch: string;
        consumer: string;
        parked: number;
      }[],
    /** The consumer whose it is, or undefined when there is no such event. */
    replay({ ch, e }: ParkedReach, id: number): string | undefined {
      const row = db
        .prepare(`UPDATE parked SET state = 'replay' WHERE ch = ? AND e = ifnull(?, e) AND id = ? RETURNING consumer`)
        .get(ch, e ?? null, id);
      return row && String(row['consumer']);
    },
    discard({ ch, e }: ParkedReach, id: number): boolean {
      const gone = db.prepare('DELETE FROM parked WHERE ch = ? AND e = ifnull(?, e) AND id = ?').run(ch, e ?? null, id);
      return Number(gone.changes) > 0;
    },
    close: () => db.close(),
  };
}

function openFile(path: string): DatabaseSync {
  const db = openDeskFile(path);
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === 0) inOneCommit(db, () => db.exec(SCHEMA));
  if (version === 0 || version === LAYOUT) return db;
  db.close();
  throw new Error(`${path} has layout ${version}, this version reads ${LAYOUT}; start the version that wrote it`);
}

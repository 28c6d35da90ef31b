import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Fact } from '../contract/fact.ts';
import type { Notice, NoticesAsked, NoticesPage, PlacedNotice } from '../contract/notice.ts';

// Facts that outside systems want to hear of: a table beside the movements, written from the same journal, kept as long.

export const NOTICES_SCHEMA = `
  CREATE TABLE notices (position INTEGER PRIMARY KEY, at REAL NOT NULL, notice TEXT NOT NULL) STRICT;
`;

/**
 * Undefined for most facts: stock is told of by its changes. `isIntake`: of the shard that decides about silence; stock shards
 * write down the same when they are told.
 */
export function noticeOf(fact: Fact, isIntake: boolean): Notice | undefined {
  if (fact.fact === 'UnitsReleased' || fact.fact === 'ReservationEnded') {
    return fact.end === 'expired' ? { notice: 'expired', reservation: fact.id } : undefined;
  }
  if (fact.fact === 'LetterKept') {
    const { id, source, code, message, place } = fact.letter;
    return { notice: 'letter', id, source, code, message, place };
  }
  if (fact.fact === 'AutomationRan') {
    const { rule: automation, order, tells: text } = fact;
    return text === undefined ? undefined : { notice: 'automation', automation, order, text };
  }
  if (!isIntake) return undefined;
  if (fact.fact === 'NodeCameBack') return { notice: 'back', node: fact.node };
  if (fact.fact !== 'NodeWentStale') return undefined;
  const { source, since, switchedOff } = fact.silence;
  return { notice: 'silent', node: fact.node, source, since, switchedOff };
}

export class NoticeTable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare('INSERT INTO notices VALUES (?, ?, ?)');
  }

  add({ position, at, notice }: PlacedNotice): void {
    this.#insert.run(position, at, JSON.stringify(notice));
  }

  /** `kept`: the positions the ledger has. */
  page({ after, limit }: NoticesAsked, kept: { readonly first: number; readonly position: number }): NoticesPage {
    const notices = this.#db
      .prepare('SELECT position, at, notice FROM notices WHERE position > ? ORDER BY position LIMIT ?')
      .all(after, limit)
      .map(({ position, at, notice }) => {
        return { position: Number(position), at: Number(at), notice: JSON.parse(String(notice)) as Notice };
      });
    const last = notices.length === limit ? notices.at(-1) : undefined;
    return { notices, through: Math.max(after, last?.position ?? kept.position), first: kept.first };
  }

  dropBefore(position: number): void {
    this.#db.prepare('DELETE FROM notices WHERE position < ?').run(position);
  }
}

import type { DatabaseSync } from 'node:sqlite';
import { inOneCommit, openDeskFile } from '../desk/desk-file.ts';
import { CURSOR_SCHEMA, ENDPOINTS_SCHEMA, JOBS_SCHEMA } from './webhook-tables.ts';

/** Changes when the tables do. A file of a later version is left alone: the start says so. */
const LAYOUT = 2;

const SCHEMA = `
  CREATE TABLE layout (version INTEGER NOT NULL) STRICT;
  INSERT INTO layout VALUES (${LAYOUT});
  CREATE TABLE secrets (source TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
  CREATE TABLE seen (source TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (source, key)) STRICT,
    WITHOUT ROWID;
  CREATE INDEX seen_at ON seen (at);
  ${ENDPOINTS_SCHEMA}
  ${JOBS_SCHEMA}
  ${CURSOR_SCHEMA}
`;

/**
 * webhooks.sqlite: secrets, ids that have been, endpoints and what is still to be delivered. Its one connection lives in the
 * webhook thread.
 */
export function openWebhookFile(path: string): DatabaseSync {
  const db = openDeskFile(path);
  db.exec('PRAGMA foreign_keys = ON');
  const isNew = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0;
  if (isNew) inOneCommit(db, () => db.exec(SCHEMA));
  const version = db.prepare('SELECT version FROM layout').get()?.['version'];
  if (version === LAYOUT) return db;
  db.close();
  throw new Error(
    `${path} has layout ${String(version)}, this version reads ${LAYOUT}; start the version that wrote it`,
  );
}

// Tables of webhooks.sqlite beside those of secrets and ids.

export const ENDPOINTS_SCHEMA = `
  CREATE TABLE endpoints (id TEXT PRIMARY KEY, row TEXT NOT NULL) STRICT;
`;

export const JOBS_SCHEMA = `
  CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL REFERENCES endpoints ON DELETE CASCADE,
    event TEXT NOT NULL REFERENCES events, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
    put_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX jobs_due ON jobs (endpoint, next_at) WHERE state = 'waiting';
  CREATE INDEX jobs_of_endpoint ON jobs (endpoint, id);
  CREATE INDEX jobs_of_event ON jobs (event);
  CREATE TABLE attempts (
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE, at INTEGER NOT NULL, ms INTEGER NOT NULL, status INTEGER,
    fault TEXT, answer TEXT NOT NULL
  ) STRICT;
  CREATE INDEX attempts_of_job ON attempts (job);
`;

export const CURSOR_SCHEMA = `
  CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), row TEXT NOT NULL) STRICT;
`;

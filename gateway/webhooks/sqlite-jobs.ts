import type { DatabaseSync } from 'node:sqlite';
import type { EventType } from './event-types.ts';
import type { AttemptResult } from './http-attempt.ts';
import type { Job, JobNext, Jobs, NewJob } from './jobs.ts';
import type { OutgoingEvent } from './outgoing-event.ts';
import { inOneCommit } from '../desk/desk-file.ts';

/** Settled jobs deleted per job that is settled: more than come, so that the log comes down to its bound. */
const DROPPED_AT_ONCE = 20;

/** Attempts kept per job: two rounds of them, after a replay. */
const ATTEMPTS_KEPT = 20;
const OLDER_ATTEMPTS =
  'DELETE FROM attempts WHERE rowid IN (SELECT rowid FROM attempts WHERE job = ? ORDER BY rowid DESC';

export interface JobBounds {
  /** Jobs that wait per endpoint. */
  readonly queueMax: number;
  /** Settled jobs kept per endpoint: the delivery log. */
  readonly logMax: number;
}

/** Jobs in webhooks.sqlite. */
export class SqliteJobs implements Jobs {
  readonly #db: DatabaseSync;
  readonly #bounds: JobBounds;
  readonly #now: () => number;
  /** Jobs that wait, per endpoint. */
  readonly #waiting = new Map<string, number>();

  constructor(db: DatabaseSync, bounds: JobBounds, now: () => number) {
    this.#db = db;
    this.#bounds = bounds;
    this.#now = now;
    const counts = db.prepare(`SELECT endpoint, count(*) AS jobs FROM jobs WHERE state = 'waiting' GROUP BY endpoint`);
    for (const { endpoint, jobs } of counts.all()) this.#waiting.set(String(endpoint), Number(jobs));
  }

  async put(jobs: readonly NewJob[]): Promise<readonly string[]> {
    const leftOut: string[] = [];
    inOneCommit(this.#db, () => {
      for (const job of jobs) leftOut.push(...this.#putOne(job));
    });
    return leftOut;
  }

  #putOne({ event: { id, type, at, body }, endpoints }: NewJob): readonly string[] {
    const full = endpoints.filter((endpoint) => this.waiting(endpoint) >= this.#bounds.queueMax);
    if (full.length === endpoints.length) return full;
    const add = this.#db.prepare('INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?)');
    if (Number(add.run(id, type, Math.floor(at), body).changes) === 0) return [];
    const addJob = this.#db.prepare(
      `INSERT INTO jobs (endpoint, event, state, attempts, next_at, put_at) VALUES (?1, ?2, 'waiting', 0, ?3, ?3)`,
    );
    for (const endpoint of endpoints.filter((one) => !full.includes(one))) {
      addJob.run(endpoint, id, Math.floor(this.#now()));
      this.#count(endpoint, 1);
    }
    return full;
  }

  async due(endpoint: string, nowMs: number, limit: number): Promise<readonly Job[]> {
    return this.#db
      .prepare(
        `SELECT jobs.id, endpoint, attempts, event, type, body FROM jobs JOIN events ON events.id = event
         WHERE state = 'waiting' AND endpoint = ? AND next_at <= ? ORDER BY next_at, jobs.id LIMIT ?`,
      )
      .all(endpoint, Math.floor(nowMs), limit)
      .map((row) => ({
        id: Number(row['id']),
        endpoint: String(row['endpoint']),
        attempts: Number(row['attempts']),
        event: { id: String(row['event']), type: String(row['type']) as EventType, body: String(row['body']) },
      }));
  }

  async nextAt(endpoint: string): Promise<number> {
    const next = this.#db.prepare(`SELECT min(next_at) AS at FROM jobs WHERE state = 'waiting' AND endpoint = ?`);
    const at = next.get(endpoint)?.['at'];
    return typeof at === 'number' ? at : Infinity;
  }

  /** A job that was deleted while it was attempted leaves no trace. */
  async settle(job: number, at: number, result: AttemptResult, next: JobNext): Promise<void> {
    inOneCommit(this.#db, () => this.#settle(job, at, result, next));
  }

  #settle(job: number, at: number, { status, fault, ms, answer }: AttemptResult, next: JobNext): void {
    const nextAt = next.state === 'waiting' ? Math.ceil(next.nextAt) : 0;
    const change = this.#db.prepare(
      'UPDATE jobs SET state = ?, attempts = attempts + 1, next_at = ? WHERE id = ? RETURNING endpoint',
    );
    const endpoint = change.get(next.state, nextAt, job)?.['endpoint'];
    if (endpoint === undefined) return;
    this.#db
      .prepare('INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?)')
      .run(job, Math.floor(at), ms, status ?? null, fault ?? null, answer);
    this.#db.prepare(`${OLDER_ATTEMPTS} LIMIT -1 OFFSET ${ATTEMPTS_KEPT})`).run(job);
    if (next.state === 'waiting') return;
    this.#count(String(endpoint), -1);
    this.#trim(String(endpoint));
  }

  /** Jobs that wait for the endpoint. */
  waiting(endpoint: string): number {
    return this.#waiting.get(endpoint) ?? 0;
  }

  /** A delivery that was tried by hand: it is in the log, and nothing waits. */
  async log(endpoint: string, event: OutgoingEvent, at: number, result: AttemptResult, state: 'delivered' | 'failed') {
    await this.put([{ event, endpoints: [endpoint] }]);
    const id = this.#db.prepare('SELECT id FROM jobs WHERE endpoint = ? AND event = ?').get(endpoint, event.id)?.['id'];
    if (id !== undefined) await this.settle(Number(id), at, result, { state });
  }

  /** Settled jobs are due again, as if they had just come: the same event, the same id. Returns how many. */
  replay(endpoint: string, which: { readonly job: number } | { readonly state: 'failed' }, limit: number): number {
    const room = Math.max(0, this.#bounds.queueMax - this.waiting(endpoint));
    const [part, value] = 'job' in which ? (['id = ?', which.job] as const) : (['state = ?', which.state] as const);
    const { changes } = this.#db
      .prepare(
        `UPDATE jobs SET state = 'waiting', attempts = 0, next_at = ? WHERE id IN
         (SELECT id FROM jobs WHERE endpoint = ? AND state <> 'waiting' AND ${part} ORDER BY id LIMIT ?)`,
      )
      .run(Math.floor(this.#now()), endpoint, value, Math.min(limit, room));
    this.#count(endpoint, Number(changes));
    return Number(changes);
  }

  /** The endpoint was deleted, and its jobs with it. */
  forget(endpoint: string): void {
    this.#waiting.delete(endpoint);
    this.#db.exec('DELETE FROM events WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE event = events.id)');
  }

  #count(endpoint: string, by: number): void {
    this.#waiting.set(endpoint, this.waiting(endpoint) + by);
  }

  #trim(endpoint: string): void {
    const dropped = this.#db
      .prepare(
        `DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE endpoint = ?1 AND state <> 'waiting' AND id <=
           (SELECT id FROM jobs WHERE endpoint = ?1 AND state <> 'waiting' ORDER BY id DESC LIMIT 1 OFFSET ?2)
         ORDER BY id LIMIT ?3) RETURNING event`,
      )
      .all(endpoint, this.#bounds.logMax, DROPPED_AT_ONCE);
    const forget = this.#db.prepare(
      'DELETE FROM events WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE event = ?1)',
    );
    for (const { event } of dropped) forget.run(String(event));
  }
}

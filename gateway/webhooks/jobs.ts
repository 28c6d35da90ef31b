import type { AttemptResult } from './http-attempt.ts';
import type { OutgoingEvent } from './outgoing-event.ts';

// Work for outside that must not be lost: what is to be delivered, to whom, when next. Embedded it is SQLite
// (sqlite-jobs.ts); a queue server can stand behind the same port.

export interface Job {
  readonly id: number;
  readonly endpoint: string;
  readonly event: Pick<OutgoingEvent, 'id' | 'type' | 'body'>;
  /** Attempts made since it was put or replayed. */
  readonly attempts: number;
}

/** What becomes of a job after an attempt. */
export type JobNext =
  | { readonly state: 'delivered' }
  | { readonly state: 'failed' }
  | { readonly state: 'waiting'; readonly nextAt: number };

export interface NewJob {
  readonly event: OutgoingEvent;
  /** At least one. */
  readonly endpoints: readonly string[];
}

/** Whatever it is asked to keep is durable when the promise resolves. Bounded: see `put`. */
export interface Jobs {
  /**
   * One job per event and endpoint, at once due. An event whose id is known makes none. Returns for which endpoints there
   * was no room, one entry per event that was left out.
   */
  put(jobs: readonly NewJob[]): Promise<readonly string[]>;
  /** Those whose time has come, the longest due first. Nothing is taken away: until it is settled a job is there. */
  due(endpoint: string, nowMs: number, limit: number): Promise<readonly Job[]>;
  /** When the next one is due, ms since the epoch; Infinity: none waits. */
  nextAt(endpoint: string): Promise<number>;
  settle(job: number, at: number, result: AttemptResult, next: JobNext): Promise<void>;
}

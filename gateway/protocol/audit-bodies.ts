// What staff have done over HTTP.

/** One command: `at` when it was let in, `what` its route, `path` what it was about, `about` its body without secrets. */
export interface AuditEntry {
  readonly id: number;
  readonly at: number;
  /** Name of the key, or `jwt:` and the token's subject. */
  readonly by: string;
  readonly what: string;
  readonly path: string;
  readonly about?: string;
  /** HTTP status it was answered with; absent: it was let in and the server stopped before it was answered. */
  readonly status?: number;
  /** Of a refusal. */
  readonly code?: string;
}

/** `GET /v1/audit?by=&what=&from=&to=&after=&limit=` (scope `ops`, no limits), the newest first. `next` goes into `after`. */
export interface AuditTrail {
  readonly entries: readonly AuditEntry[];
  readonly next?: number;
}

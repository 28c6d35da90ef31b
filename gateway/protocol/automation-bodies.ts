// Bodies of the routes under /v1/automations (rule OR10).

/** `POST /v1/automations/dry-run`: for which orders it would have run, judged by how they stand now. */
export interface AutomationTrialInfo {
  /** Orders looked at. */
  readonly orders: number;
  /** For how many of them it would have run. */
  readonly runs: number;
  /** The first 100 of these. */
  readonly ran: readonly { readonly order: string; readonly number: string; readonly placedAt: number }[];
}

/** `GET /v1/automations/{id}/log?after=&limit=`: what it did, the newest first. */
export interface RuleLogInfo {
  readonly runs: readonly {
    readonly at: number;
    /** Of the fact in history. */
    readonly position: string;
    readonly order: string;
    readonly number: string;
    readonly channel: string;
    /** `hold`, `tag`, `set-priority`, `re-source`, `cancel`, or `notify: ` and its text. */
    readonly did: string;
  }[];
  /** For `after`. */
  readonly next?: string;
  /** Position of history up to which everything is in it. */
  readonly through: number;
  /** More was durable, and did not come in time. */
  readonly behind?: true;
}

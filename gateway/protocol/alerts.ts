// The channel `alerts`: what somebody should look after. One key per kind of trouble, each with its whole small state, so a
// control tower that watches all kinds is warned the moment one begins, and sees it end.

export type AlertKind =
  | 'silent-nodes'
  | 'number-gaps'
  | 'slow-clocks'
  | 'held-changes'
  | 'dead-letters'
  | 'shortfalls'
  | 'invariants'
  | 'ledger';

/** How bad it is, and where all of it is read. */
export const ALERTS: Readonly<Record<AlertKind, Pick<AlertState, 'severity' | 'see'>>> = {
  /** Nodes whose owner has not been heard for longer than it may be. `amount`: ms that it may. */
  'silent-nodes': { severity: 'warning', see: '/v1/stats' },
  /** Sources of whose events numbers are missing. `amount`: so many. */
  'number-gaps': { severity: 'warning', see: '/v1/sources/{source}/gaps' },
  /** Sources whose clock seems to run behind. `amount`: minutes at most. */
  'slow-clocks': { severity: 'warning', see: '/v1/stats' },
  /** Changes that the brakes hold until somebody approves them. `amount`: how often each came. */
  'held-changes': { severity: 'warning', see: '/v1/dead-letters?code=waits-for-approval' },
  /** All open letters: what could not be understood or was refused, the held changes included. `amount` as there. */
  'dead-letters': { severity: 'warning', see: '/v1/dead-letters' },
  /** Positions that have less than is promised there. `amount`: units short. */
  shortfalls: { severity: 'critical', see: '/v1/shortfalls' },
  /** Sums that did not add up: a fault of ours. `amount`: so many. */
  invariants: { severity: 'critical', see: '/v1/stats' },
  /** The read model stands still or is far behind: ledger and search show the past. `amount`: facts, in 100,000s. */
  ledger: { severity: 'critical', see: '/v1/stats' },
};

export const ALERT_KINDS = Object.keys(ALERTS) as AlertKind[];

export interface AlertRow {
  readonly source?: string;
  readonly node?: string;
  readonly sku?: string;
  /** Of a letter. */
  readonly id?: string;
  /** What it counts depends on the kind: see ALERTS. */
  readonly amount: number;
  /** ms since the epoch; null: not known. */
  readonly since: number | null;
  readonly detail?: string;
}

/** `d` of `alerts`. */
export interface AlertState {
  readonly severity: 'warning' | 'critical';
  /** The route that shows all of it. */
  readonly see: string;
  /** How many there are; 0: all is well. Of `held-changes` no more than 100 are counted. */
  readonly count: number;
  /** Of the oldest that is shown, ms since the epoch; null: none, or not known. */
  readonly since: number | null;
  /** 20 at most: the oldest first, of letters the newest. */
  readonly rows: readonly AlertRow[];
}

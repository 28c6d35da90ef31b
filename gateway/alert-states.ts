import type { EngineStats, ReferenceView } from '../engine/api.ts';
import type { DeadLetter } from '../engine/contract/dead-letter.ts';
import type { Shortfall } from '../engine/contract/shortfall.ts';
import { ALERT_KINDS, ALERTS, type AlertKind, type AlertRow, type AlertState } from './protocol/alerts.ts';

/** Rows of one alert. */
export const ALERT_ROWS_MAX = 20;
/** Held changes that are counted. */
export const HELD_MAX = 100;
/** Facts that the read model may be behind: some seconds of a busy day. */
const LEDGER_LAG_MAX = 100_000;

export interface AlertInput {
  readonly stats: EngineStats;
  readonly reference: Pick<ReferenceView, 'sources'>;
  /** Open ones, newest first. */
  readonly letters: readonly DeadLetter[];
  /** Those of them that wait for approval, newest first. */
  readonly held: readonly DeadLetter[];
  /** Open longest first. */
  readonly shortfalls: readonly Shortfall[];
}

/**
 * What each kind of trouble looks like now. Nothing in it moves by itself (ages are told as `since`), so that a state is
 * pushed when an alert begins, changes and ends, and never for nothing.
 */
export function alertStates(input: AlertInput): ReadonlyMap<AlertKind, AlertState> {
  return new Map(ALERT_KINDS.map((kind) => [kind, alertState(kind, LOOKS[kind](input))]));
}

interface Look {
  readonly count: number;
  readonly rows: readonly AlertRow[];
}

function alertState(kind: AlertKind, { count, rows }: Look): AlertState {
  const shown = rows.slice(0, ALERT_ROWS_MAX);
  const times = shown.flatMap(({ since }) => (since === null ? [] : [since]));
  const since = times.length === 0 ? null : Math.min(...times);
  return { ...ALERTS[kind], count, since, rows: shown };
}

const LOOKS: Readonly<Record<AlertKind, (input: AlertInput) => Look>> = {
  'silent-nodes': ({ stats, reference }) => {
    const rows = stats.silent.map(({ source, node, since }) => {
      return { source, node, amount: reference.sources.get(source)?.freshMs ?? 0, since };
    });
    return { count: rows.length, rows: rows.toSorted((a, b) => a.since - b.since) };
  },
  'number-gaps': ({ stats }) => {
    const missing = stats.gaps.filter((one) => one.missing > 0);
    const rows = missing.map(({ source, streams, missing: amount, since }) => {
      return { source, amount, since, detail: `streams: ${streams}` };
    });
    return { count: rows.length, rows: rows.toSorted((a, b) => (a.since ?? 0) - (b.since ?? 0)) };
  },
  'slow-clocks': ({ stats }) => {
    // Whole minutes: the least delay of the newest events is another one each second.
    const rows = stats.slowClocks.map(({ source, behindMs }) => {
      return { source, amount: Math.floor(behindMs / 60_000), since: null };
    });
    return { count: rows.length, rows };
  },
  'held-changes': ({ held }) => ({ count: held.length, rows: held.map(letterRow) }),
  'dead-letters': ({ stats, letters }) => ({ count: stats.openLetters, rows: letters.map(letterRow) }),
  shortfalls: ({ stats, shortfalls }) => ({
    count: stats.health.reduce((sum, { short }) => sum + short, 0),
    rows: shortfalls.map(({ sku, node, units, since, by }) => {
      return { sku, node, amount: units, since, ...(by.source !== undefined && { source: by.source }) };
    }),
  }),
  invariants: ({ stats: { invariants } }) => {
    const { violations } = invariants;
    return { count: violations, rows: violations === 0 ? [] : [{ amount: violations, since: null }] };
  },
  ledger: ({ stats: { projector } }) => {
    const { lag, failed } = projector;
    const detail = failed ?? (lag > LEDGER_LAG_MAX ? 'it is far behind' : undefined);
    const amount = lag - (lag % LEDGER_LAG_MAX);
    return detail === undefined ? { count: 0, rows: [] } : { count: 1, rows: [{ amount, since: null, detail }] };
  },
};

function letterRow({ id, source, code, times, receivedAt }: DeadLetter): AlertRow {
  return { source, id, amount: times, since: receivedAt, detail: code };
}

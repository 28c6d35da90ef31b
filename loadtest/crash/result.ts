import type { Findings } from './findings.ts';
import type { Run } from './run.ts';

/** The last line of a run. */
export interface CrashResult {
  readonly cycles: number;
  readonly kills: number;
  /** Events, and answers to reservations, releases, orders and acts, that were acknowledged. */
  readonly acked: number;
  /** Orders, and acts about them at nodes and by hand, among these. */
  readonly orders: number;
  readonly acts: number;
  readonly ackedLost: number;
  readonly oversold: number;
  readonly doubleEffects: number;
  /** Units held for orders that account for none, and orders that did not end. */
  readonly leftHeld: number;
  /** Answers and ends that should not be, and what check:data found. */
  readonly unexpected: number;
  readonly restartMsP99: number;
}

export function resultOf({
  cycles,
  findings,
  runs,
}: {
  readonly cycles: number;
  readonly findings: Findings;
  readonly runs: readonly Pick<Run, 'host' | 'log'>[];
}): CrashResult {
  const restartMs = runs.flatMap(({ host }) => host.restartMs).toSorted((a, b) => a - b);
  const sum = (of: (run: Pick<Run, 'host' | 'log'>) => number): number => runs.reduce((all, run) => all + of(run), 0);
  return {
    cycles,
    kills: sum(({ host }) => host.kills),
    acked: sum(({ log }) => log.acked),
    orders: sum(({ log }) => log.orders.placed),
    acts: sum(({ log }) => log.orders.acts),
    ...findings.counts,
    restartMsP99: Math.round(restartMs[Math.ceil(restartMs.length * 0.99) - 1] ?? 0),
  };
}

export function isRight({ ackedLost, oversold, doubleEffects, leftHeld, unexpected }: CrashResult): boolean {
  return ackedLost + oversold + doubleEffects + leftHeld + unexpected === 0;
}

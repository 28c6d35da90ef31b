import type { Findings } from './findings.ts';
import type { Run } from './run.ts';

/** The last line of a run. */
export interface CrashResult {
  readonly cycles: number;
  readonly kills: number;
  /** Events, answers to reservations and releases that were acknowledged. */
  readonly acked: number;
  readonly ackedLost: number;
  readonly oversold: number;
  readonly doubleEffects: number;
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
    ...findings.counts,
    restartMsP99: Math.round(restartMs[Math.ceil(restartMs.length * 0.99) - 1] ?? 0),
  };
}

export function isRight({ ackedLost, oversold, doubleEffects, unexpected }: CrashResult): boolean {
  return ackedLost + oversold + doubleEffects + unexpected === 0;
}

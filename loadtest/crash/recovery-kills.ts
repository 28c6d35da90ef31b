import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkData } from './check-data.ts';
import { Findings } from './findings.ts';
import { type CrashResult, resultOf } from './result.ts';
import { Run } from './run.ts';
import { type Injection, injectionText, underStrace } from './strace.ts';

// Recovery is killed at each call by which it changes the disk, and what comes after is killed in its recovery, twice
// more. The call is the n-th of its kind in its thread; a kind is done when a recovery is through before its n-th.

export interface RecoveryKillsOptions {
  readonly seed: number;
  readonly say: (line: string) => void;
  readonly calls?: readonly string[];
  /** Calls of a kind at most. */
  readonly nthMax?: number;
}

const CALLS = ['pwrite64', 'fdatasync', 'fsync', '/^rename', '/^unlink', '/^link'];
/** More than a recovery has of any kind. */
const NTH_MAX = 60;
/** Kills that follow the first: three levels in all. */
const DEEPER = 2;
const LOAD_MS_MAX = 600;

export async function runRecoveryKills(options: RecoveryKillsOptions): Promise<CrashResult> {
  const { seed, say, calls: kinds = CALLS, nthMax = NTH_MAX } = options;
  const findings = new Findings(say);
  const run = new Run({ seed, findings });
  let cases = 0;
  try {
    for (const calls of kinds) {
      for (let nth = 1; nth <= nthMax; nth++) {
        await dieUnderLoad(run);
        if (!(await killRecovery(run, calls, nth))) break;
        cases += 1;
        for (let level = 0; level < DEEPER; level++) {
          await killRecovery(run, run.chance.pick(kinds), run.chance.between(1, nth + 1));
        }
      }
      say(`  ${calls}: ${cases} recoveries killed so far, ${run.log.acked} acknowledged`);
    }
    const last = await run.startAndAudit();
    await run.auditAll(last);
    await run.loadEnded(last);
    await last.child.stop();
    for (const fault of checkData(run.dataDir)) findings.add('unexpected', fault);
  } catch (error) {
    findings.add('unexpected', `case ${cases + 1} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await run.remove();
  }
  return resultOf({ cycles: cases, findings, runs: [run] });
}

/** What the recovery has to do: a tail to replay, perhaps a torn commit, half a snapshot. */
async function dieUnderLoad(run: Run): Promise<void> {
  const serving = await run.startAndAudit();
  const killed = wait(run.chance.between(50, LOAD_MS_MAX)).then(() => run.host.kill(serving.child));
  await run.loadUntil(serving, killed);
  await run.loadEnded(serving);
}

/** False when it was through before the call came. */
async function killRecovery(run: Run, calls: string, nth: number): Promise<boolean> {
  const injection: Injection = { calls, does: 'signal=SIGKILL', nth, kills: true };
  const { child, wire } = await run.host.startUnder(underStrace(injection, join(run.folder, 'strace')));
  await wire?.close();
  const end = wire === undefined ? await child.ended : await run.host.kill(child);
  await run.host.gone(child);
  if (wire !== undefined) return false;
  if (end.signal !== 'SIGKILL') {
    throw new Error(
      `${injectionText(injection)}: it ended with ${end.signal ?? end.code}\n${child.output().slice(-1_500)}`,
    );
  }
  return true;
}

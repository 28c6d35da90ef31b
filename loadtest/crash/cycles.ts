import { join } from 'node:path';
import { checkData } from './check-data.ts';
import { planCycle, untilEnding } from './endings.ts';
import { Findings } from './findings.ts';
import { type CrashResult, resultOf } from './result.ts';
import { PowerDisk } from './power-disk.ts';
import { Run } from './run.ts';
import type { ServerChild } from '../server-process.ts';

export interface CyclesOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly cycleMs: number;
  readonly say: (line: string) => void;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
  /** The power goes instead of the process: see power-disk.ts. */
  readonly powerCuts?: boolean;
}

/** Says how far it is at most so often, in ms. */
const SAY_MS = 10_000;

/** Load, kill -9 or a power cut, restart, compare; over and over on one folder. */
export async function runCycles(options: CyclesOptions): Promise<CrashResult> {
  const { cycles, seed, cycleMs, say, root, powerCuts = false } = options;
  const findings = new Findings(say);
  const run = new Run({ seed, findings, ...(root === undefined ? {} : { root }) });
  const disk = powerCuts ? new PowerDisk(run.folder, run.diskDir) : undefined;
  const die = async (child: ServerChild): Promise<void> => {
    disk?.copyUnder(child);
    await run.host.kill(child);
    disk?.mountCopy();
  };
  let said = performance.now();
  let done = 0;
  try {
    await run.host.warmUp();
    disk?.make();
    // The first start is killed like any other: a folder that is half made must become a whole one.
    for (let { startKills } = planCycle(run.chance, cycleMs); done < cycles; done++) {
      const plan = planCycle(run.chance, cycleMs);
      const serving = await run.startAndAudit(startKills, die);
      const killed = untilEnding(plan.ending, serving.child, join(run.dataDir, 'snapshots')).then(() => {
        if (!serving.child.running() && plan.ending.is !== 'while-stopping') {
          findings.add('unexpected', `the server ended by itself:\n${serving.child.output().slice(-2_000)}`);
        }
        return die(serving.child);
      });
      await run.loadUntil(serving, killed);
      await run.loadEnded(serving);
      ({ startKills } = plan);
      if (performance.now() - said > SAY_MS) {
        say(`  ${done + 1} of ${cycles} cycles, ${run.host.kills} kills, ${run.log.acked} acknowledged`);
        said = performance.now();
      }
    }
    const last = await run.startAndAudit();
    await run.auditAll(last);
    await run.loadEnded(last);
    await last.child.stop();
    for (const fault of checkData(run.dataDir)) findings.add('unexpected', fault);
  } catch (error) {
    findings.add('unexpected', `cycle ${done + 1} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await run.host.end();
    disk?.unmount();
    await run.remove();
  }
  return resultOf({ cycles: done, findings, runs: [run] });
}

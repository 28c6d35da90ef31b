import { join } from 'node:path';
import type { ServerEnd } from '../server-process.ts';
import { checkData } from './check-data.ts';
import { Findings } from './findings.ts';
import { BIRTH, RUNNING } from './injections.ts';
import { type CrashResult, resultOf } from './result.ts';
import { Run } from './run.ts';
import { type Injection, injectedTimes, injectionText, underStrace } from './strace.ts';

export interface FaultsOptions {
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
  readonly running?: readonly Injection[];
  readonly birth?: readonly Injection[];
}

export interface FaultsResult extends CrashResult {
  /** Cases in which the fault came about; in the others the server made fewer such calls. */
  readonly injected: number;
}

/** Requests of a case at most: enough for the highest count of calls. */
const REQUESTS_MAX = 600;
/** Exit code of a server whose journal or thread failed; a start that fails ends with 1. */
const CODE_FAILED = 70;

/** One fault, one end, one restart without it, one comparison; again and again on one folder, then on new ones. */
export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { seed, say, root, running = RUNNING, birth = BIRTH } = options;
  const findings = new Findings(say);
  const runs: Run[] = [];
  const begin = (): Run => {
    const run = new Run({ seed: seed + runs.length, findings, ...(root === undefined ? {} : { root }) });
    runs.push(run);
    return run;
  };
  let injected = 0;
  let cases = 0;
  const one = async (run: Run, injection: Injection): Promise<void> => {
    cases += 1;
    const times = await inject(run, injection, findings, say);
    if (times > 0) injected += 1;
  };
  try {
    const old = begin();
    for (const injection of running) {
      const serving = await old.startAndAudit();
      await serving.wire.close();
      await old.host.kill(serving.child);
      await one(old, injection);
    }
    await finish(old, findings);
    for (const injection of birth) {
      const run = begin();
      await one(run, injection);
      await finish(run, findings);
      await run.remove();
    }
  } catch (error) {
    findings.add('unexpected', `case ${cases} stopped: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    for (const run of runs) await run.remove();
  }
  return { ...resultOf({ cycles: cases, findings, runs }), injected };
}

async function inject(
  run: Run,
  injection: Injection,
  findings: Findings,
  say: (line: string) => void,
): Promise<number> {
  const output = join(run.folder, 'strace');
  const { child, wire } = await run.host.startUnder(underStrace(injection, output));
  if (wire !== undefined) {
    await run.open(wire);
    await run.loadUntil({ child, wire }, child.ended, REQUESTS_MAX);
    await run.loadEnded({ wire });
  }
  const endedByItself = !child.running() || (await soon(child.ended));
  const end = endedByItself ? await child.ended : await run.host.kill(child);
  await run.host.gone(child);
  const times = injection.kills ? Number(endedByItself && end.signal === 'SIGKILL') : injectedTimes(output);
  const how = endedByItself ? `ended with ${end.signal ?? end.code}` : 'went on';
  say(`  ${injectionText(injection)}: ${times > 0 ? how : 'never came'}`);
  if (times > 0 && !isRightEnd(end, endedByItself, wire !== undefined)) {
    findings.add('unexpected', `${injectionText(injection)}: it ${how}\n${child.output().slice(-1_500)}`);
  }
  if (times === 0 && endedByItself) {
    findings.add('unexpected', `without a fault it ${how}\n${child.output().slice(-1_500)}`);
  }
  return times;
}

/** Killed, or ended by itself with a code that says so: 70, or 1 while it started. */
function isRightEnd({ code, signal }: ServerEnd, endedByItself: boolean, listened: boolean): boolean {
  if (!endedByItself) return false;
  return signal === 'SIGKILL' || code === CODE_FAILED || (!listened && code !== 0);
}

/** How long a server that met a fault may take to end, in ms. */
const END_MS_MAX = 3_000;

async function soon(ended: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, END_MS_MAX, false);
  void ended.then(() => resolve(true));
  return promise.finally(() => clearTimeout(timer));
}

async function finish(run: Run, findings: Findings): Promise<void> {
  const last = await run.startAndAudit();
  await run.auditAll(last);
  await last.wire.close();
  await last.child.stop();
  for (const fault of checkData(run.dataDir)) findings.add('unexpected', fault);
}

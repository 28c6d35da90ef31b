import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkData } from './check-data.ts';
import { Findings } from './findings.ts';
import { must } from './power-disk.ts';
import { type CrashResult, resultOf } from './result.ts';
import { Run } from './run.ts';

// A small disk (tmpfs) that somebody else fills while the server works. Whatever it wanted to write next is refused by
// the kernel as it is, without a tracer: the server must end, acknowledge nothing after it, and be whole again once
// there is room.

export interface FullDiskOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly cycleMs: number;
  readonly say: (line: string) => void;
}

/** One segment of 64 MiB, snapshots, the ledger, and as much again. */
const DISK_MIB = 160;
/** Too little for the first segment. */
const TINY_MIB = 16;
/** A snapshot of this small retailer is written every 60 facts of a shard, so the full disk is met well within this, in ms. */
const MET_MS_MAX = 30_000;
const CODE_FAILED = 70;
const FILL_TRIES_MAX = 50;

export function fullDiskMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'a full disk needs root, to mount a small one';
  return existsSync('/usr/bin/fallocate') ? undefined : 'a full disk needs fallocate (util-linux)';
}

export async function runFullDisk({ cycles, seed, cycleMs, say }: FullDiskOptions): Promise<CrashResult> {
  const findings = new Findings(say);
  const run = new Run({ seed, findings });
  const filler = join(run.diskDir, 'filler');
  let done = 0;
  try {
    await run.host.warmUp();
    must('mount', '-t', 'tmpfs', '-o', `size=${TINY_MIB}m`, 'tmpfs', run.diskDir);
    await birth(run, findings);
    must('mount', '-o', `remount,size=${DISK_MIB}m`, run.diskDir);
    for (; done < cycles; done++) {
      const serving = await run.startAndAudit();
      const full = wait(run.chance.between(0, Math.round(cycleMs))).then(() => {
        fill(run.diskDir, filler, run.chance.between(0, 64 * 1024));
        return Promise.race([serving.child.ended, wait(MET_MS_MAX)]);
      });
      await run.loadUntil(serving, full);
      await run.loadEnded(serving);
      await judgeEnd(run, serving, findings);
      await restartFull(run, findings);
      rmSync(filler);
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
    must('umount', run.diskDir);
    await run.remove();
  }
  return resultOf({ cycles: done, findings, runs: [run] });
}

/** A folder that cannot be made says so; what it left half made is no hindrance once there is room. */
async function birth(run: Run, findings: Findings): Promise<void> {
  const child = run.host.spawn();
  const listened = await child.ready.then(
    () => true,
    () => false,
  );
  const { code } = listened ? await run.host.kill(child) : await child.ended;
  if (listened || code === 0) findings.add('unexpected', `a server began on ${TINY_MIB} MiB`);
  if (!/ENOSPC|is the disk full/.test(child.output()))
    findings.add('unexpected', `no word of the disk:\n${child.output()}`);
}

/** Everything but so many bytes; the server may take some of them in this very moment. */
function fill(dir: string, filler: string, spareBytes: number): void {
  for (let tries = 1; ; tries++) {
    const { bavail, bsize } = statfsSync(dir);
    const bytes = Math.max(bsize, bavail * bsize - spareBytes);
    const { status, stderr } = spawnSync('fallocate', ['-l', String(bytes), filler], { encoding: 'utf8' });
    if (status === 0) return;
    if (tries >= FILL_TRIES_MAX) throw new Error(`the disk could not be filled: ${stderr}`);
  }
}

async function judgeEnd(
  run: Run,
  { child }: Awaited<ReturnType<Run['startAndAudit']>>,
  findings: Findings,
): Promise<void> {
  if (child.running()) {
    findings.add('unexpected', 'the server went on although nothing could be written');
    await run.host.kill(child);
    return;
  }
  const { code, signal } = await child.ended;
  if (code !== CODE_FAILED)
    findings.add('unexpected', `it ended with ${signal ?? code}\n${child.output().slice(-1_500)}`);
}

/** On a full disk a start may succeed or not; either way the next one has everything. */
async function restartFull(run: Run, findings: Findings): Promise<void> {
  const child = run.host.spawn();
  const listened = await child.ready.then(
    () => true,
    () => false,
  );
  const { code } = listened ? await run.host.kill(child) : await child.ended;
  if (!listened && code === 0) findings.add('unexpected', `a start on a full disk ended with 0\n${child.output()}`);
}

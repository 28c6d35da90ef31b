import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'hdr-histogram-js';
import type { Engine } from '../api.ts';
import { THREAD_ROLES, threadTimes, type ThreadRole, type ThreadTimes } from './thread-cpu.ts';

/** One row of the table. CPU is per operation and thread: it hardly depends on what else the machine does, rates do. */
export interface BenchRow {
  readonly row: string;
  readonly operations: number;
  readonly perSecond: number;
  readonly microsP50: number;
  readonly microsP99: number;
  readonly cpuMicros: Readonly<Record<ThreadRole | 'all', number>>;
  /** Cores the process had in the time. */
  readonly cores: number;
  /** Time its threads waited for a core, in cores: 0 on a quiet machine. */
  readonly waited: number;
}

/** Does something `count` times in all and says how long each took, ms. */
export interface Load {
  readonly row: string;
  /** Whether one follows and is to be waited for. */
  readonly projector: boolean;
  /** Operations. */
  readonly count: number;
  /** Callers that wait for their answer each. */
  readonly inFlight: number;
  /** Operations of one call. */
  readonly perCall: number;
  /** `from`: the first operation of this call. */
  readonly call: (from: number) => Promise<unknown>;
}

/** As fast as answers come. */
export async function closedLoop(engine: Engine, load: Load): Promise<BenchRow> {
  const micros = newHistogram();
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < load.count) {
      const from = next;
      next += load.perCall;
      const asked = performance.now();
      await load.call(from);
      micros.recordValue(microsSince(asked));
    }
  };
  return measured(engine, load, micros, async () => {
    await Promise.all(Array.from({ length: Math.ceil(load.inFlight / load.perCall) }, caller));
  });
}

/** At its time whatever the answers do; latency counts from the intended time of sending. */
export async function openLoop(engine: Engine, load: Load, perSecond: number): Promise<BenchRow> {
  const micros = newHistogram();
  return measured(engine, load, micros, async () => {
    const answers: Promise<void>[] = [];
    const started = performance.now();
    for (let from = 0; from < load.count; from += load.perCall) {
      const at = started + (from / perSecond) * 1_000;
      const early = at - performance.now();
      if (early > 0) await sleep(early);
      answers.push(load.call(from).then(() => micros.recordValue(microsSince(at))));
    }
    await Promise.all(answers);
  });
}

async function measured(
  engine: Engine,
  { row, count, projector }: Load,
  micros: ReturnType<typeof newHistogram>,
  run: () => Promise<void>,
): Promise<BenchRow> {
  const before = threadTimes();
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  const after = threadTimes();
  const projected = projector ? await caughtUp(engine) : after;
  return {
    row,
    operations: count,
    perSecond: Math.round(count / (ms / 1_000)),
    microsP50: micros.getValueAtPercentile(50),
    microsP99: micros.getValueAtPercentile(99),
    cpuMicros: perOperation({ ...after, projector: projected.projector }, before, count),
    cores: rounded((user + system) / 1_000 / ms),
    waited: rounded(sumOf(after, before, 'waitedMs') / ms),
  };
}

/** The projector follows in its own time: all it costs belongs to the row, however late. */
async function caughtUp(engine: Engine): Promise<ThreadTimes> {
  while ((await engine.stats()).projector.lag > 0) await sleep(50);
  return threadTimes();
}

function perOperation(after: ThreadTimes, before: ThreadTimes, count: number): BenchRow['cpuMicros'] {
  const each = THREAD_ROLES.map((role): [ThreadRole | 'all', number] => {
    return [role, rounded(((after[role].ranMs - before[role].ranMs) * 1_000) / count)];
  });
  const all = rounded(each.reduce((sum, [, micros]) => sum + micros, 0));
  return Object.fromEntries([...each, ['all', all]]) as BenchRow['cpuMicros'];
}

function sumOf(after: ThreadTimes, before: ThreadTimes, what: 'ranMs' | 'waitedMs'): number {
  return THREAD_ROLES.reduce((sum, role) => sum + after[role][what] - before[role][what], 0);
}

function newHistogram() {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });
}

const microsSince = (atMs: number): number => Math.max(1, Math.round((performance.now() - atMs) * 1_000));
const rounded = (value: number): number => Math.round(value * 100) / 100;

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ALL_PLANTED, catchPlanted, SEEDS_MAX } from './planted/all-planted.ts';
import type { Run } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';

// npm run sim -- --seeds N [--seed S] [--seconds T] [--planted]
// The whole engine under a seed, beside a slow obvious model. Exit 1 when a seed saw something that must never be.

const USAGE = `npm run sim -- [options]
  --seeds <count>  1000  how many; 1 when only --seed is given
  --seed <number>  1     the first
  --seconds <s>          begins none after that long
  --planted              plants bugs instead, each of which must be found`;
const SEEDS_DEFAULT = 1_000;
/** With --seconds and no --seeds: more than any machine runs in an hour. */
const SEEDS_IN_TIME_MAX = 10_000_000;
/** Failures printed whole; there may be thousands of one kind. */
const FAILURES_SHOWN = 3;
/** Seeds between two lines of progress. */
const PROGRESS_EVERY = 2_000;

const options = readOptions();
if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(USAGE);
} else if (typeof options === 'string') {
  console.error(`${options}\n\n${USAGE}`);
  process.exitCode = 2;
} else if (options.planted) {
  process.exitCode = await plantAll(options.from);
} else {
  process.exitCode = await simulate(options);
}

interface Options {
  readonly from: number;
  readonly seeds: number;
  /** Infinity: until all are run. */
  readonly forMs: number;
  readonly planted: boolean;
}

async function simulate({ from, seeds, forMs }: Options): Promise<number> {
  const start = performance.now();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const timer = forMs === Infinity ? undefined : setTimeout(() => Atomics.store(stop, 0, 1), forMs);
  const total = await runSeeds({ from, seeds, threads: availableParallelism(), stop }, (run, soFar) => {
    if (run.failure !== undefined && soFar.violations <= FAILURES_SHOWN) show(run);
    if (soFar.seeds % PROGRESS_EVERY === 0) console.log(`${soFar.seeds} seeds, ${soFar.violations} violations`);
  });
  clearTimeout(timer);
  const seconds = (performance.now() - start) / 1_000;
  console.log(`${(total.seeds / seconds).toFixed(1)} seeds/s`);
  console.log(JSON.stringify(total));
  return total.violations === 0 ? 0 : 1;
}

function show({ seed, failure }: Run): void {
  const { why, lastSteps } = failure ?? { why: '', lastSteps: [] };
  console.log([`seed ${seed}, the last steps:`, ...lastSteps.map((line) => `  ${line}`), why].join('\n'));
  console.log(`again: npm run sim -- --seeds 1 --seed ${seed}\n`);
}

async function plantAll(from: number): Promise<number> {
  let caught = 0;
  console.log(`${'planted'.padEnd(62)}seeds  found as`);
  for (const planted of ALL_PLANTED) {
    const found = await catchPlanted(planted, from);
    if (found !== undefined) caught++;
    const told = found === undefined ? `not in ${SEEDS_MAX} seeds` : `${String(found.seeds).padStart(5)}  ${found.why}`;
    console.log(`${planted.name.padEnd(62)}${told.slice(0, 110)}`);
  }
  console.log(JSON.stringify({ planted: ALL_PLANTED.length, caught }));
  return caught === ALL_PLANTED.length ? 0 : 1;
}

function readOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string' },
        seed: { type: 'string' },
        seconds: { type: 'string' },
        planted: { type: 'boolean', default: false },
      },
    });
    const from = Number(values.seed ?? 1);
    if (!Number.isSafeInteger(from)) return `--seed must be a whole number, got ${values.seed}`;
    const seconds = Number(values.seconds ?? Infinity);
    if (!(seconds > 0)) return `--seconds must be > 0, got ${values.seconds}`;
    const all = seconds < Infinity ? SEEDS_IN_TIME_MAX : values.seed === undefined ? SEEDS_DEFAULT : 1;
    const seeds = Number(values.seeds ?? all);
    if (!Number.isSafeInteger(seeds) || seeds < 1) return `--seeds must be at least 1, got ${values.seeds}`;
    return { from, seeds, forMs: seconds * 1_000, planted: values.planted };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

import { runCommand } from '../command-line.ts';
import { machine, machineLine } from '../machine.ts';
import { engineRows } from './engine-rows.ts';
import { httpRow } from './http-row.ts';
import { type Group, type Options, readOptions, USAGE } from './options.ts';
import { postgresRows } from './postgres-rows.ts';
import { redisRows } from './redis-rows.ts';
import { type ScaleRow, scaleRow, scaleTable } from './scale-rows.ts';
import { medians, type Row, type Skipped, table } from './row.ts';

// npm run bench [-- --runs 3 --json]
// The engine beside what a retailer would use instead, on the same work, one after the other in one run.

await runCommand({ usage: USAGE, read: readOptions, run });

async function run(options: Options): Promise<number> {
  const { only, operations, runs, json } = options;
  // What is under way goes to the other stream: with --json the output is one line.
  const say = (line: string): void => console.error(`  ${line}`);
  const measure: Readonly<Record<Exclude<Group, 'scale'>, () => Promise<readonly Row[] | Skipped>>> = {
    engine: () => engineRows(operations),
    http: async () => [await httpRow(operations)],
    redis: () => redisRows(operations, say),
    postgres: () => postgresRows(say),
  };
  const all: Row[][] = [];
  const skipped = new Map<string, string>();
  for (let run = 1; run <= runs; run++) {
    const rows: Row[] = [];
    for (const [group, ask] of Object.entries(measure)) {
      if (!only.includes(group as Group)) continue;
      say(`run ${run} of ${runs}: ${group}`);
      const measured = await ask();
      if ('why' in measured) skipped.set(measured.who, measured.why);
      else rows.push(...measured);
    }
    all.push(rows);
  }
  const sizes: ScaleRow[] = [];
  for (const positions of only.includes('scale') ? options.positions : []) {
    say(`scale: ${positions} positions`);
    sizes.push(await scaleRow(positions, operations));
  }
  const rows = medians(all);
  if (json) {
    console.log(JSON.stringify({ ...machine(), runs: all, rows, sizes, skipped: Object.fromEntries(skipped) }));
  } else {
    console.log(`${machineLine()}, medians of ${runs}`);
    if (rows.length > 0) console.log(`\n${table(rows)}`);
    if (sizes.length > 0) console.log(`\n${scaleTable(sizes)}`);
    for (const [who, why] of skipped) console.log(`\n${who} skipped: ${why}`);
  }
  return 0;
}

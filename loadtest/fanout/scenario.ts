import { machine, machineLine } from '../machine.ts';
import { scenario } from '../scenario.ts';
import { type ConflatedRow, conflatedRow } from './conflated.ts';
import { type FanoutOptions, readOptions, USAGE } from './options.ts';
import { burstsTable, conflatedTable } from './report.ts';
import { type FanoutRow, fanoutRow, PEERS, type Skipped, type Who } from './run.ts';

export const fanout = scenario('What does a delivery cost the server, beside other servers?', {
  usage: USAGE,
  read: readOptions,
  run,
});

async function run(options: FanoutOptions): Promise<number> {
  const say = (line: string): void => console.error(`  ${line}`);
  const rows: FanoutRow[] = [];
  const skipped: Skipped[] = [];
  if (options.parts.includes('bursts')) await measureBursts(options, rows, skipped, say);
  let conflated: ConflatedRow | undefined;
  if (options.parts.includes('conflated')) {
    say(`conflated: ${options.conflated.updatesPerSec} updates/s`);
    conflated = await conflatedRow(options);
  }
  if (!options.json) {
    console.log(machineLine());
    if (rows.length > 0) console.log(`\n${burstsTable(rows)}`);
    for (const { who, why } of skipped) console.log(`${who} left out: ${why}`);
    if (rows.some(({ client }) => client === 'node'))
      console.log('no compiler: the client was node and takes its share of the machine');
    if (conflated !== undefined) console.log(`\n${conflatedTable(conflated)}`);
  }
  const missing = rows.filter(({ who }) => who === 'onhand').reduce((sum, row) => sum + row.missing, 0);
  const silent = conflated?.silent ?? 0;
  console.log(JSON.stringify({ scenario: 'fanout', ...machine(), rows, skipped, conflated, missing, silent }));
  return missing + silent === 0 ? 0 : 1;
}

async function measureBursts(
  { bursts, peers, nodeFlags, ...shape }: FanoutOptions,
  rows: FanoutRow[],
  skipped: Skipped[],
  say: (line: string) => void,
): Promise<void> {
  const who: readonly Who[] = ['onhand', ...(peers ? PEERS : (['bare'] as const))];
  for (const burst of bursts) {
    for (const each of who) {
      if (skipped.some((one) => one.who === each)) continue;
      say(`${each}, bursts of ${burst}`);
      const row = await fanoutRow(each, { ...shape, burst, nodeFlags }, say);
      if ('why' in row) skipped.push(row);
      else rows.push(row);
    }
  }
}

import { scenario } from '../scenario.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { isRight, summary, table } from './report.ts';
import { runSteady, type SteadyResult } from './run.ts';

export const steady = scenario('How long from a sale to the page?', { usage: USAGE, read: readOptions, run });

async function run({ skews, conflations, json, ...common }: Options): Promise<number> {
  const say = (line: string): void => (json ? console.error(line) : console.log(line));
  const results: SteadyResult[] = [];
  for (const skew of skews) {
    for (const conflateMs of conflations) {
      say(
        `${skew}, ${conflateMs === 0 ? 'no conflation' : 'default conflation'}: ${common.rate} events/s for ${common.seconds} s to ${common.clients} clients`,
      );
      const result = await runSteady({ ...common, skew, conflateMs });
      for (const reason of result.sender.reasons) say(`  refused: ${reason}`);
      results.push(result);
    }
  }
  if (!json) console.log(`\n${table(results)}\n`);
  console.log(JSON.stringify(summary(results)));
  return isRight(results) ? 0 : 1;
}

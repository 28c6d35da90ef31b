import { readOptions, USAGE } from './options.ts';
import { isRight, summary, table } from './steady/report.ts';
import { runSteady, type SteadyResult } from './steady/run.ts';

// npm run loadtest -- --scenario steady --rate 20000 --clients 1000 --seconds 20
// Starts a server of its own for each run. Exit 1 when a client missed anything or an event was refused.

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  console.error(`${options}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  const { skews, conflations, ...common } = options;
  const results: SteadyResult[] = [];
  for (const skew of skews) {
    for (const conflateMs of conflations) {
      console.log(
        `${skew}, ${conflateMs === 0 ? 'no conflation' : 'default conflation'}: ${common.rate} events/s for ${common.seconds} s to ${common.clients} clients`,
      );
      const result = await runSteady({ ...common, skew, conflateMs });
      for (const reason of result.sender.reasons) console.log(`  refused: ${reason}`);
      results.push(result);
    }
  }
  console.log(`\n${table(results)}\n`);
  console.log(JSON.stringify(summary(results)));
  process.exitCode = isRight(results) ? 0 : 1;
}

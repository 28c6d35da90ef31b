import { runCycles } from './cycles.ts';
import { runFaults } from './faults.ts';
import { readOptions, USAGE } from './options.ts';
import { isRight } from './result.ts';
import { strace } from './strace.ts';

// npm run crash -- --cycles 20 [--seed 1 --seconds-per-cycle 0.8]
// npm run crash -- --faults [--seed 1]
// The real server under load over HTTP, killed and restarted on the same data. Exit 1 when anything acknowledged is gone,
// counted twice or promised twice.

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  console.error(`${options}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  const say = (line: string): void => console.log(line);
  const missing = options.faults ? strace(say) : undefined;
  if (missing === undefined) {
    const result = options.faults ? await runFaults({ ...options, say }) : await runCycles({ ...options, say });
    console.log(JSON.stringify(result));
    process.exitCode = isRight(result) ? 0 : 1;
  } else {
    console.error(missing);
    process.exitCode = 2;
  }
}

import { parseArgs } from 'node:util';
import { PASSES, type PassName } from './plans.ts';
import { isRight, verify } from './verify.ts';

// npm run verify [-- --seed 1 --only plain|shuffled|crash --small]
// Sends the bundled year and the hot set to a server of its own and compares every number. Exit 1 when one is wrong.

const USAGE = 'options: --seed <whole number>, --only plain|shuffled|crash, --small';

const options = readOptions();
if (typeof options === 'string') {
  console.error(`${options}\n${USAGE}`);
  process.exitCode = 2;
} else {
  const { verified } = await verify({ ...options, say: (line) => console.log(line) });
  console.log(JSON.stringify(verified));
  process.exitCode = isRight(verified) ? 0 : 1;
}

function readOptions(): { seed: number; small: boolean; only?: PassName } | string {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        small: { type: 'boolean', default: false },
      },
    });
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed)) return `--seed must be a whole number, got ${values.seed}`;
    const only = PASSES.find((name) => name === values.only);
    if (values.only !== undefined && only === undefined) return `--only must name a pass, got ${values.only}`;
    return { seed, small: values.small, ...(only === undefined ? {} : { only }) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

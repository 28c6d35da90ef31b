import { parseArgs } from 'node:util';
import { optionsOf, oneOf, runCommand, whole } from '../command-line.ts';
import { PASSES, type PassName } from './plans.ts';
import { isRight, verify } from './verify.ts';

// npm run verify [-- --seed 1 --only plain|shuffled|crash --small]
// Sends the bundled year and the hot set to a server of its own and compares every number. Exit 1 when one is wrong.

const USAGE = `npm run verify -- [options]
  --seed <number>  1    another hot set, other shoppers, other accidents
  --only <pass>    all  ${PASSES.join(', ')}
  --small               a week of tills and a small hot set`;

interface Options {
  readonly seed: number;
  readonly small: boolean;
  readonly only?: PassName;
}

await runCommand<Options>({
  usage: USAGE,
  read: readOptions,
  async run(options) {
    const { verified } = await verify({ ...options, say: (line) => console.log(line) });
    console.log(JSON.stringify(verified));
    return isRight(verified) ? 0 : 1;
  },
});

function readOptions(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        small: { type: 'boolean', default: false },
      },
    });
    const only = values.only === undefined ? {} : { only: oneOf('only', values.only, PASSES) };
    return { seed: whole('seed', values.seed, 0, 2 ** 31), small: values.small, ...only };
  });
}

import { parseArgs } from 'node:util';
import { optionsOf, oneOf, runCommand, whole } from '../command-line.ts';
import { isRight, PARTS, type PartName, verify } from './verify.ts';

// npm run verify [-- --seed 1 --only plain|shuffled|crash|invoices --small]
// Sends the bundled year, the hot set, a shop's orders and the bundled invoices to servers of its own and compares every number.
// Exit 1 when one is wrong.

const USAGE = `npm run verify -- [options]
  --seed <number>  1    another hot set, other shoppers, other accidents
  --only <pass>    all  ${PARTS.join(', ')}
  --small               a week of tills, a small hot set, a few orders and invoices`;

interface Options {
  readonly seed: number;
  readonly small: boolean;
  readonly only?: PartName;
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
    const only = values.only === undefined ? {} : { only: oneOf('only', values.only, PARTS) };
    return { seed: whole('seed', values.seed, 0, 2 ** 31), small: values.small, ...only };
  });
}

import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { runLogStream } from './run.ts';

const USAGE = `npm run loadtest -- --scenario log-stream [options]
  --consumer-kills <count>  100      --server-kills <count>  20
  --rate <events/s>         500      --seed <number>         1
  --json                             nothing but the JSON`;

interface Options {
  readonly consumerKills: number;
  readonly serverKills: number;
  readonly rate: number;
  readonly seed: number;
  readonly json: boolean;
}

export const logStream = scenario('Does a consumer that is killed see every event, in order?', {
  usage: USAGE,
  read: readOptions,
  run,
});

function readOptions(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'consumer-kills': { type: 'string', default: '100' },
        'server-kills': { type: 'string', default: '20' },
        rate: { type: 'string', default: '500' },
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
      },
    });
    const consumerKills = whole('consumer-kills', values['consumer-kills'], 1, 10_000);
    return {
      consumerKills,
      serverKills: whole('server-kills', values['server-kills'], 0, consumerKills),
      rate: whole('rate', values.rate, 20, 100_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      json: values.json,
    };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runLogStream({ ...options, say: (line) => json || console.log(line) });
  console.log(JSON.stringify({ scenario: 'log-stream', ...result }));
  const { missing, strange, outOfOrder, unrecorded } = result;
  return missing + strange + outOfOrder + unrecorded === 0 ? 0 : 1;
}

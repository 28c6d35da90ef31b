import { optionsOf, whole, wholesAndJson } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { runWorkStream } from './run.ts';

const USAGE = `npm run loadtest -- --scenario work-stream [options]
  --consumer-kills <count>  100      --server-kills <count>  20
  --rate <orders/s>         20       --seed <number>         1
  --json                             nothing but the JSON`;

interface Options {
  readonly consumerKills: number;
  readonly serverKills: number;
  readonly rate: number;
  readonly seed: number;
  readonly json: boolean;
}

export const workStream = scenario('Does a node that is killed miss work, and is any of it lost or done twice?', {
  usage: USAGE,
  read: readOptions,
  run,
});

function readOptions(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const {
      'consumer-kills': consumerKills,
      'server-kills': serverKills,
      ...rest
    } = wholesAndJson(args, {
      'consumer-kills': { or: 100, min: 1, max: 10_000 },
      'server-kills': { or: 20, min: 0, max: 10_000 },
      rate: { or: 20, min: 5, max: 2_000 },
      seed: { or: 1, min: 0, max: 2 ** 31 },
    });
    whole('server-kills', `${serverKills}`, 0, consumerKills);
    return { ...rest, consumerKills, serverKills };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runWorkStream({ ...options, say: (line) => json || console.log(line) });
  console.log(JSON.stringify({ scenario: 'work-stream', ...result }));
  const { missing, strange, outOfOrder, lostActs, doubledActs, refusedActs, lostOrders, unfinished } = result;
  return missing + strange + outOfOrder + lostActs + doubledActs + refusedActs + lostOrders + unfinished === 0 ? 0 : 1;
}

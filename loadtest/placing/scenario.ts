import { optionsOf, wholesAndJson } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { tellResult } from '../tell-result.ts';
import { isRight, type PlacingOptions, runPlacing } from './run.ts';

export const placing = scenario('Orders over HTTP: how long until one is durable, and until its units have a node?', {
  usage: `npm run loadtest -- --scenario orders [options]
  --rate <orders/s>      500     --seconds <s>          20
  --lines <per order>    2       --warmup <orders>      2000
  --skus <count>         20000   --watch <one of>       10
  --json                 one line of JSON instead of the table`,
  read,
  run,
});

interface Options extends PlacingOptions {
  readonly json: boolean;
}

function read(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { watch, ...rest } = wholesAndJson(args, {
      rate: { or: 500, min: 1, max: 20_000 },
      seconds: { or: 20, min: 1, max: 3_600 },
      lines: { or: 2, min: 1, max: 100 },
      warmup: { or: 2_000, min: 0, max: 1_000_000 },
      skus: { or: 20_000, min: 20, max: 1_000_000 },
      watch: { or: 10, min: 1, max: 1_000_000 },
    });
    return { ...rest, watchOneOf: watch };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runPlacing(options);
  const { answer, placed, late, server } = result;
  const rows = [
    ['orders, lines of each', `${result.orders}, ${result.lines}`],
    ['orders/s, asked for', `${result.ordersPerSec}, ${result.rate}`],
    ['durable p50, p99', `${answer.p50}, ${answer.p99} ms`],
    ['all units have a node, as pushed: p50, p99', `${placed.p50}, ${placed.p99} ms (${placed.count} watched)`],
    ['left late p99', `${late.p99} ms`],
    ['not taken once, units without a node', `${result.refused}, ${result.unplaced}`],
    ['server CPU', `${server.cpu} % of a core (waited for one ${server.waited} %)`],
  ];
  tellResult('orders', json, rows, result);
  return isRight(result) ? 0 : 1;
}

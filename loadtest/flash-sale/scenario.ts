import { optionsOf, wholesAndJson } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { tellResult } from '../tell-result.ts';
import { type FlashOptions, isRight, runFlash } from './run.ts';

export const flashSale = scenario('One product, everybody watching: who gets a unit, and who sees it?', {
  usage: `npm run loadtest -- --scenario flash-sale [options]
  --sockets <count>      2000    --units <count>        1000
  --reservations <count> 5000    --shoppers <at once>   64
  --json                 one line of JSON instead of the table`,
  read,
  run,
});

interface Options extends FlashOptions {
  readonly json: boolean;
}

function read(args: readonly string[]): Options | string {
  return optionsOf(() =>
    wholesAndJson(args, {
      sockets: { or: 2_000, min: 1, max: 20_000 },
      units: { or: 1_000, min: 1, max: 1_000_000 },
      reservations: { or: 5_000, min: 1, max: 1_000_000 },
      shoppers: { or: 64, min: 1, max: 1_000 },
    }),
  );
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runFlash(options);
  const { answer, age } = result;
  const refusals = Object.entries(result.refused).map(([code, count]) => `${code} ${count}`);
  const rows = [
    ['units, reserved', `${result.units}, ${result.accepted}`],
    ['oversold, kept back', `${result.oversold}, ${result.undersold}`],
    ['refused', refusals.join(', ') || 'none'],
    ['reservations/s', `${result.reservationsPerSec}`],
    ['answer p50, p99', `${answer.p50}, ${answer.p99} ms`],
    ['pages, deliveries', `${result.sockets}, ${result.deliveries}`],
    ['age of a value on arrival p50, p99', `${age.p50}, ${age.p99} ms`],
    ['pages that did not hear of the end', `${result.unheard}`],
    ['server CPU', `${result.server.cpu} % of a core (waited for one ${result.server.waited} %)`],
  ];
  tellResult('flash-sale', json, rows, result);
  return isRight(result) ? 0 : 1;
}

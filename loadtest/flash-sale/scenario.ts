import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';
import { machine, machineLine } from '../machine.ts';
import { scenario } from '../scenario.ts';
import { textTable } from '../text-table.ts';
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
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sockets: { type: 'string', default: '2000' },
        units: { type: 'string', default: '1000' },
        reservations: { type: 'string', default: '5000' },
        shoppers: { type: 'string', default: '64' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      sockets: whole('sockets', values.sockets, 1, 20_000),
      units: whole('units', values.units, 1, 1_000_000),
      reservations: whole('reservations', values.reservations, 1, 1_000_000),
      shoppers: whole('shoppers', values.shoppers, 1, 1_000),
      json: values.json,
    };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runFlash(options);
  const { answer, age } = result;
  if (!json) {
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
    console.log(`${machineLine()}\n\n${textTable(rows)}\n`);
  }
  console.log(JSON.stringify({ scenario: 'flash-sale', ...machine(), ...result }));
  return isRight(result) ? 0 : 1;
}

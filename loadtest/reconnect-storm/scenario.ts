import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';
import { machine, machineLine } from '../machine.ts';
import { scenario } from '../scenario.ts';
import { textTable } from '../text-table.ts';
import { isRight, runStorm, type StormOptions } from './run.ts';

export const reconnectStorm = scenario('Does everybody come back after a cut, and does anybody notice?', {
  usage: `npm run loadtest -- --scenario reconnect-storm [options]
  --sockets <count>      8000    --keys <per socket>    3       --skus <count>    2000
  --per-sec <sockets>    1600    come back in a second: the default cuts and resumes 8,000 within 5 s
  --moved <percent>      10      of the skus move while everybody is away
  --json                 one line of JSON instead of the table`,
  read,
  run,
});

interface Options extends StormOptions {
  readonly json: boolean;
}

function read(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        sockets: { type: 'string', default: '8000' },
        keys: { type: 'string', default: '3' },
        skus: { type: 'string', default: '2000' },
        'per-sec': { type: 'string', default: '1600' },
        moved: { type: 'string', default: '10' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      sockets: whole('sockets', values.sockets, 1, 20_000),
      keys: whole('keys', values.keys, 1, 50),
      skus: whole('skus', values.skus, 40, 20_000),
      perSec: whole('per-sec', values['per-sec'], 1, 100_000),
      movedPercent: whole('moved', values.moved, 0, 100),
      json: values.json,
    };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runStorm(options);
  const { opening, others } = result;
  if (!json) {
    const rows = [
      ['sockets cut and back', `${result.resumed} of ${result.sockets} in ${result.backMs} ms`],
      ['connect to answer p50, p99', `${opening.p50}, ${opening.p99} ms`],
      ['keys sent whole', `${result.snapshots}, of which needed ${result.snapshotsNeeded}`],
      [
        'others over HTTP meanwhile',
        `${others.count} answers, p50 ${others.p50}, p99 ${others.p99} ms, failed ${result.othersFailed}`,
      ],
      ['server CPU', `${result.server.cpu} % of a core (waited for one ${result.server.waited} %)`],
    ];
    console.log(`${machineLine()}\n\n${textTable(rows)}\n`);
  }
  console.log(JSON.stringify({ scenario: 'reconnect-storm', ...machine(), ...result }));
  return isRight(result) ? 0 : 1;
}

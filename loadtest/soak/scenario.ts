import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';
import { machine, machineLine } from '../machine.ts';
import { scenario } from '../scenario.ts';
import { textTable } from '../text-table.ts';
import { isRight, runSoak, type SoakOptions, type SoakResult } from './run.ts';

export const soak = scenario('For hours: is anything lost, does anything grow?', {
  usage: `npm run loadtest -- --scenario soak [options]
  --seconds <s>          60      hours are fine: what it keeps does not grow with them
  --rate <events/s>      2000    --sockets <count>      1000
  --churn <s>            15      all sockets go and come again
  --json                 one line of JSON instead of the table`,
  read,
  run,
});

interface Options extends SoakOptions {
  readonly json: boolean;
}

function read(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string', default: '60' },
        rate: { type: 'string', default: '2000' },
        sockets: { type: 'string', default: '1000' },
        churn: { type: 'string', default: '15' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      seconds: whole('seconds', values.seconds, 1, 1_000_000),
      rate: whole('rate', values.rate, 50, 100_000),
      sockets: whole('sockets', values.sockets, 1, 20_000),
      churnSeconds: whole('churn', values.churn, 1, 86_400),
      json: values.json,
    };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runSoak(options);
  if (!json) {
    const { first, last, peak } = result.memoryMib;
    const rows = [
      ['ran', `${result.seconds} s, ${result.events} events, sockets came again ${result.churns} times`],
      ['gaps', `${result.gaps}`],
      ['sockets lost', `${result.lostSockets}`],
      ['deliveries', `${result.deliveries}`],
      ['server memory', `${first} MiB at first, ${last} at last, peak ${peak}`],
      ['grows by', growth(result)],
    ];
    console.log(`${machineLine()}\n\n${textTable(rows)}\n`);
  }
  console.log(JSON.stringify({ scenario: 'soak', ...machine(), ...result }));
  return isRight(result) ? 0 : 1;
}

/** A server that is still growing warm grows by gigabytes an hour. */
const SAYING_SECONDS_MIN = 600;

function growth({ seconds, slopeMibPerHour }: SoakResult): string {
  if (seconds < SAYING_SECONDS_MIN) return `a run of less than ${SAYING_SECONDS_MIN} s does not say`;
  return `${slopeMibPerHour} MiB an hour (second half of the run)`;
}

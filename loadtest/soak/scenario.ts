import { optionsOf, wholesAndJson } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { tellResult } from '../tell-result.ts';
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
    const { churn, ...rest } = wholesAndJson(args, {
      seconds: { or: 60, min: 1, max: 1_000_000 },
      rate: { or: 2_000, min: 50, max: 100_000 },
      sockets: { or: 1_000, min: 1, max: 20_000 },
      churn: { or: 15, min: 1, max: 86_400 },
    });
    return { ...rest, churnSeconds: churn };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runSoak(options);
  const { first, last, peak } = result.memoryMib;
  const rows = [
    ['ran', `${result.seconds} s, ${result.events} events, sockets came again ${result.churns} times`],
    ['gaps', `${result.gaps}`],
    ['sockets lost', `${result.lostSockets}`],
    ['deliveries', `${result.deliveries}`],
    ['server memory', `${first} MiB at first, ${last} at last, peak ${peak}`],
    ['grows by', growth(result)],
  ];
  tellResult('soak', json, rows, result);
  return isRight(result) ? 0 : 1;
}

/** A server that is still growing warm grows by gigabytes an hour. */
const SAYING_SECONDS_MIN = 600;

function growth({ seconds, slopeMibPerHour }: SoakResult): string {
  if (seconds < SAYING_SECONDS_MIN) return `a run of less than ${SAYING_SECONDS_MIN} s does not say`;
  return `${slopeMibPerHour} MiB an hour (second half of the run)`;
}

import { optionsOf, wholesAndJson } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { tellResult } from '../tell-result.ts';
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
    const {
      'per-sec': perSec,
      moved: movedPercent,
      ...rest
    } = wholesAndJson(args, {
      sockets: { or: 8_000, min: 1, max: 20_000 },
      keys: { or: 3, min: 1, max: 50 },
      skus: { or: 2_000, min: 40, max: 20_000 },
      'per-sec': { or: 1_600, min: 1, max: 100_000 },
      moved: { or: 10, min: 0, max: 100 },
    });
    return { ...rest, perSec, movedPercent };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runStorm(options);
  const { opening, others } = result;
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
  tellResult('reconnect-storm', json, rows, result);
  return isRight(result) ? 0 : 1;
}

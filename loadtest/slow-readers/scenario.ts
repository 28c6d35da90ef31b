import { optionsOf, wholesAndJson } from '../command-line.ts';
import { scenario } from '../scenario.ts';
import { tellResult } from '../tell-result.ts';
import { isRight, runSlowReaders, type SlowOptions, type SlowRun } from './run.ts';

export const slowReaders = scenario('What do readers that stop reading cost the server, and the others?', {
  usage: `npm run loadtest -- --scenario slow-readers [options]
  --stalled <sockets>    50      --kib <KiB/s each>     2000
  --others <sockets>     200     --seconds <s>          15
  --json                 one line of JSON instead of the table`,
  read,
  run,
});

interface Options extends SlowOptions {
  readonly json: boolean;
}

function read(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { kib, ...rest } = wholesAndJson(args, {
      stalled: { or: 50, min: 1, max: 5_000 },
      kib: { or: 2_000, min: 10, max: 100_000 },
      others: { or: 200, min: 1, max: 10_000 },
      seconds: { or: 15, min: 1, max: 3_600 },
    });
    return { ...rest, bytesPerSec: 1_024 * kib };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runSlowReaders(options);
  const cells = (of: (run: SlowRun) => string): string[] => [of(result.stalled), of(result.reading)];
  const rows = [
    ['', `${options.stalled} stalled`, 'the same reading'],
    ['server memory grew', ...cells(({ grownMib }) => `${grownMib} MiB`)],
    ['others: age p50', ...cells(({ age }) => `${age.p50} ms`)],
    ['others: age p99', ...cells(({ age }) => `${age.p99} ms`)],
    ['others: closed', ...cells(({ othersClosed }) => `${othersClosed}`)],
    ['others: missed', ...cells(({ othersMissed }) => `${othersMissed}`)],
  ];
  tellResult('slow-readers', json, rows, result);
  return isRight(result) ? 0 : 1;
}

import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';
import { machine, machineLine } from '../machine.ts';
import { scenario } from '../scenario.ts';
import { textTable } from '../text-table.ts';
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
    const { values } = parseArgs({
      args: [...args],
      options: {
        stalled: { type: 'string', default: '50' },
        kib: { type: 'string', default: '2000' },
        others: { type: 'string', default: '200' },
        seconds: { type: 'string', default: '15' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      stalled: whole('stalled', values.stalled, 1, 5_000),
      bytesPerSec: 1_024 * whole('kib', values.kib, 10, 100_000),
      others: whole('others', values.others, 1, 10_000),
      seconds: whole('seconds', values.seconds, 1, 3_600),
      json: values.json,
    };
  });
}

async function run({ json, ...options }: Options): Promise<number> {
  const result = await runSlowReaders(options);
  if (!json) {
    const cells = (of: (run: SlowRun) => string): string[] => [of(result.stalled), of(result.reading)];
    const rows = [
      ['', `${options.stalled} stalled`, 'the same reading'],
      ['server memory grew', ...cells(({ grownMib }) => `${grownMib} MiB`)],
      ['others: age p50', ...cells(({ age }) => `${age.p50} ms`)],
      ['others: age p99', ...cells(({ age }) => `${age.p99} ms`)],
      ['others: closed', ...cells(({ othersClosed }) => `${othersClosed}`)],
      ['others: missed', ...cells(({ othersMissed }) => `${othersMissed}`)],
    ];
    console.log(`${machineLine()}\n\n${textTable(rows)}\n`);
  }
  console.log(JSON.stringify({ scenario: 'slow-readers', ...machine(), ...result }));
  return isRight(result) ? 0 : 1;
}

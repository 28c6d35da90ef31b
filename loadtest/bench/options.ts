import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';

export const GROUPS = ['engine', 'http', 'redis', 'postgres', 'scale'] as const;
export type Group = (typeof GROUPS)[number];

export interface Options {
  readonly operations: number;
  readonly runs: number;
  /** Sizes of the group `scale`. */
  readonly positions: readonly number[];
  readonly only: readonly Group[];
  readonly json: boolean;
}

export const USAGE = `npm run bench -- [options]
  --operations <count>  300000   per row
  --runs <count>        1        the table shows the median of each row
  --positions <counts>  100000,1000000,10000000   sizes of the group scale; the largest takes minutes and 10 GB of disk
  --only <groups>       all      of ${GROUPS.join(',')}
  --json                         one line of JSON instead of the table`;

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        operations: { type: 'string', default: '300000' },
        runs: { type: 'string', default: '1' },
        positions: { type: 'string', default: '100000,1000000,10000000' },
        only: { type: 'string', default: GROUPS.join(',') },
        json: { type: 'boolean', default: false },
      },
    });
    const only = values.only.split(',').filter((name) => name !== '');
    const unknown = only.find((name) => !GROUPS.includes(name as Group));
    if (unknown !== undefined) throw new RangeError(`--only must be of ${GROUPS.join(', ')}, got ${unknown}`);
    return {
      operations: whole('operations', values.operations, 1_000, 100_000_000),
      runs: whole('runs', values.runs, 1, 99),
      positions: values.positions.split(',').map((size) => whole('positions', size, 1_000, 100_000_000)),
      only: only as Group[],
      json: values.json,
    };
  });
}

import { parseArgs } from 'node:util';
import { oneOf, optionsOf, whole } from '../command-line.ts';
import type { Skew } from './plan.ts';

export interface Options {
  readonly rate: number;
  readonly clients: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly skus: number;
  readonly seed: number;
  readonly skews: readonly Skew[];
  /** 0: none; undefined: the server's default. */
  readonly conflations: readonly (number | undefined)[];
  readonly nodeFlags: readonly string[];
  readonly json: boolean;
}

export const USAGE = `npm run loadtest -- --scenario steady [options]
  --rate <events/s>      20000      --clients <sockets>  1000     --seconds <s>  20
  --skus <count>         20000      --seed <number>      1       --warmup <s>   3
  --skew uniform|zipf    both       --conflate none|default       both
  --server-flags="<flags for node>", e.g. "--cpu-prof --cpu-prof-dir=DIR"
  --json                 one line of JSON instead of the table`;

const SKEWS = ['uniform', 'zipf'] as const;

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): Options | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '20000' },
        clients: { type: 'string', default: '1000' },
        seconds: { type: 'string', default: '20' },
        warmup: { type: 'string', default: '3' },
        skus: { type: 'string', default: '20000' },
        seed: { type: 'string', default: '1' },
        skew: { type: 'string' },
        conflate: { type: 'string' },
        'server-flags': { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
      },
    });
    return {
      rate: whole('rate', values.rate, 1, 1_000_000),
      clients: whole('clients', values.clients, 1, 20_000),
      seconds: whole('seconds', values.seconds, 1, 3_600),
      warmupSeconds: whole('warmup', values.warmup, 0, 600),
      skus: whole('skus', values.skus, 40, 200_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      skews: values.skew === undefined ? SKEWS : [oneOf('skew', values.skew, SKEWS)],
      conflations: conflations(values.conflate),
      nodeFlags: values['server-flags'].split(' ').filter((flag) => flag !== ''),
      json: values.json,
    };
  });
}

function conflations(text: string | undefined): readonly (number | undefined)[] {
  if (text === undefined) return [0, undefined];
  return [oneOf('conflate', text, ['none', 'default']) === 'none' ? 0 : undefined];
}

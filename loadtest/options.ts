import { parseArgs } from 'node:util';
import type { Skew } from './steady/plan.ts';

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
}

export const USAGE = `npm run loadtest -- --scenario steady [options]
  --rate <events/s>      20000      --clients <sockets>  1000     --seconds <s>  20
  --skus <count>         20000      --seed <number>      1       --warmup <s>   3
  --skew uniform|zipf    both       --conflate none|default       both
  --server-flags="<flags for node>", e.g. "--cpu-prof --cpu-prof-dir=DIR"`;

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: 'steady' },
        rate: { type: 'string', default: '20000' },
        clients: { type: 'string', default: '1000' },
        seconds: { type: 'string', default: '20' },
        warmup: { type: 'string', default: '3' },
        skus: { type: 'string', default: '20000' },
        seed: { type: 'string', default: '1' },
        skew: { type: 'string' },
        conflate: { type: 'string' },
        'server-flags': { type: 'string', default: '' },
      },
    });
    if (values.scenario !== 'steady') return `--scenario must be steady, got ${values.scenario}`;
    const { skew, conflate } = values;
    if (skew !== undefined && skew !== 'uniform' && skew !== 'zipf')
      return `--skew must be uniform or zipf, got ${skew}`;
    if (conflate !== undefined && conflate !== 'none' && conflate !== 'default') {
      return `--conflate must be none or default, got ${conflate}`;
    }
    return {
      rate: whole('rate', values.rate, 1, 1_000_000),
      clients: whole('clients', values.clients, 1, 20_000),
      seconds: whole('seconds', values.seconds, 1, 3_600),
      warmupSeconds: whole('warmup', values.warmup, 0, 600),
      skus: whole('skus', values.skus, 40, 200_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      skews: skew === undefined ? ['uniform', 'zipf'] : [skew],
      conflations: conflate === undefined ? [0, undefined] : [conflate === 'none' ? 0 : undefined],
      nodeFlags: values['server-flags'].split(' ').filter((flag) => flag !== ''),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`--${name} must be a whole number from ${min} to ${max}, got ${text}`);
}

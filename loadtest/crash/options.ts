import { parseArgs } from 'node:util';

export interface CrashOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly cycleMs: number;
  readonly faults: boolean;
}

export const USAGE = `npm run crash -- [options]
  --cycles <number>        20     loads, each ended with kill -9
  --seconds-per-cycle <s>  0.8    longest load of a cycle
  --seed <number>          1      another load, other moments
  --faults                        inject EIO, short writes and kills with strace instead`;

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): CrashOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        cycles: { type: 'string', default: '20' },
        'seconds-per-cycle': { type: 'string', default: '0.8' },
        seed: { type: 'string', default: '1' },
        faults: { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values['seconds-per-cycle']);
    if (!(seconds >= 0.1 && seconds <= 600)) {
      return `--seconds-per-cycle must be 0.1 to 600, got ${values['seconds-per-cycle']}`;
    }
    return {
      cycles: whole('cycles', values.cycles, 1, 1_000_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      cycleMs: seconds * 1000,
      faults: values.faults,
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

import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';

export interface CrashOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly cycleMs: number;
  /** What is done to the server. */
  readonly mode: CrashMode;
}

const MODES = ['kills', 'faults', 'recovery-kills', 'power-cuts', 'full-disk', 'clock-leaps'] as const;
export type CrashMode = (typeof MODES)[number];

export const USAGE = `npm run crash -- [options]
  --cycles <number>        20     loads, each ended with kill -9
  --seconds-per-cycle <s>  0.8    longest load of a cycle
  --seed <number>          1      another load, other moments
instead of kills, one of
  --faults                        EIO, short writes and kills at the n-th system call, with strace
  --recovery-kills                recovery killed at each system call, three levels deep, with strace
  --power-cuts                    the power of an ext4 disk goes; root and a loop device
  --full-disk                     the disk is full; root
  --clock-leaps                   the system's clock is set while holds run out, with faketime`;

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[]): CrashOptions | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        cycles: { type: 'string', default: '20' },
        'seconds-per-cycle': { type: 'string', default: '0.8' },
        seed: { type: 'string', default: '1' },
        faults: { type: 'boolean', default: false },
        'recovery-kills': { type: 'boolean', default: false },
        'power-cuts': { type: 'boolean', default: false },
        'full-disk': { type: 'boolean', default: false },
        'clock-leaps': { type: 'boolean', default: false },
      },
    });
    const seconds = Number(values['seconds-per-cycle']);
    if (!(seconds >= 0.1 && seconds <= 600)) {
      throw new RangeError(`--seconds-per-cycle must be 0.1 to 600, got ${values['seconds-per-cycle']}`);
    }
    const asked = MODES.filter((mode) => mode !== 'kills' && values[mode]);
    if (asked.length > 1) throw new RangeError(`--${asked.join(' and --')} do not go together`);
    return {
      cycles: whole('cycles', values.cycles, 1, 1_000_000),
      seed: whole('seed', values.seed, 0, 2 ** 31),
      cycleMs: seconds * 1000,
      mode: asked[0] ?? 'kills',
    };
  });
}

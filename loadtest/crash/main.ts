import { unreachable } from '../../engine/contract/assert.ts';
import { runCommand } from '../command-line.ts';
import { clockLeapsMissing, runClockLeaps } from './clock-leaps.ts';
import { runCycles } from './cycles.ts';
import { runFaults } from './faults.ts';
import { fullDiskMissing, runFullDisk } from './full-disk.ts';
import { type CrashMode, type CrashOptions, readOptions, USAGE } from './options.ts';
import { powerDiskMissing } from './power-disk.ts';
import { runRecoveryKills } from './recovery-kills.ts';
import { type CrashResult, isRight } from './result.ts';
import { strace } from './strace.ts';

// npm run crash -- --cycles 20 [--seed 1 --seconds-per-cycle 0.8] [--faults | --power-cuts | …]
// The real server under load over HTTP, ended in some way and restarted on the same data. Exit 1 when anything
// acknowledged is gone, counted twice or promised twice; 2 when this machine does not allow the mode.

const say = (line: string): void => console.log(line);

await runCommand({
  usage: USAGE,
  read: readOptions,
  async run(options) {
    const missing = missingFor(options.mode);
    if (missing !== undefined) {
      console.error(missing);
      return 2;
    }
    const result = await run(options);
    console.log(JSON.stringify(result));
    return isRight(result) ? 0 : 1;
  },
});

function missingFor(mode: CrashMode): string | undefined {
  switch (mode) {
    case 'kills':
      return undefined;
    case 'faults':
    case 'recovery-kills':
      return strace(say);
    case 'power-cuts':
      return powerDiskMissing();
    case 'full-disk':
      return fullDiskMissing();
    case 'clock-leaps':
      return clockLeapsMissing(say);
    default:
      return unreachable(mode);
  }
}

function run({ mode, ...rest }: CrashOptions): Promise<CrashResult> {
  switch (mode) {
    case 'kills':
      return runCycles({ ...rest, say });
    case 'faults':
      return runFaults({ ...rest, say });
    case 'recovery-kills':
      return runRecoveryKills({ ...rest, say });
    case 'power-cuts':
      return runCycles({ ...rest, say, powerCuts: true });
    case 'full-disk':
      return runFullDisk({ ...rest, say });
    case 'clock-leaps':
      return runClockLeaps({ ...rest, say });
    default:
      return unreachable(mode);
  }
}

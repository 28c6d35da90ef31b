import { expect, test } from 'vitest';
import { plantedTree } from '../planted-tree.ts';
import { clockLeapsMissing, runClockLeaps } from './clock-leaps.ts';
import { runCycles } from './cycles.ts';
import { fullDiskMissing, runFullDisk } from './full-disk.ts';
import { powerDiskMissing } from './power-disk.ts';
import { runRecoveryKills } from './recovery-kills.ts';
import { strace } from './strace.ts';

// What needs more than a process to kill: a disk of its own, another clock, a tracer. Each is skipped, and says why,
// where the machine does not allow it. `npm run crash` has the long versions.

const RUN_MS_MAX = 180_000;
const NOTHING = { ackedLost: 0, oversold: 0, doubleEffects: 0, unexpected: 0 };

function possible(missing: string | undefined): boolean {
  if (missing !== undefined) console.log(`skipped: ${missing}`);
  return missing === undefined;
}

const powerCuts = possible(powerDiskMissing());

test.runIf(powerCuts)(
  '[reliability 1] three power cuts of a real ext4 lose nothing that was acknowledged',
  async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const result = await runCycles({ cycles: 3, seed: 4, cycleMs: 500, say, powerCuts: true });
    expect({ said: said.filter((line) => !line.includes('cycles')), ...result }).toMatchObject({
      said: [],
      ...NOTHING,
    });
    expect(result.acked).toBeGreaterThan(100);
  },
  RUN_MS_MAX,
);

test.runIf(powerCuts)(
  'a server whose commits are written and not synced is found out by a power cut',
  async () => {
    const tree = plantedTree({
      name: 'nothing is synced',
      file: 'engine/journal/disk.ts',
      right: `    fdatasyncSync(this.#fd);`,
      wrong: `    if (this.#fd < 0) fdatasyncSync(this.#fd);`,
    });
    try {
      const say = (): void => undefined;
      const result = await runCycles({ cycles: 3, seed: 4, cycleMs: 500, say, root: tree.root, powerCuts: true });
      expect(result.ackedLost + result.unexpected).toBeGreaterThan(0);
    } finally {
      tree.remove();
    }
  },
  RUN_MS_MAX,
);

test.runIf(possible(fullDiskMissing()))(
  '[reliability 3] a full disk ends the server with code 70, and with room again everything acknowledged is there',
  async () => {
    const said: string[] = [];
    const result = await runFullDisk({ cycles: 2, seed: 1, cycleMs: 400, say: (line) => said.push(line) });
    expect({ said, ...result }).toMatchObject({ said: [], cycles: 2, ...NOTHING });
  },
  RUN_MS_MAX,
);

test.runIf(possible(clockLeapsMissing(console.log)))(
  '[reliability 5] holds end at their time whatever the clock is set to, also over a restart',
  async () => {
    const said: string[] = [];
    const result = await runClockLeaps({ cycles: 3, seed: 6, say: (line) => said.push(line) });
    expect({ said, ...result }).toMatchObject({ said: [], cycles: 3, ...NOTHING });
    expect(result.acked).toBeGreaterThan(10);
  },
  RUN_MS_MAX,
);

test.runIf(possible(strace(console.log)))(
  '[reliability 9] a recovery killed at a call, and twice more in the recoveries after it, does no harm',
  async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const result = await runRecoveryKills({ seed: 2, say, calls: ['fdatasync', 'fsync'], nthMax: 1 });
    expect({ said: said.filter((line) => !line.includes('killed so far')), ...result }).toMatchObject({
      said: [],
      ...NOTHING,
    });
    expect(result.cycles).toBe(2);
  },
  RUN_MS_MAX,
);

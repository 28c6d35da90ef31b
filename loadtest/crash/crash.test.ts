import { expect, test } from 'vitest';
import { plantedTree } from '../planted-tree.ts';
import { runCycles } from './cycles.ts';
import { runFaults } from './faults.ts';
import { readOptions } from './options.ts';
import { isRight } from './result.ts';
import { strace } from './strace.ts';

/** A cycle takes two seconds; on a busy machine many more. */
const RUN_MS_MAX = 180_000;

test(
  '[reliability 1] two cycles of load and kill -9 lose nothing, promise nothing twice, count nothing twice',
  async () => {
    const said: string[] = [];
    const result = await runCycles({ cycles: 2, seed: 7, cycleMs: 500, say: (line) => said.push(line) });
    expect(said.filter((line) => !line.includes('cycles'))).toEqual([]);
    expect(result).toMatchObject({ cycles: 2, ackedLost: 0, oversold: 0, doubleEffects: 0, unexpected: 0 });
    expect(result.kills).toBeGreaterThanOrEqual(2);
    expect(result.acked).toBeGreaterThan(100);
    expect(result.restartMsP99).toBeGreaterThan(0);
    expect(isRight(result)).toBe(true);
  },
  RUN_MS_MAX,
);

const commitFails = { calls: 'fdatasync', does: 'error=EIO:delay_enter=30000', nth: 4, kills: false };
const missing = strace(console.log);

test.runIf(missing === undefined)(
  '[reliability 3] a commit that fails ends the server with code 70, and nothing was acknowledged falsely',
  async () => {
    const result = await runFaults({ seed: 3, say: () => undefined, running: [commitFails], birth: [] });
    expect(result).toMatchObject({
      cycles: 1,
      injected: 1,
      ackedLost: 0,
      doubleEffects: 0,
      oversold: 0,
      unexpected: 0,
    });
  },
  RUN_MS_MAX,
);

/** Who checks the checker: each must turn the run red. The write fails late enough for a false word to get out. */
const writeFails = { calls: 'pwrite64', does: 'error=EIO:delay_enter=100000', nth: 4, kills: false };

test.runIf(missing === undefined)(
  'a server that answers before it is durable is found out',
  async () => {
    const tree = plantedTree({
      name: 'answers leave with their facts',
      file: 'engine/shard/output-queue.ts',
      right: `findIndex(({ seq }) => seq > durable)`,
      wrong: `findIndex(() => durable < 0)`,
    });
    try {
      const result = await runFaults({
        seed: 3,
        say: () => undefined,
        running: [writeFails, writeFails, writeFails],
        birth: [],
        root: tree.root,
      });
      expect(result.ackedLost).toBeGreaterThan(0);
    } finally {
      tree.remove();
    }
  },
  RUN_MS_MAX,
);

test('options say what is wrong with them', () => {
  expect(readOptions([])).toEqual({ cycles: 20, seed: 1, cycleMs: 800, mode: 'kills' });
  expect(readOptions(['--cycles', '5', '--seed', '9', '--seconds-per-cycle', '2'])).toEqual({
    cycles: 5,
    seed: 9,
    cycleMs: 2_000,
    mode: 'kills',
  });
  expect(readOptions(['--power-cuts'])).toMatchObject({ mode: 'power-cuts' });
  expect(readOptions(['--faults', '--clock-leaps'])).toBe('--faults and --clock-leaps do not go together');
  expect(readOptions(['--cycles', '0'])).toBe('--cycles must be a whole number from 1 to 1000000, got 0');
  expect(readOptions(['--seconds-per-cycle', 'x'])).toContain('--seconds-per-cycle must be 0.1 to 600');
  expect(readOptions(['--cycle', '3'])).toContain('--cycle');
});

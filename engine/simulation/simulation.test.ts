import { describe, expect, test } from 'vitest';
import { ALL_PLANTED, catchPlanted } from './planted/all-planted.ts';
import { runSeed } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';
import { FOUND } from './seeds.ts';

/** Enough to meet every kind of step and of crash; `npm run sim` runs as many as there is time for. */
const SEEDS = 40;

describe('the simulated engine', () => {
  test('[AV7][FD1][FD3][FD11][RS1][RS2][RS4] holds its promises under any order, fault and crash', async () => {
    const failures: string[] = [];
    const total = await runSeeds({ from: 1, seeds: SEEDS, threads: 1 }, ({ seed, failure }) => {
      if (failure !== undefined) failures.push(`${seed}: ${failure.why}`);
    });
    expect(failures).toEqual([]);
    expect(total).toMatchObject({ seeds: SEEDS, violations: 0 });
    expect(total.facts).toBeGreaterThan(50 * SEEDS);
    expect(total.crashes).toBeGreaterThan(2 * SEEDS);
    expect(total.faults).toBeGreaterThan(0);
  });

  test.each(FOUND)('stays right where it once was wrong: $bug', async ({ seed }) => {
    expect((await runSeed(seed)).failure).toBeUndefined();
  });

  test('no seed is begun once the time is over', async () => {
    const stop = new Int32Array(1);
    const seen: number[] = [];
    const total = await runSeeds({ from: 3, seeds: 1_000, threads: 1, stop }, ({ seed }) => {
      if (seen.push(seed) === 2) Atomics.store(stop, 0, 1);
    });
    expect([seen, total.seeds]).toEqual([[3, 4], 2]);
  });

  test('is the same run for the same seed, and another for another', async () => {
    const [first, again, other] = [await runSeed(7), await runSeed(7), await runSeed(8)];
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  });
});

describe('a planted bug', () => {
  const quick = [
    'output leaves before it is durable',
    'nothing is synced',
    'recovery skips the tail',
    'what has no answer is not asked again after a restart',
    'ids are forgotten by a restart',
    'headroom does not know what is promised to groups',
    'half a saga is committed: a refused part counts as held',
    'the no of a key is forgotten, its next answer is another',
    'what ships is free again until its owner books it',
    'a hold that becomes an order is given back',
    'a step that arrives twice counts twice',
    'who was served goes on waiting, and is served twice',
    'a refund cancels twice',
    'a node that could not pick it may have it again',
  ];

  test.each(quick)('is caught: %s', async (name) => {
    const planted = ALL_PLANTED.find((each) => each.name === name);
    expect(planted).toBeDefined();
    const caught = await catchPlanted(planted!, 1, 40);
    // The bookkeeper saw it, a machine did, or a recovery that refuses to begin on what it finds.
    expect(caught?.why).toMatch(/^(Violation|InvariantError|CorruptionError): /);
  });

  test('has a name of its own, and there are at least twenty', () => {
    expect(new Set(ALL_PLANTED.map(({ name }) => name)).size).toBe(ALL_PLANTED.length);
    expect(ALL_PLANTED.length).toBeGreaterThanOrEqual(20);
  });
});

import { expect, test } from 'vitest';
import { EngineBusyError } from '../api.ts';
import type { Sku } from '../contract/ids.ts';
import type { Audit } from '../contract/query.ts';
import { openTestEngine, testFolder } from '../shard/test-engine.ts';
import { counted, reserving } from '../shard/test-fixture.ts';
import { InvariantWatch, timerRest, type WatchState } from './invariant-watch.ts';

/** Two shards of three chunks; a clock that moves 4 ms per look; rests are noted, and the test says when it is enough. */
function watched(audits: (shard: number, chunk: number, walk: number) => Partial<Audit>, walks: number) {
  const rests: number[] = [];
  const lines: string[] = [];
  const states: WatchState[] = [];
  let now = 0;
  let walk = 0;
  const ended = Promise.withResolvers<void>();
  const watch = new InvariantWatch({
    shards: 2,
    async look(shard, after) {
      now += 4;
      const chunk = after === undefined ? 0 : Number(after) + 1;
      const found = { positions: 10, short: 0, violations: [], ...audits(shard, chunk, walk) };
      return chunk === 2 ? found : { ...found, last: String(chunk) as Sku };
    },
    async rest(ms) {
      rests.push(ms);
      if (ms !== 10_000) return;
      states.push(watch.state);
      walk++;
      if (states.length === walks) ended.resolve();
      if (states.length >= walks) await new Promise<void>(() => {});
    },
    nowMs: () => now,
    wallMs: () => 1_000 + now,
    log: (line) => lines.push(line),
  });
  watch.start();
  return { watch, rests, lines, states, ended: ended.promise };
}

test('[AV7] a walk looks at every chunk of every shard and says when, how many and what is short', async () => {
  const { ended, states, lines, rests } = watched((shard) => ({ short: shard }), 2);
  await ended;
  expect(states).toEqual([
    { checkedAt: 1_024, positions: 60, short: 3, violations: 0 },
    { checkedAt: 1_048, positions: 60, short: 3, violations: 0 },
  ]);
  expect(lines).toEqual([]);
  // A look of 4 ms is paid with 200 ms of rest.
  expect(new Set(rests)).toEqual(new Set([1_000, 10_000, 200]));
});

test('[AV7] a violation is logged, counted, and gone from the count when it is gone', async () => {
  const planted = (shard: number, chunk: number, walk: number): Partial<Audit> =>
    walk === 0 && shard === 1 && chunk === 1 ? { violations: ['sku-1 reserved at n0: kept 3, is 2'] } : {};
  const { ended, states, lines } = watched(planted, 2);
  await ended;
  expect(lines).toEqual([
    'INVARIANT BROKEN in shard 1: sku-1 reserved at n0: kept 3, is 2; POST /v1/stock/{sku}/repairs works it out again',
  ]);
  expect(states.map(({ violations }) => violations)).toEqual([1, 0]);
});

test('a thousand violations are counted, twenty are logged', async () => {
  const { ended, states, lines } = watched(() => ({ violations: Array.from({ length: 200 }, () => 'broken') }), 1);
  await ended;
  expect(states[0]?.violations).toBe(1_200);
  expect(lines).toHaveLength(20);
});

test('a busy shard is asked again, and a stopped watch asks no more', async () => {
  let asked = 0;
  const state = Promise.withResolvers<void>();
  const watch = new InvariantWatch({
    shards: 1,
    async look() {
      asked++;
      if (asked === 3) state.resolve();
      if (asked < 3) throw new EngineBusyError('overloaded', 1);
      return { positions: 1, short: 0, violations: [] };
    },
    rest: (ms, signal) => (asked < 3 || signal.aborted ? Promise.resolve() : timerRest(60_000 + ms, signal)),
    nowMs: () => 0,
    wallMs: () => 7,
    log() {},
  });
  watch.start();
  await state.promise;
  await watch.stop();
  expect(asked).toBe(3);
  expect(watch.state.checkedAt).toBeNull();
});

test('a walk that fails is said and begun again', async () => {
  const { ended, states, lines } = watched((_shard, chunk, walk) => {
    if (walk === 0 && chunk === 1) throw new Error('the shard does not answer');
    return {};
  }, 2);
  await ended;
  expect(lines).toEqual(['invariant watch: a walk failed: Error: the shard does not answer']);
  expect(states.map(({ checkedAt }) => checkedAt === null)).toEqual([true, false]);
});

test('[AV7] in a running engine the watch finds every position and nothing wrong', async () => {
  const { engine } = await openTestEngine({ dataDir: testFolder() });
  await engine.record(
    Array.from({ length: 120 }, (_, i) => counted(i, 5)),
    1,
  );
  await engine.reserve(reserving('k', [1, 2, 3]));
  let { invariants } = await engine.stats();
  while (invariants.checkedAt === null) ({ invariants } = await engine.stats());
  expect(invariants).toMatchObject({ positions: 120, short: 0, violations: 0 });
});

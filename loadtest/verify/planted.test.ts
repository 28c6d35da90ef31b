import { beforeAll, expect, test } from 'vitest';
import { type Planted, plantedTree } from '../planted-tree.ts';
import { isRight, type Verified, verify } from './verify.ts';

// Each bug is one a developer could write. Every one of them must turn verify red, and the tree without one must not.

const BUGS: readonly Planted[] = [
  {
    name: '[FD2] a covered delta counted',
    file: 'engine/stock/apply-delta.ts',
    right: `    if (isOpen(judgement)) {`,
    wrong: `    if (isOpen(judgement) || judgement.startsWith('covered')) {`,
  },
  {
    name: '[FD3] a snapshot applied backwards',
    file: 'engine/stock/coverage.ts',
    right: `  if (a.at !== b.at) return a.at > b.at;`,
    wrong: `  if (a.at !== b.at) return a.at < b.at;`,
  },
  {
    name: '[FD1] an id forgotten',
    file: 'engine/stock/feeds.ts',
    right: `  if (known !== 0) {`,
    wrong: `  if (known !== 0 && known % 2 === 0) {`,
  },
  {
    name: '[AV2] headroom without groups',
    file: 'engine/stock/headroom.ts',
    right: `  for (let chosen = 1; chosen < combinations; chosen++) {`,
    wrong: `  for (let chosen = 1; chosen < Math.min(1, combinations); chosen++) {`,
  },
  {
    name: '[RS4] a hold not expired',
    file: 'engine/stock/holds.ts',
    right: `    return this.due.peek((hold) => this.isHeld(hold))?.reservation.expiresAt ?? Infinity;`,
    wrong: `    return Infinity;`,
  },
  {
    name: '[OR1] a refund that takes its units twice',
    file: 'engine/orders/goals.ts',
    right: `  return ordered - less.reduce((sum, each) => sum + each.units, 0);`,
    wrong: `  return ordered - less.reduce((sum, each) => sum + 2 * each.units, 0);`,
  },
  {
    name: '[FD8] one unit that leaves and stays allocated',
    file: 'engine/orders/hear-node.ts',
    right: `  const left = moved.filter((each) => each.left > 0);\n  const byShard = Map.groupBy(left, ({ line }) => stockShardOf(world, line.sku));`,
    wrong: `  const left = moved.filter((each) => each.left > 1);\n  const byShard = Map.groupBy(left, ({ line }) => stockShardOf(world, line.sku));`,
  },
];

/** Trees verified side by side: each has a server of its own. */
const LANES = 2;
const ALL_MS_MAX = 400_000;

const found = new Map<string, Verified>();

beforeAll(async () => {
  const queue: (Planted | undefined)[] = [undefined, ...BUGS];
  const lane = async (): Promise<void> => {
    while (queue.length > 0) {
      const planted = queue.shift();
      const tree = plantedTree(planted);
      try {
        const { verified } = await verify({
          seed: 11,
          small: true,
          only: 'plain',
          root: tree.root,
          say: () => undefined,
        });
        found.set(planted?.name ?? 'none', verified);
      } finally {
        tree.remove();
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}, ALL_MS_MAX);

test('a copy without a planted bug is right', () => {
  expect(found.get('none')).toMatchObject({ mismatches: 0, oversold: 0 });
});

test.each(BUGS.map(({ name }) => name))('%s turns verify red', (name) => {
  const verified = found.get(name);
  // Red by its numbers, not because the copy did not run.
  expect(verified?.positions).toBeGreaterThan(1000);
  expect(verified === undefined || isRight(verified)).toBe(false);
});

test('[AV2] headroom without groups sells units twice, and the shoppers’ log alone shows it', () => {
  expect(found.get('[AV2] headroom without groups')?.oversold).toBeGreaterThan(0);
});

test('a bug whose text is gone from the code cannot be planted in silence', () => {
  expect(() => plantedTree({ name: 'gone', file: 'package.json', right: 'no such text', wrong: '' })).toThrow(
    '0 times',
  );
});

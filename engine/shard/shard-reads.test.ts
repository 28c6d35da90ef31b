import { expect, test } from 'vitest';
import type { Command } from '../contract/command.ts';
import type { Query, StockStats } from '../contract/query.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import { loadReference } from './load-reference.ts';
import { createPartition } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';
import { mergeOrderStats, mergeStats } from './shard-reads.ts';

const stock = (more: Partial<StockStats>): StockStats => ({
  skus: 1,
  positions: 2,
  ids: 3,
  holds: 4,
  recorded: 5,
  duplicates: 6,
  refused: 7,
  tableBytes: { ids: 100 },
  health: [],
  heard: [],
  ...more,
});

test('[AV5] stats of shards add up; per source and node the newest time counts', () => {
  const node = 'N' as never;
  const health = { node, positions: 2, stocked: 1, low: 1, short: 0 };
  const merged = mergeStats(
    [
      stock({ health: [health], heard: [{ source: 'pos' as never, node, at: 10 }] }),
      stock({ health: [health], heard: [{ source: 'pos' as never, node, at: 30 }] }),
    ],
    [{ open: 9, held: 2 }],
    [
      {
        open: 8,
        silent: [],
        gaps: [],
        heard: [
          { source: 'pos' as never, node, at: 20 },
          { source: 'pos' as never, at: 5 },
        ],
      },
    ],
  );
  expect(merged).toMatchObject({ skus: 2, positions: 4, holds: 10, recorded: 10, duplicates: 12, refused: 14 });
  expect(merged.openLetters).toBe(8);
  expect(merged.tableBytes).toEqual({ ids: 200 });
  expect(merged.health).toEqual([{ node, positions: 4, stocked: 2, low: 2, short: 0 }]);
  expect(merged.heard).toEqual([
    { source: 'pos', node, at: 30 },
    { source: 'pos', at: 5 },
  ]);
});

test('stats of order shards add up, and the work of all nodes', () => {
  const shard = (byStatus: Record<string, number>, open: number) => {
    return { orders: 5, open, early: 1, byStatus, byQueue: { stuck: 1 }, bookVersion: 1 };
  };
  const load = { node: 'N' as never, open: 3, today: 4 };
  const merged = mergeOrderStats(
    [shard({ processing: 2, shipped: 3 }, 2), shard({ processing: 4, received: 1 }, 5)],
    [{ loads: [load, load], bookVersion: 1 }],
  );
  expect(merged).toEqual({
    kept: 10,
    open: 7,
    early: 2,
    byStatus: { processing: 6, shipped: 3, received: 1 },
    byQueue: { stuck: 2 },
    openByShard: [2, 5],
    workOpen: 6,
  });
});

test('a folder from before there was a book: it is told what the shards hold, once', async () => {
  const partition = createPartition({ stockShards: 2, promiseShards: 4, orderShards: 4, nodeShards: 2 });
  const sources = { of: 'sources', rows: [{ id: 'pos' }] } as unknown as ReferenceBatch;
  const nodes = { of: 'nodes', rows: [{ id: 'N' }] } as unknown as ReferenceBatch;
  const book: ReferenceBatch[] = [];
  const calls = {
    query: () => Promise.resolve({ answer: 'book', version: book.length, batches: book }),
    queries: ([{ query }]: readonly [{ readonly query: Query }]) =>
      Promise.resolve(
        query.ask === 'reference'
          ? [[nodes, sources], [sources]].map((batches) => ({ answer: 'reference', batches }))
          : // Shards of orders and nodes, which the changes above were sent to.
            Array.from({ length: 6 }, () => ({ answer: 'stats', stats: { bookVersion: book.length } })),
      ),
    command(_shard: number, command: Command) {
      if (command.do === 'change') book.push(command.batch);
      return Promise.resolve({ status: 'applied' });
    },
  } as unknown as ShardCalls;
  for (let start = 0; start < 2; start++) {
    const reference = await loadReference(calls, partition);
    expect(reference.nodes.size).toBe(1);
    expect(book).toEqual([sources, nodes]);
  }
});

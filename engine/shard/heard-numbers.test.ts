import { expect, test } from 'vitest';
import type { EventId, Sku, SourceId } from '../contract/ids.ts';
import type { NumbersSeen } from '../contract/number-gaps.ts';
import type { EventOutcome } from '../contract/outcome.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { HeardNumbers } from './heard-numbers.ts';
import { openTestEngine, testFolder } from './test-engine.ts';
import { NODE } from './test-fixture.ts';

const WMS = 'wms' as SourceId;
const NOW_MS = Date.now();

const recorded: EventOutcome = { status: 'recorded', position: '0.1' };

function sale(seq: number | undefined, more: object = {}): StockEvent {
  const place = { source: WMS, sku: 'A' as Sku, node: NODE, at: NOW_MS };
  const id = `s${seq}` as EventId;
  return { kind: 'delta', ...place, id, quantity: -1, reason: 'sale', ...(seq !== undefined && { seq }), ...more };
}

test('[FD5] while one word is under way the numbers of all others collect into the next', async () => {
  const told: (readonly NumbersSeen[])[] = [];
  const going: (() => void)[] = [];
  const numbers = new HeardNumbers(async (seen) => {
    told.push(seen);
    await new Promise<void>((go) => going.push(go));
    return { status: 'applied' };
  });
  expect(numbers.hear([sale(undefined)], [recorded])).toBeUndefined();
  const first = numbers.hear([sale(1), sale(2)], [recorded, recorded]);
  await Promise.resolve();
  const others = [4, 3, 7].map((seq) => numbers.hear([sale(seq, { stream: 's' })], [recorded]));
  going.shift()!();
  await first;
  await Promise.resolve();
  going.shift()!();
  for (const other of others) await other;
  expect(told).toEqual([
    [{ source: WMS, ranges: [[1, 2]] }],
    [
      {
        source: WMS,
        stream: 's',
        ranges: [
          [3, 4],
          [7, 7],
        ],
      },
    ],
  ]);
});

test('[FD5] when the intake shard cannot be told, the sender is not answered either', async () => {
  const numbers = new HeardNumbers(() => Promise.reject(new Error('overloaded')));
  await expect(numbers.hear([sale(1)], [recorded])).rejects.toThrow('overloaded');
});

test('[FD5] gaps over all shards of an engine, still there after a restart, closed by what arrives late or is booked', async () => {
  const dataDir = testFolder();
  const source = WMS;
  const missing = (of: Awaited<ReturnType<typeof openTestEngine>>): Promise<object[]> =>
    of.engine.gaps(source, 10).then((streams) => streams.flatMap(({ gaps }) => gaps.map(({ from, to }) => [from, to])));
  const first = await openTestEngine({ dataDir });
  const skus = ['A', 'B', 'C', 'D', 'E', 'F'] as Sku[];
  const numbered = (from: number, to: number): StockEvent[] =>
    Array.from({ length: to - from + 1 }, (_, i) => sale(from + i, { sku: skus[i % skus.length] }));
  await first.engine.record([...numbered(1, 20), ...numbered(24, 30)], NOW_MS);
  expect(await missing(first)).toEqual([[21, 23]]);
  expect((await first.engine.stats()).gaps).toMatchObject([{ source, streams: 1, missing: 3 }]);
  await first.engine.close();
  const second = await openTestEngine({ dataDir });
  expect(await missing(second)).toEqual([[21, 23]]);
  await second.engine.record([sale(22)], NOW_MS);
  expect(await missing(second)).toEqual([
    [21, 21],
    [23, 23],
  ]);
  const book = { kind: 'snapshot', quantity: 9, covers: 'book', carries: 'on-hand', id: 'book' as EventId } as const;
  await second.engine.record([{ ...sale(30), ...book } as StockEvent], NOW_MS);
  expect(await missing(second)).toEqual([]);
});

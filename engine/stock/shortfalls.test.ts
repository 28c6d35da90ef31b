import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AllocationId, ChannelId, ClientId, NodeId } from '../contract/ids.ts';
import type { Shortfall } from '../contract/shortfall.ts';
import { delta, nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const CHANNEL = 'web' as ChannelId;
const NODES = 3;

function newShard(): TestShard {
  return new TestShard(START_MS, { holdsPerClientMax: 1_000 }).apply(...retailer({ nodes: NODES, skus: 2 }));
}

let made = 0;
function stock(shard: TestShard, node: number, quantity: number, sku = 0): string {
  const id = `e${made++}`;
  shard.record(delta({ id, at: shard.nowMs, quantity, node: nodeId(node), sku: skuId(sku) }));
  return id;
}

function listed(
  shard: TestShard,
  asked: { limit?: number; node?: NodeId; after?: Shortfall } = {},
): readonly Shortfall[] {
  const answer = shard.machine.answer({ ask: 'shortfalls', limit: 100, ...asked }, shard.nowMs);
  return answer.answer === 'shortfalls' ? answer.shortfalls : [];
}

test('[AV7] a feed that takes promised units away opens a shortfall that says what did it, until there is enough again', () => {
  const shard = newShard();
  stock(shard, 0, 5);
  const lines = [{ sku: skuId(0), units: 4, node: nodeId(0) }];
  const client = 'shop' as ClientId;
  const request = { key: 'k', client, channel: CHANNEL, holdMs: 60_000, partial: false, lines };
  const reserved = shard.run({ do: 'reserve', request });
  shard.changes();

  shard.nowMs += 10;
  const theft = stock(shard, 0, -2);
  const position = `7.${shard.facts.length}`;
  const by = { position, fact: 'StockRecorded', source: 'wms', id: theft };
  const opened = { sku: skuId(0), node: nodeId(0), units: 1, since: START_MS + 10, by };
  expect(listed(shard)).toEqual([opened]);
  expect(shard.changes()).toMatchObject([{ shortfalls: [opened] }]);

  shard.nowMs += 10;
  const worse = stock(shard, 0, -1);
  expect(listed(shard)).toMatchObject([{ units: 2, since: START_MS + 10, by: { id: worse } }]);
  const id = reserved.status === 'reserved' ? reserved.reservation.id : ('r7-0' as never);
  const allocation = 'o1' as AllocationId;
  shard.run({ do: 'allocate-held', allocation, step: 1, id, client });
  expect(listed(shard)).toMatchObject([{ units: 2, since: START_MS + 10, by: { id: worse } }]);
  expect(shard.replayed().digest()).toBe(shard.digest());

  shard.run({ do: 'reduce-allocated', allocation, step: 2, lines: [{ ...lines[0]!, units: 1 }] });
  expect(listed(shard)).toMatchObject([{ units: 1, by: { id: worse } }]);
  shard.changes();
  stock(shard, 0, 3);
  expect(listed(shard)).toEqual([]);
  expect(shard.changes()).toMatchObject([{ shortfalls: [{ node: nodeId(0), units: 0 }] }]);
  stock(shard, 0, 3);
  expect(shard.changes()[0]).not.toHaveProperty('shortfalls');
});

test('[AV7] pages show every open shortfall once, and what is listed is what the positions say', () => {
  const step = fc.record({
    do: fc.constantFrom('stock', 'allocate', 'reduce', 'wait'),
    sku: fc.nat(1),
    node: fc.nat(NODES - 1),
    units: fc.integer({ min: 1, max: 6 }),
    sign: fc.constantFrom(1, -1, -1),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), fc.integer({ min: 1, max: 3 }), (steps, limit) => {
      const shard = newShard();
      for (const [index, { do: what, sku, node, units, sign }] of steps.entries()) {
        const head = { allocation: `o${sku}${node}` as AllocationId, step: index };
        const lines = [{ sku: skuId(sku), units, node: nodeId(node) }];
        if (what === 'wait') shard.nowMs += 1;
        else if (what === 'stock') stock(shard, node, sign * units, sku);
        else if (what === 'allocate') shard.run({ do: 'allocate', ...head, channel: CHANNEL, lines, partial: true });
        else shard.run({ do: 'reduce-allocated', ...head, lines });
      }
      const short = [0, 1].flatMap((sku) =>
        (shard.stock(skuId(sku))?.nodes ?? []).flatMap(({ node, short: units }) =>
          units === 0 ? [] : [`${skuId(sku)} ${node} ${units}`],
        ),
      );
      const seen: Shortfall[] = [];
      for (;;) {
        const after = seen.at(-1);
        const page = listed(shard, { limit, ...(after !== undefined && { after }) });
        expect(page.length).toBeLessThanOrEqual(limit);
        if (page.length === 0) break;
        seen.push(...page);
      }
      expect(seen.map(({ sku, node, units }) => `${sku} ${node} ${units}`).toSorted()).toEqual(short.toSorted());
      expect(seen.map(({ since }) => since)).toEqual(seen.map(({ since }) => since).toSorted((a, b) => a - b));
      expect(listed(shard, { node: nodeId(1) })).toEqual(listed(shard).filter(({ node }) => node === nodeId(1)));
      const audit = shard.machine.answer({ ask: 'audit', limit: 100 }, shard.nowMs);
      expect(audit).toMatchObject({ audit: { violations: [] } });
    }),
    { numRuns: 300 },
  );
});

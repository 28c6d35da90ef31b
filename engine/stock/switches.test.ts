import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelId, ClientId, NodeId, Sku } from '../contract/ids.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import { delta, itemRef, nodeId, nodeRef, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const SIZE = { nodes: 2, skus: 2 };

const switched = (sku: Sku, node: NodeId, enabled: boolean): ReferenceBatch => {
  return { of: 'switches', rows: [{ sku, node, enabled }] };
};

/** Ten of every sku at every node. */
function newShard(): TestShard {
  const shard = new TestShard(START_MS).apply(...retailer(SIZE));
  for (const sku of [0, 1]) for (const node of [0, 1]) receive(shard, sku, node);
  return shard;
}

function receive(shard: TestShard, sku: number, node: number): void {
  const place = { sku: skuId(sku), node: nodeId(node) };
  shard.record(delta({ id: `e${sku}-${node}`, at: START_MS, quantity: 10, reason: 'receipt', ...place }));
}

/** `available off` of each position of a sku, then ATS(web). */
function shown(shard: TestShard, sku = 0): string {
  const stock = shard.stock(skuId(sku));
  const nodes = stock?.nodes.map(({ available, off }) => `${available} ${off ?? 'on'}`) ?? [];
  return `${nodes.join(', ')}; ${stock?.channels[0]?.ats}`;
}

describe('switches', () => {
  test('[AV1] nothing is available where node, item or the item at the node is switched off, and the answer says which', () => {
    const shard = newShard();
    const rows: (readonly [ReferenceBatch, string])[] = [
      [switched(skuId(0), nodeId(0), false), '0 position, 10 on; 10'],
      [{ of: 'items', rows: [itemRef(skuId(0), { enabled: false })] }, '0 item, 0 item; 0'],
      [{ of: 'nodes', rows: [nodeRef(nodeId(1), { enabled: false })] }, '0 item, 0 node; 0'],
      [{ of: 'items', rows: [itemRef(skuId(0))] }, '0 position, 0 node; 0'],
      [{ of: 'nodes', rows: [nodeRef(nodeId(1))] }, '0 position, 10 on; 10'],
      [switched(skuId(0), nodeId(0), true), '10 on, 10 on; 20'],
    ];
    for (const [batch, should] of rows) expect([batch, shown(shard.apply(batch))]).toEqual([batch, should]);
    expect(shown(shard, 1)).toBe('10 on, 10 on; 20');
  });

  test('[AV1] a switch waits for a position nobody has spoken of, and what is promised there stays promised', () => {
    const shard = new TestShard(START_MS).apply(...retailer(SIZE), switched(skuId(0), nodeId(0), false));
    receive(shard, 0, 0);
    expect(shown(shard)).toBe('0 position; 0');
    shard.apply(switched(skuId(0), nodeId(0), true));
    const line = { sku: skuId(0), node: nodeId(0), units: 4 };
    const request = { key: 'k', client: 'c' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
    expect(shard.run({ do: 'reserve', request: { ...request, lines: [line] } })).toMatchObject({ status: 'reserved' });
    shard.apply(switched(skuId(0), nodeId(0), false));
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ onHand: 10, reserved: 4, available: 0, off: 'position' });
    expect(shard.run({ do: 'reserve', request: { ...request, key: 'k2', lines: [line] } })).toMatchObject({
      code: 'units-exceed-available',
      units: 0,
    });
  });

  test('[AV1] a change of a switch is published, the same row again is no fact', () => {
    const shard = newShard();
    shard.changes();
    shard.apply(switched(skuId(0), nodeId(0), false));
    const facts = shard.facts.length;
    expect(shard.changes()).toMatchObject([{ sku: skuId(0), revision: facts, nodes: [{ off: 'position' }] }]);
    shard.apply(switched(skuId(0), nodeId(0), false));
    expect(shard.facts).toHaveLength(facts);
  });

  test('[AV1] whatever the order of switches and events, a position is off exactly when its last row says so', () => {
    const one = fc.record({ sku: fc.nat(1), node: fc.nat(1), act: fc.constantFrom('on', 'off', 'receive') });
    const property = fc.property(fc.array(one, { minLength: 1, maxLength: 40, size: 'max' }), (history) => {
      const shard = new TestShard(START_MS).apply(...retailer(SIZE));
      const off = new Set<string>();
      for (const { sku, node, act } of history) {
        if (act === 'receive') receive(shard, sku, node);
        else shard.apply(switched(skuId(sku), nodeId(node), act === 'on'));
        if (act !== 'receive') off[act === 'off' ? 'add' : 'delete'](`${skuId(sku)} ${nodeId(node)}`);
      }
      for (const sku of [skuId(0), skuId(1)]) {
        for (const { node, available } of shard.stock(sku)?.nodes ?? []) {
          expect(available).toBe(off.has(`${sku} ${node}`) ? 0 : 10);
        }
      }
      expect(shard.replayed().digest()).toBe(shard.digest());
    });
    fc.assert(property);
  });
});

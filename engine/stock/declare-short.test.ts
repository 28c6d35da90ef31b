import { expect, test } from 'vitest';
import type { AllocationId, EventId, GroupId, OrderId } from '../contract/ids.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { auditOf, SKU, Script } from './test-allocations.ts';
import { HANDHELD, itemRef, nodeId, skuId, sourceRef, WMS } from './test-retailer.ts';
import type { TestShard } from './test-shard.ts';

function short(step: number, as: 'not-found' | 'damaged', units: number, changes: object = {}): AllocationStep {
  const about = { do: 'declare-short', as, sku: SKU, node: nodeId(0), units } as const;
  return { ...about, allocation: 'o1' as AllocationId, step, ...changes };
}

/** 10 at n0: o1 has 2 of them, 3 are held, 5 nobody was promised. */
function newScript(): Script {
  const script = new Script();
  script.shard.apply({ of: 'sources', rows: [sourceRef(HANDHELD)] });
  for (const line of ['count n0 10', 'allocate o1: 2 n0', 'reserve r1: 3 n0']) script.act(line);
  return script;
}

/** unavailable, available, short. */
function numbers(shard: TestShard): string {
  const at = shard.stock(SKU)?.nodes[0];
  return [JSON.stringify(at?.states), at?.available, at?.short].join(' ');
}

function snapshot(shard: TestShard, id: string, covers: 'book' | 'count', quantity: number): void {
  const head = { kind: 'snapshot', id: id as EventId, at: (shard.nowMs += 1_000), sku: SKU, node: nodeId(0) } as const;
  const states = covers === 'book' ? { states: {} } : {};
  const source = covers === 'book' ? WMS : HANDHELD;
  expect(shard.record({ ...head, ...states, source, covers, quantity, carries: 'on-hand' }).status).toBe('recorded');
}

test('[OR8] what a picker could not find is suspect with all that nobody was promised; the promises stay', () => {
  const { shard } = newScript();
  expect(numbers(shard)).toBe('{} 5 0');
  expect(shard.run(short(2, 'not-found', 2))).toMatchObject({
    status: 'allocated',
    allocation: { lines: [{ sku: SKU, units: 2, node: nodeId(0) }] },
  });
  // 3 are left for those who hold them; what o1 has there is not.
  expect(numbers(shard)).toBe('{"suspect":7} 0 2');
  shard.run(short(2, 'not-found', 2));
  expect(numbers(shard)).toBe('{"suspect":7} 0 2');
  snapshot(shard, 'night', 'book', 10);
  expect(numbers(shard)).toBe('{"suspect":7} 0 2');
  snapshot(shard, 'looked', 'count', 6);
  expect(numbers(shard)).toBe('{} 1 0');
  expect(auditOf(shard)).toEqual([]);
  expect(shard.replayed().digest()).toBe(shard.digest());
});

test('[OR8] units that were found unfit are damaged, so many; the node’s own word on states replaces that', () => {
  const { shard } = newScript();
  shard.run(short(2, 'damaged', 1));
  expect(numbers(shard)).toBe('{"damaged":1} 4 0');
  snapshot(shard, 'night', 'book', 10);
  expect(numbers(shard)).toBe('{} 5 0');
});

test('[OR8] it makes no difference whether the units move to another node before or after', () => {
  const away = { allocation: 'o1' as AllocationId, do: 'move-allocated', sku: SKU, from: { node: nodeId(0) } } as const;
  const seen = [0, 1].map((first) => {
    const script = newScript();
    script.act('count n1 5');
    const steps = [
      (step: number): AllocationStep => ({ ...away, step, to: { node: nodeId(1) } }),
      (step: number): AllocationStep => short(step, 'not-found', 2),
    ];
    for (const [index, make] of (first === 0 ? steps : steps.toReversed()).entries()) {
      expect(script.shard.run(make(index + 2)).status).toBe('allocated');
    }
    return numbers(script.shard);
  });
  expect(seen).toEqual(['{"suspect":7} 0 0', '{"suspect":7} 0 0']);
});

test('[OR8] a no changes nothing, and what is gone altogether may still be declared short', () => {
  const { shard } = newScript();
  const cases: readonly (readonly [AllocationStep, code: string])[] = [
    [short(2, 'damaged', 1, { allocation: 'o9' }), 'unknown-allocation'],
    [short(2, 'damaged', 1, { node: 'n9' }), 'unknown-node'],
    [short(3, 'damaged', 1, { sku: skuId(9) }), 'unknown-sku'],
    [short(4, 'damaged', 1, { node: nodeId(1) }), 'unknown-line'],
    [short(5, 'damaged', 0), 'units-out-of-bounds'],
  ];
  for (const [command, code] of cases) {
    expect(shard.run(command)).toMatchObject({ status: 'refused', code });
    expect(numbers(shard)).toBe('{} 5 0');
  }
  shard.run({ do: 'reduce-allocated', allocation: 'o1' as AllocationId, step: 6 });
  expect(shard.run(short(7, 'not-found', 2)).status).toBe('allocated');
  expect(numbers(shard)).toBe('{"suspect":7} 0 0');
});

test('sourcing reads where skus are: nodes of the group with available units, stale ones marked; no fact', () => {
  const { shard } = newScript();
  shard.apply({ of: 'items', rows: [itemRef(SKU, { grams: 250, department: 'shoes' })] });
  const silence = { source: WMS, since: shard.nowMs, widenUnits: 0, switchedOff: false };
  shard.run({ do: 'node-silence', node: nodeId(0), number: 1, replyTo: 20, silence });
  const facts = shard.facts.length;
  const ask = { replyTo: 30, order: 'o1' as OrderId, ask: 4, group: 'all' as GroupId, skus: [SKU, skuId(9)] };
  expect(shard.decide({ do: 'read-nodes', ...ask }).requests).toEqual([
    {
      shard: 30,
      command: {
        do: 'nodes-read',
        order: 'o1',
        ask: 4,
        shard: 7,
        skus: [
          { sku: SKU, grams: 250, department: 'shoes', nodes: [{ node: nodeId(0), available: 5, stale: true }] },
          { sku: skuId(9), nodes: [] },
        ],
      },
    },
  ]);
  const { requests } = shard.decide({ do: 'read-nodes', ...ask, group: 'nowhere' as GroupId });
  expect(requests[0]?.command).toMatchObject({ skus: [{ nodes: [] }, { nodes: [] }] });
  expect(shard.facts.length).toBe(facts);
});

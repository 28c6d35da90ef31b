import { describe, expect, test } from 'vitest';
import type { StockChange } from '../contract/change.ts';
import type { ChannelId, ClientId, EventId, Sku } from '../contract/ids.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, retailer, skuId, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;

function newShard(): TestShard {
  const shard = new TestShard(START_MS).apply(...retailer({ nodes: 3, skus: 3 }));
  shard.changes();
  return shard;
}

const receive = (shard: TestShard, id: string, quantity: number, changes?: { sku?: Sku; node?: number }): void => {
  const { sku = skuId(0), node = 0 } = changes ?? {};
  shard.record(delta({ id, at: START_MS, quantity, sku, node: nodeId(node) }), START_MS + Number(id.slice(1)));
};

const skusOf = (changes: readonly StockChange[]): string[] => changes.map((change) => change.sku);

describe('changes', () => {
  test('one per touched sku: whole channels, moved nodes, oldest receipt, count of facts', () => {
    const shard = newShard();
    receive(shard, 'e9', 5);
    receive(shard, 'e4', 2, { node: 1 });
    receive(shard, 'e7', 1);
    receive(shard, 'e8', 1, { sku: skuId(1) });
    const [first, second, ...none] = shard.changes();
    expect(none).toEqual([]);
    expect(first).toMatchObject({
      sku: skuId(0),
      receivedAt: START_MS + 4,
      facts: 3,
      revision: 8,
      position: '7.8',
      at: START_MS,
    });
    expect(first?.nodes.map(({ node, available }) => [node, available])).toEqual([
      ['n0', 6],
      ['n1', 2],
    ]);
    expect(first?.channels.map(({ channel, ats, asOf }) => [channel, ats, asOf])).toEqual([
      ['web', 8, START_MS],
      ['app', 8, START_MS],
      ['till', 6, START_MS],
    ]);
    expect(second).toMatchObject({ sku: skuId(1), receivedAt: START_MS + 8, facts: 1, revision: 9 });
    expect(shard.changes()).toEqual([]);
  });

  test('a replayed fact has no receipt: it was pushed in an earlier life', () => {
    const shard = newShard();
    receive(shard, 'e1', 5);
    const changes = shard.replayed().takeChanges(START_MS);
    expect(changes).toMatchObject([{ sku: skuId(0), receivedAt: 0, facts: 1 }]);
  });

  test('[AV6] bands follow ATS with hysteresis, fact by fact and not only when somebody looks', () => {
    const shard = newShard();
    const bands: string[] = [];
    // lowAt 5, clearAt 8
    for (const [index, units] of [3, 4, 2, -2, -2, 3, -8, 7].entries()) {
      receive(shard, `e${index}`, units);
      const web = shard.stock(skuId(0))?.channels[0];
      bands.push(`${web?.ats} ${web?.band}`);
    }
    expect(bands).toEqual([
      '3 low-stock',
      '7 low-stock',
      '9 in-stock',
      '7 in-stock',
      '5 low-stock',
      '8 low-stock',
      '0 out-of-stock',
      '7 low-stock',
    ]);
  });

  test('[AV1] reference data that changes availability touches the skus it changes, and no others', () => {
    const shard = newShard();
    receive(shard, 'e1', 5);
    receive(shard, 'e2', 5, { sku: skuId(1), node: 1 });
    shard.changes();
    shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(1), { safety: 2 })] });
    const [safety] = shard.changes();
    expect(safety).toMatchObject({ sku: skuId(1), revision: 8, receivedAt: 0, nodes: [{ safety: 2, available: 3 }] });
    shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(0), { enabled: false })] });
    expect(shard.changes()).toMatchObject([{ sku: skuId(0), nodes: [{ onHand: 5, available: 0 }] }]);
    shard.apply({ of: 'items', rows: [itemRef(skuId(1), { enabled: false })] });
    expect(shard.changes()).toMatchObject([{ sku: skuId(1), nodes: [{ onHand: 5, available: 0 }] }]);
    shard.apply({ of: 'groups', rows: [groupRef('first', [nodeId(1)])] });
    expect(skusOf(shard.changes())).toEqual([skuId(0), skuId(1)]);
    shard.apply({ of: 'channels', rows: [channelRef('b2b', 'all')] });
    expect(shard.changes()[0]?.channels.map((channel) => channel.channel)).toEqual(['web', 'app', 'till', 'b2b']);
  });

  test('reference data applied again, as on every start, touches nothing', () => {
    const shard = newShard();
    receive(shard, 'e1', 5);
    const revision = shard.stock(skuId(0))?.revision;
    shard.changes();
    const facts = shard.facts.length;
    shard.apply(...retailer({ nodes: 3, skus: 3 }));
    expect(shard.facts.length).toBe(facts);
    // Nor does a row that differs in what availability does not look at.
    shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(0), { name: 'renamed' })] });
    expect(shard.facts.length).toBe(facts + 1);
    expect(shard.changes()).toEqual([]);
    expect(shard.stock(skuId(0))?.revision).toBe(revision);
  });

  test('[AV2] after any change of groups and nodes the sums are what counting anew gives', () => {
    const shard = newShard();
    for (const node of [0, 1, 2]) receive(shard, `e${node}`, 3 + node, { node });
    shard.apply(
      { of: 'groups', rows: [groupRef('all', [nodeId(1), nodeId(2)])] },
      { of: 'nodes', rows: [nodeRef(nodeId(2), { safety: 1 })] },
    );
    receive(shard, 'e7', 10, { node: 0 });
    receive(shard, 'e8', 1, { node: 1 });
    expect(shard.stock(skuId(0))?.channels.map((channel) => channel.ats)).toEqual([9, 9, 13]);
  });
});

describe('answers', () => {
  test('an item of the master is known before anybody reports it; other names are not', () => {
    const shard = newShard();
    const answer = shard.machine.answer({ ask: 'stock', skus: [skuId(2), 'nothing' as Sku] }, START_MS);
    expect(answer).toMatchObject({ answer: 'stock', stock: [{ sku: skuId(2), revision: 5, nodes: [], inbound: [] }] });
    const channels = shard.stock(skuId(2))?.channels;
    expect(channels).toHaveLength(3);
    expect(channels?.[0]).toEqual({ channel: 'web', ats: 0, unplaced: 0, band: 'out-of-stock', asOf: 0 });
  });

  test('all stock comes in chunks, each sku once', () => {
    const shard = newShard();
    for (const sku of [2, 0, 1]) receive(shard, `e${sku}`, 1, { sku: skuId(sku) });
    const seen: string[] = [];
    for (let after: Sku | undefined; ;) {
      const query = after === undefined ? { ask: 'all-stock', limit: 2 } : { ask: 'all-stock', limit: 2, after };
      const answer = shard.machine.answer(query as never, START_MS);
      const chunk = answer.answer === 'stock' ? answer.stock : [];
      if (chunk.length === 0) break;
      seen.push(...chunk.map((stock) => stock.sku));
      after = chunk.at(-1)?.sku;
    }
    expect(seen).toEqual([skuId(2), skuId(0), skuId(1)]);
  });

  test('[Inbound] inbound supply is listed by due date and reduced by receipts, in either order', () => {
    const shard = newShard();
    const inbound = (
      id: string,
      quantity: number,
      more: { at?: number; dueAt?: number; inboundRef?: string },
    ): void => {
      const head = { source: WMS, id: id as EventId, at: START_MS, sku: skuId(0), node: nodeId(0) } as const;
      shard.record({ kind: 'inbound', ...head, quantity, inboundRef: 'po-1', dueAt: START_MS, ...more });
    };
    inbound('i1', 10, { dueAt: START_MS + 5 });
    shard.record(delta({ id: 'r1', at: START_MS, quantity: 4, reason: 'receipt', inboundRef: 'po-1' }));
    shard.record(delta({ id: 'r2', at: START_MS, quantity: 2, reason: 'receipt', inboundRef: 'po-2' }));
    inbound('i2', 3, { inboundRef: 'po-2' });
    expect(shard.stock(skuId(0))?.inbound).toEqual([
      { node: 'n0', inboundRef: 'po-2', units: 1, dueAt: START_MS },
      { node: 'n0', inboundRef: 'po-1', units: 6, dueAt: START_MS + 5 },
    ]);
    inbound('i3', 0, { at: START_MS + 1 });
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ inbound: 1, onHand: 6 });
  });

  test('health counts positions per node as they change', () => {
    const shard = newShard();
    receive(shard, 'e1', 5);
    receive(shard, 'e2', 2, { sku: skuId(1) });
    receive(shard, 'e3', 1, { sku: skuId(2) });
    receive(shard, 'e4', -1, { sku: skuId(2) });
    const request = {
      key: 'k',
      client: 'shop' as ClientId,
      channel: 'web' as ChannelId,
      lines: [{ sku: skuId(1), units: 2, node: nodeId(0) }],
      holdMs: 1_000,
      partial: false,
    };
    shard.run({ do: 'reserve', request });
    receive(shard, 'e5', -1, { sku: skuId(1) });
    const answer = shard.machine.answer({ ask: 'stats' }, START_MS);
    const counts = { skus: 3, positions: 3, ids: 5, holds: 1, recorded: 5, duplicates: 0, refused: 0 };
    expect(answer).toMatchObject({ answer: 'stats', stats: counts });
    expect(answer.answer === 'stats' ? answer.stats.health[0] : undefined).toEqual({
      node: 'n0',
      positions: 3,
      stocked: 1,
      low: 0,
      short: 1,
    });
  });

  test('reference data is given back as it was applied', () => {
    const shard = newShard();
    const answer = shard.machine.answer({ ask: 'reference' }, START_MS);
    const batches = answer.answer === 'reference' ? answer.batches : [];
    const given = retailer({ nodes: 3, skus: 3 });
    for (const batch of given) expect(batches).toContainEqual(batch);
  });
});

import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from './api.ts';
import type { ChannelId, NodeId } from './contract/ids.ts';
import type { OrderChange } from './contract/order.ts';
import type { ReferenceBatch } from './contract/reference.ts';
import type { ShopMessage } from './contract/shop-order.ts';
import type { SourcingRef } from './contract/sourcing.ts';
import { openEngine } from './engine.ts';
import { testFolder } from './shard/test-engine.ts';
import { CLIENT, counted, NODE, REFERENCE, sku } from './shard/test-fixture.ts';

// What rules would do, over the whole engine.

const FAR = 'DC-2' as NodeId;
const NODES: readonly ReferenceBatch[] = REFERENCE.flatMap((batch): ReferenceBatch[] => {
  if (batch.of === 'nodes') return [batch, { of: 'nodes', rows: [{ ...batch.rows[0]!, id: FAR, name: FAR, lat: 44 }] }];
  if (batch.of !== 'groups') return [batch];
  return [{ of: 'groups', rows: batch.rows.map((row) => ({ ...row, nodes: [NODE, FAR] })) }];
});
const FREE = { dc: 0, store: 0, supplier: 0, 'third-party': 0 };
const rules = (id: string, nodes: readonly NodeId[], handling = 0): SourcingRef => ({
  id,
  name: id,
  steps: [{ name: `only ${nodes.join()}`, rank: ['cost'], candidates: { nodes }, otherwise: 'queue' }],
  costs: { splitMinor: 0, pressureMinor: 0, handlingMinor: { ...FREE, dc: handling } },
});
const ZONES = [
  { zone: 'near', kmMax: 100, baseMinor: 500, perKgMinor: 0, days: 1 },
  { zone: 'far', kmMax: 5_000, baseMinor: 900, perKgMinor: 0, days: 3 },
];

async function openWorld(sets: readonly SourcingRef[]) {
  let released = 0;
  const waiting: (() => void)[] = [];
  const publishOrders = (changes: readonly OrderChange[]): void => {
    // Its node has answered: whatever was sourced has come to rest.
    released += changes.filter(({ what }) => what === 'WorkHeard').length;
    for (const look of waiting) look();
  };
  const dataDir = testFolder();
  const engine = await openEngine({ dataDir, threads: 1, stockShards: 4, publish: () => undefined, publishOrders });
  onTestFinished(() => engine.close());
  const carriers = { of: 'carriers', rows: [{ id: 'post', name: 'Post', zones: ZONES }] } as const;
  for (const batch of [...NODES, carriers, { of: 'sourcing', rows: sets } as const]) await engine.apply(batch);
  const until = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => void (released >= count && resolve());
      waiting.push(look);
      look();
    });
  return { engine, until };
}

function ordering(id: string, units: number): ShopMessage {
  const at = Date.now();
  const lines = [{ line: '1', sku: sku('A'), units, unitMinor: 1_000 }];
  const shipTo = { lines: [], lat: 41, lon: -93 };
  const order = { placedAt: at, currency: 'USD', method: 'ship', lines, shipTo } as const;
  return { kind: 'place', channel: 'web' as ChannelId, channelOrderId: id, message: `m-${id}`, at, order };
}

async function stocked(engine: Engine): Promise<void> {
  await engine.record([counted('A', 9), { ...counted('A', 9, 'c2'), node: FAR }], 1);
}

const lastDay = () => ({ from: Date.now() - 86_400_000, to: Date.now() + 1_000, limit: 100 });

test('[OR6] what rules would do over orders that were placed: by what was there then, measured by the live costs', async () => {
  const { engine, until } = await openWorld([rules('live', [NODE])]);
  await stocked(engine);
  await engine.shopMessage(CLIENT, ordering('1', 2));
  await engine.shopMessage(CLIENT, ordering('2', 3));
  await until(2);
  // What is sold out since was there when they were placed.
  await engine.record([{ ...counted('A', 0, 'c3'), node: FAR, at: Date.now() }], 2);
  const compared = await engine.simulateSourcing({ ...lastDay(), rules: rules('draft', [FAR], 70) });
  const km = 334;
  expect(compared).toMatchObject({
    orders: 2,
    passedOver: 0,
    live: { unfillable: 0, missingUnits: 0, splits: 0, shipments: 2, km: 0, costMinor: 1_000 },
    tried: { unfillable: 0, missingUnits: 0, splits: 0, shipments: 2, km: 2 * km, costMinor: 1_800 },
    differ: 2,
    later: 2,
    sooner: 0,
    differences: [
      { number: '2', live: { nodes: [NODE], costMinor: 500 }, tried: { step: `only ${FAR}`, nodes: [FAR], km } },
      { number: '1' },
    ],
  });
  const none = await engine.simulateSourcing({ ...lastDay(), rules: rules('draft', ['DC-9' as NodeId]) });
  expect(none).toMatchObject({ tried: { unfillable: 2, missingUnits: 5, shipments: 0 }, differ: 2 });
  const same = await engine.simulateSourcing({ ...lastDay(), rules: rules('draft', [NODE, FAR]) });
  expect(same).toMatchObject({ orders: 2, differ: 0, differences: [] });
  const others = await engine.simulateSourcing({ ...lastDay(), channels: [], rules: rules('draft', [FAR]) });
  expect(others).toMatchObject({ orders: 0, passedOver: 0 });
});

test('[OR6] the shadow set decides beside the live one, has no effect, and is compared', async () => {
  const { engine, until } = await openWorld([rules('live', [NODE]), rules('shadow', [NODE, FAR])]);
  await stocked(engine);
  await engine.shopMessage(CLIENT, ordering('1', 2));
  await until(1);
  await engine.apply({ of: 'sourcing', rows: [rules('shadow', [FAR])] });
  await engine.shopMessage(CLIENT, ordering('2', 2));
  await until(2);
  const compared = await engine.compareShadow(lastDay());
  expect(compared).toMatchObject({ orders: 2, differ: 1, differences: [{ number: '2', tried: { nodes: [FAR] } }] });
});

test('[OR6] a dry-run decides by the stock of now, an order’s own units counted as free, and changes nothing', async () => {
  const { engine, until } = await openWorld([rules('live', [NODE, FAR])]);
  await stocked(engine);
  const taken = await engine.shopMessage(CLIENT, ordering('1', 9));
  if (taken.status !== 'taken') throw new Error(taken.status);
  await until(1);
  const [order] = await engine.orders([taken.order.id]);
  const again = await engine.trySourcing(order!);
  expect(again).toMatchObject({ step: `only ${NODE},${FAR}`, plan: { parts: [{ node: NODE }], missing: [] } });
  const other = await engine.trySourcing(order!, rules('draft', [FAR]));
  expect(other).toMatchObject({ rules: 'draft', plan: { parts: [{ node: FAR, lines: [{ units: 9 }] }] } });
  const draft = { channel: 'web' as ChannelId, method: 'ship', tags: [], valueMinor: 100, lat: 41, lon: -93 } as const;
  const lines = [{ sku: sku('A'), units: 10 }];
  expect(await engine.trySourcing({ ...draft, lines })).toMatchObject({ otherwise: 'queue' });
  expect(await engine.trySourcing({ ...draft, channel: 'moon' as ChannelId, lines })).toBeUndefined();
  expect(await engine.orders([taken.order.id])).toEqual([order]);
});

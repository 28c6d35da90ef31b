import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from './api.ts';
import type { ChannelId, NodeId } from './contract/ids.ts';
import type { Order, OrderChange } from './contract/order.ts';
import type { ActOutcome } from './contract/order-command.ts';
import type { ReferenceBatch } from './contract/reference.ts';
import type { ShopMessage } from './contract/shop-order.ts';
import type { WorkAct, WorkOrder } from './contract/work-order.ts';
import { openEngine } from './engine.ts';
import { shardOfNode } from './shard/partition.ts';
import { testFolder } from './shard/test-engine.ts';
import { CLIENT, counted, NODE, REFERENCE, sku } from './shard/test-fixture.ts';

// Orders over the whole engine: threads, journal, stock and nodes as they are.

const DC2 = 'DC-2' as NodeId;

const SECOND: readonly ReferenceBatch[] = REFERENCE.flatMap((batch): ReferenceBatch[] => {
  if (batch.of === 'nodes') {
    const [first] = batch.rows;
    return [batch, { of: 'nodes', rows: [{ ...first!, id: DC2, name: 'DC-2', lat: 42 }] }];
  }
  if (batch.of === 'groups') return [{ of: 'groups', rows: batch.rows.map((row) => ({ ...row, nodes: [NODE, DC2] })) }];
  return [batch];
});

const RULES: readonly ReferenceBatch[] = [
  {
    of: 'carriers',
    rows: [
      { id: 'parcel', name: 'Parcel', zones: [{ zone: '1', kmMax: 5_000, baseMinor: 500, perKgMinor: 100, days: 2 }] },
    ],
  },
  {
    of: 'sourcing',
    rows: [
      {
        id: 'live',
        name: 'Nearest and cheapest',
        steps: [{ name: 'any', rank: ['cost', 'distance'] }],
        costs: {
          splitMinor: 300,
          handlingMinor: { dc: 10, store: 20, supplier: 0, 'third-party': 0 },
          pressureMinor: 0,
        },
      },
    ],
  },
];

interface World {
  readonly engine: Engine;
  /** The order once it passes: as it is, or as it becomes. */
  readonly until: (passes: (order: Order) => boolean) => Promise<Order>;
}

async function openWorld(dataDir = testFolder(), reference = [...SECOND, ...RULES]): Promise<World> {
  const told: Order[] = [];
  const waiting = new Set<(order: Order) => void>();
  const publishOrders = (changes: readonly OrderChange[]): void => {
    for (const { order } of changes) {
      told.push(order);
      for (const look of waiting) look(order);
    }
  };
  const engine = await openEngine({ dataDir, threads: 1, stockShards: 4, publish: () => undefined, publishOrders });
  onTestFinished(() => engine.close());
  for (const batch of reference) await engine.apply(batch);
  const until = (passes: (order: Order) => boolean): Promise<Order> =>
    new Promise((resolve) => {
      const known = told.findLast(passes);
      if (known !== undefined) resolve(known);
      waiting.add((order) => passes(order) && resolve(order));
    });
  return { engine, until };
}

function ordering(units: Readonly<Record<string, number>>, id = '1001'): ShopMessage {
  const at = Date.now();
  const lines = Object.entries(units).map(([name, count]) => ({
    line: `L-${name}`,
    sku: sku(name),
    units: count,
    unitMinor: 1_000,
  }));
  const order = {
    placedAt: at,
    currency: 'USD',
    method: 'ship',
    lines,
    shipTo: { lines: [], lat: 41, lon: -93 },
  } as const;
  return { kind: 'place', channel: 'web' as ChannelId, channelOrderId: id, message: `m-${id}`, at, order };
}

const placesOf = ({ lines }: Order): string[] =>
  lines.flatMap(({ pieces }) => pieces.map(({ units, state, node = '' }) => `${units} ${state} ${node}`.trim()));

async function onlyWork(engine: Engine, node: NodeId): Promise<WorkOrder> {
  const { works } = await engine.work({ node, limit: 10 });
  expect(works).toHaveLength(1);
  return works[0]!;
}

const actOf = ({ id: work, node }: WorkOrder) => ({ work, node, by: 'ann' });

test('[OR8] an order is sourced, short-picked, goes to another node by itself, and ships', async () => {
  const { engine, until } = await openWorld();
  const elsewhere = { ...counted('A', 4, 'c2'), node: DC2 };
  await engine.record([counted('A', 3), elsewhere], 1);

  const taken = await engine.shopMessage(CLIENT, ordering({ A: 3 }));
  expect(taken.status).toBe('taken');
  await until((order) => placesOf(order).join() === `3 released ${NODE}`);

  const first = await onlyWork(engine, NODE);
  const acts: WorkAct[] = [
    { ...actOf(first), key: 'k1', act: 'accept' },
    { ...actOf(first), key: 'k2', act: 'start' },
    { ...actOf(first), key: 'k3', act: 'pick', lines: [{ line: 1, picked: 1, short: 'not-found' }] },
  ];
  for (const act of acts) expect(await engine.workAct(act)).toMatchObject({ status: 'done' });
  await until((order) => placesOf(order).includes(`2 released ${DC2}`));

  const [stock] = await engine.stock([sku('A')]);
  expect(stock?.nodes.find(({ node }) => node === NODE)?.states).toEqual({ suspect: 2 });

  const second = await onlyWork(engine, DC2);
  for (const work of [first, second]) {
    const steps = work === first ? (['pack', 'ship'] as const) : (['accept', 'start', 'pick', 'pack', 'ship'] as const);
    for (const step of steps) {
      const act = {
        ...actOf(work),
        key: `${work.id} ${step}`,
        act: step,
        ...(step === 'pick' && { lines: [] }),
      } as WorkAct;
      expect(await engine.workAct(act)).toMatchObject({ status: 'done' });
    }
  }
  const shipped = await until((order) => placesOf(order).every((place) => place.includes('shipped')));
  expect(placesOf(shipped).toSorted()).toEqual([`1 shipped ${NODE}`, `2 shipped ${DC2}`]);
  const [left] = await engine.stock([sku('A')]);
  expect(left?.nodes.map(({ node, departed, allocated }) => [node, departed, allocated])).toEqual([
    [NODE, 1, 0],
    [DC2, 2, 0],
  ]);
});

test('[OR1] the same order twice is one, and its units are promised once', async () => {
  const { engine, until } = await openWorld();
  await engine.record([counted('A', 3)], 1);
  const placed = ordering({ A: 2 });
  const [one, other] = [await engine.shopMessage(CLIENT, placed), await engine.shopMessage(CLIENT, placed)];
  expect(one).toMatchObject({ status: 'taken' });
  expect(other).toMatchObject({ status: 'taken', duplicate: true });
  await until((order) => placesOf(order).join() === `2 released ${NODE}`);
  const [stock] = await engine.stock([sku('A')]);
  expect(stock?.nodes.find(({ node }) => node === NODE)?.allocated).toBe(2);
});

test('[OR2] a cart’s hold becomes the order’s units, over two shards, and a restart changes nothing', async () => {
  const dataDir = testFolder();
  const { engine, until } = await openWorld(dataDir);
  await engine.record([counted('A', 2), counted('B', 2)], 1);
  const lines = ['A', 'B'].map((name) => ({ sku: sku(name), units: 2, group: 'all' as never }));
  const request = { key: 'cart', client: CLIENT, channel: 'web' as ChannelId, lines, holdMs: 60_000, partial: false };
  const held = await engine.reserve(request);
  if (held.status !== 'reserved') throw new Error(held.status);
  const message = ordering({ A: 2, B: 2 }) as Extract<ShopMessage, { kind: 'place' }>;
  const order = { ...message.order, reservation: held.reservation.id };
  await engine.shopMessage(CLIENT, { ...message, order });
  const placed = await until(({ works }) => works[0]?.state === 'queued');
  expect(placesOf(placed)).toEqual([`2 released ${NODE}`, `2 released ${NODE}`]);
  await engine.close();

  const again = await openWorld(dataDir);
  expect(await again.engine.orders([placed.id])).toEqual([placed]);
  expect((await onlyWork(again.engine, NODE)).lines).toHaveLength(2);
  expect(await again.engine.reservation(held.reservation.id)).toMatchObject({ state: 'allocated' });
});

test('[OR10] sent to a node by hand: whoever does it waits for the shard that has the units', async () => {
  const { engine, until } = await openWorld();
  await engine.record([counted('A', 3), { ...counted('A', 1, 'c2'), node: DC2 }], 1);
  const message = ordering({ A: 2 }) as Extract<ShopMessage, { kind: 'place' }>;
  await engine.shopMessage(CLIENT, { ...message, order: { ...message.order, paid: 'pending' } });
  const { id } = await until((order) => placesOf(order).join() === `2 allocated ${NODE}`);
  const send = (units: number, key: string): Promise<ActOutcome> => {
    const what = { act: 'allocate', node: DC2, lines: [{ line: 'L-A', units }] } as const;
    return engine.orderAct(id, { client: CLIENT, by: { by: 'ann', key }, what });
  };
  expect(await send(2, 'k')).toMatchObject({ code: 'units-exceed-available', units: 1 });
  expect(await send(1, 'k2')).toMatchObject({ status: 'done' });
  const [order] = await engine.orders([id]);
  expect(placesOf(order!).toSorted()).toEqual([`1 allocated ${NODE}`, `1 allocated ${DC2}`]);
});

test('shards that a folder had not before are told the whole reference book when it is opened', async () => {
  const dataDir = testFolder();
  const { engine } = await openWorld(dataDir);
  await engine.record([counted('A', 3)], 1);
  await engine.close();
  const file = join(dataDir, 'onhand.json');
  const { nodeShards, ...identity } = JSON.parse(readFileSync(file, 'utf8')) as { nodeShards: number };
  // As many more as it takes for the node to belong to a shard that is new.
  const more = [1, 2, 3, 4, 5, 6, 7].find(
    (n) => shardOfNode({ nodes: 0, nodeShards: nodeShards + n }, NODE) >= nodeShards,
  );
  writeFileSync(file, JSON.stringify({ ...identity, nodeShards: nodeShards + more! }));

  const again = await openWorld(dataDir, []);
  await again.engine.shopMessage(CLIENT, ordering({ A: 1 }));
  await again.until(({ works }) => works[0]?.state === 'queued');
  expect(await onlyWork(again.engine, NODE)).toMatchObject({ state: 'queued' });
});

test('[OR12] what was answered as done is found at once, with who, where and why', async () => {
  const { engine, until } = await openWorld();
  await engine.record([counted('A', 3)], 1);
  const message = ordering({ A: 2 }) as Extract<ShopMessage, { kind: 'place' }>;
  const customer = { name: 'Ann', email: 'ann@mail.example' };
  for (let number = 1; number <= 20; number++) {
    const id = `N${number}`;
    const each = { ...message, channelOrderId: id, message: id, order: { ...message.order, customer } };
    const taken = await engine.shopMessage(CLIENT, each);
    const found = await engine.findOrders({ q: id, sort: 'newest', limit: 5 });
    expect(found).toMatchObject({ orders: [expect.objectContaining({ channelOrderId: id, customer: 'Ann' })] });
    expect(taken.status === 'taken' && (await engine.orderKept(taken.order.id))).toMatchObject({ channelOrderId: id });
  }
  const { id } = await until(({ channelOrderId, works }) => channelOrderId === 'N1' && works[0]?.state === 'queued');
  const timeline = await engine.orderTimeline(id, { limit: 50 });
  const texts = 'entries' in timeline ? timeline.entries.map(({ text }) => text) : [];
  expect(texts).toEqual([
    'Ordered: 2 × sA',
    'Stock answered: 2 × sA unplaced',
    `Sourced by step any: ${NODE}`,
    `Stock answered: 2 × sA allocated at ${NODE}`,
    `Offered to ${NODE} as ${id}.1: 2 × sA released at ${NODE}`,
    `${NODE}, ${id}.1: in its queue`,
  ]);
  expect(await engine.orderSourcing(id)).toEqual([expect.objectContaining({ ask: 1 })]);
  expect(await engine.customers({ q: 'ann', limit: 5 })).toMatchObject({
    customers: [{ id: 'c1', email: 'ann@mail.example', orders: 20, totals: [{ currency: 'USD', totalMinor: 40_000 }] }],
  });
  const counts = await engine.orderCounts();
  expect('statuses' in counts && Object.values(counts.statuses).reduce((sum, each) => sum + each, 0)).toBe(20);
  expect(await engine.orderKept('o99-1' as never)).toMatchObject({ code: 'unknown-order' });
  expect((await engine.stats()).projector).toMatchObject({ lag: 0 });
});

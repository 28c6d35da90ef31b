import fc from 'fast-check';
import { orderId, type OrderId, type WorkOrderId } from '../contract/ids.ts';
import { ORDERS, shopOrder, SKUS, START_MS, TestOrders } from './test-orders.ts';

// Random lives of a few orders over the shards of test-orders.ts.

export const FEW = [
  [0, 0, 4],
  [0, 1, 4],
  [1, 1, 3],
  [2, 0, 2],
  [2, 2, 5],
  [3, 2, 1],
] as const;

export function stocked(): TestOrders {
  const world = new TestOrders();
  for (const [sku, node, units] of FEW) world.count(SKUS[sku]!, node, units);
  return world;
}

type Step = readonly [
  what: 'place' | 'cancel' | 'edit' | 'node' | 'act' | 'deliver' | 'crash' | 'stock',
  pick: number,
  more: number,
];

export const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('place', 'cancel', 'edit', 'node', 'node', 'act', 'deliver', 'deliver', 'crash', 'stock'),
  fc.nat(5),
  fc.nat(9),
);

export function play(world: TestOrders, [what, pick, more]: Step): void {
  const id = orderId(ORDERS, pick + 1);
  const name = `A${pick}`;
  switch (what) {
    case 'place': {
      const lines = [[pick % 4, (more % 4) + 1] as const, [(pick + more) % 4, 1] as const];
      const toStore = more > 6 ? ({ method: 'ship-to-store', pickupNode: 'n1' as never } as const) : {};
      const order = shopOrder(lines, toStore);
      return void world.say({ kind: 'place', message: 'p', at: START_MS + 10, order }, name);
    }
    case 'cancel':
      return void world.say({ kind: 'cancel' }, name);
    case 'edit':
      return void world.say(
        {
          kind: 'edit',
          order: shopOrder([
            [pick % 4, more % 3],
            [(pick + more) % 4, 1],
          ]),
        },
        name,
      );
    case 'node':
      return atNode(world, pick, more);
    case 'act':
      return byHand(world, id, more);
    case 'deliver':
      return world.deliver(more);
    case 'crash':
      return world.crash();
    case 'stock':
      return world.full.has('n1' as never) ? void world.full.delete('n1' as never) : void world.full.add('n1' as never);
  }
}

function atNode(world: TestOrders, pick: number, more: number): void {
  const works = world.openWorks();
  const work = works[pick % Math.max(1, works.length)];
  if (work === undefined) return;
  const id: WorkOrderId = work.id;
  if (work.from !== undefined) return work.state === 'queued' ? world.receive(id) : world.collect(id);
  if (more < 4) world.ship(id);
  else if (more < 6) world.reject(id, more === 4 ? 'too-busy' : 'not-found');
  else if (more < 8 && work.lines.every(({ picked }) => picked === undefined)) {
    const lines = work.lines.map((line, index) =>
      index === 0 ? { ...line, picked: line.units - 1, short: 'damaged' as const } : { ...line, picked: line.units },
    );
    world.work(id, 'pick', { state: 'picked', lines });
  } else world.work(id, 'accept', { state: work.state === 'queued' ? 'accepted' : work.state });
}

function byHand(world: TestOrders, id: OrderId, more: number): void {
  const order = world.order(id);
  if (order === undefined) return;
  const work = order.works.at(-1)?.work;
  if (more < 2) world.act(id, { act: 're-source' });
  else if (more < 4) world.act(id, { act: 'allocate', node: `n${more % 3}` as never });
  else if (more < 5 && work !== undefined) world.act(id, { act: 'pull-back', work });
  else if (more < 6) world.act(id, { act: 'hold', kind: 'manual' });
  else if (more < 8) world.act(id, { act: 'unhold', kind: 'manual' });
  else world.act(id, { act: 'cancel', lines: [{ line: '1', units: 1 }] });
}

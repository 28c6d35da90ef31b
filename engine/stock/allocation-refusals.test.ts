import { expect, test } from 'vitest';
import type { AllocationId, ChannelId, ClientId, GroupId, NodeId, OrderId, ReservationId } from '../contract/ids.ts';
import { ALLOCATION_REFUSALS, type AllocationRefusal } from '../contract/outcome.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { channelRef, delta, groupRef, nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const SKU = skuId(0);
const CLIENT = 'shop' as ClientId;
const WEB = 'web' as ChannelId;
const NODES = 9;
const HERE = { node: nodeId(0) };

/** Order `o1` has 2 units at n0; step 5 was its last. */
function newShard(): TestShard {
  const shard = new TestShard(START_MS).apply(...retailer({ nodes: NODES, skus: 2 }));
  const pairs = Array.from({ length: NODES }, (_, index) => groupRef(`g${index}`, [nodeId(index)]));
  shard.apply({ of: 'groups', rows: pairs });
  shard.apply({ of: 'channels', rows: [channelRef('later', 'all', { sellsInbound: true })] });
  for (let index = 0; index < NODES; index++) {
    shard.record(delta({ id: `e${index}`, at: START_MS, quantity: 4, node: nodeId(index) }));
  }
  const lines = [{ sku: SKU, units: 2, ...HERE }];
  shard.run({ do: 'allocate', allocation: 'o1' as AllocationId, step: 5, channel: WEB, lines, partial: false });
  for (let index = 1; index < NODES; index++) {
    const some = [{ sku: SKU, units: 1, group: `g${index}` as GroupId }];
    const allocation = `x${index}` as AllocationId;
    shard.run({ do: 'allocate', allocation, step: 1, channel: WEB, lines: some, partial: false });
  }
  return shard;
}

const o1 = { allocation: 'o1' as AllocationId, step: 6 };
const line = (changes: object) =>
  ({ sku: SKU, units: 1, ...HERE, ...changes }) as { sku: typeof SKU; units: number; node: NodeId };
const allocate = (changes: object, channel = WEB): AllocationStep => {
  return { do: 'allocate', ...o1, channel, lines: [line(changes)], partial: false };
};

const awaiting = (changes: object): AllocationStep => {
  const head = { do: 'await-units', allocation: 'o9' as AllocationId, step: 1, order: 'o9' as OrderId } as const;
  const wanted = { channel: WEB, sku: SKU, group: 'g1' as GroupId, units: 1, placedAt: START_MS, priority: 5 };
  return { ...head, ...wanted, ...changes };
};

const sent = { channel: WEB, sku: SKU, to: nodeId(4), units: 1 };
const transfer: AllocationStep = { do: 'transfer', ...o1, ...sent, of: 'available', from: nodeId(0), dueAt: START_MS };

const CASES: readonly (readonly [AllocationRefusal, AllocationStep, field: string])[] = [
  ['step-passed', { ...allocate({}), step: 4 }, 'step'],
  ['unknown-allocation', { do: 'reduce-allocated', allocation: 'o9' as AllocationId, step: 1 }, 'allocation'],
  ['unknown-reservation', { do: 'allocate-held', ...o1, id: 'r7-0' as ReservationId, client: CLIENT }, 'id'],
  ['already-ended', { do: 'allocate-held', ...o1, id: 'r7-zz' as ReservationId, client: CLIENT }, 'id'],
  ['unknown-channel', { ...allocate({}, 'fax' as ChannelId), allocation: 'o9' as AllocationId }, 'channel'],
  ['unknown-node', allocate({ node: 'n99' }), 'lines[0].node'],
  ['unknown-group', allocate({ node: undefined, group: 'nowhere' }), 'lines[0].group'],
  ['unknown-sku', allocate({ sku: 'sku-9' }), 'lines[0].sku'],
  [
    'node-not-in-channel',
    { ...allocate({ node: nodeId(1) }, 'till' as ChannelId), allocation: 'o9' as AllocationId },
    'lines[0].node',
  ],
  ['same-node', { ...transfer, to: nodeId(0) }, 'to'],
  ['unknown-line', { do: 'reduce-allocated', ...o1, lines: [line({ node: nodeId(3) })] }, 'lines[0]'],
  ['units-out-of-bounds', { do: 'reduce-allocated', ...o1, lines: [line({ units: 3 })] }, 'lines[0].units'],
  [
    'too-many-lines',
    { ...allocate({}), lines: Array.from({ length: 201 }, () => line({})) } as AllocationStep,
    'lines',
  ],
  [
    'happened-in-the-future',
    { do: 'ship-allocated', ...o1, as: 'shipped', lines: [line({})], happenedAt: START_MS + 3_600_000 },
    'happenedAt',
  ],
  ['due-out-of-bounds', { ...transfer, dueAt: 0 }, 'dueAt'],
  ['inbound-not-sold', awaiting({}), 'channel'],
  ['too-many-demand-groups', allocate({ node: undefined, group: 'g0' }), 'lines[0]'],
  ['units-exceed-available', allocate({ units: 3 }), 'lines[0].units'],
  ['no-supply-known', awaiting({ channel: 'later', units: 50 }), 'units'],
  ['not-in-transit', { do: 'write-off', ...o1, ...sent, reason: ' ' }, 'units'],
  ['reason-missing', { do: 'write-off', ...o1, ...sent, to: nodeId(5), reason: ' ' }, 'reason'],
];

test('[RS3] every no to a step is reached in the order of the table, names its field and moves no units', () => {
  // A move under way is the coordinator's to know: promise/allocate-reservation.test.ts; who waits: await-units.test.ts.
  const elsewhere = ['move-under-way', 'too-many-waiting'];
  const here = Object.keys(ALLOCATION_REFUSALS).filter((code) => !elsewhere.includes(code));
  expect(CASES.map(([code]) => code)).toEqual(here);
  for (const [code, command, field] of CASES) {
    const shard = newShard();
    const ended = shard.run({
      do: 'reserve',
      request: { key: 'k', client: CLIENT, channel: WEB, lines: [line({})], holdMs: 60_000, partial: false },
    });
    const id = ended.status === 'reserved' ? ended.reservation.id : ('r7-0' as ReservationId);
    shard.run({ do: 'release', id, client: CLIENT });
    const another = { allocation: 'o5' as AllocationId, step: 1, movementRef: 'o1', to: nodeId(5) };
    shard.run({ ...transfer, ...another } as AllocationStep);
    const before = JSON.stringify(shard.stock(SKU));
    const asked = command.do === 'allocate-held' && command.id === 'r7-zz' ? { ...command, id } : command;
    expect(shard.run(JSON.parse(JSON.stringify(asked)) as AllocationStep)).toMatchObject({
      status: 'refused',
      code,
      field,
    });
    expect(JSON.stringify(shard.stock(SKU))).toBe(before);
  }
});

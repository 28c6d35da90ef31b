import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import type { AllocationId, ChannelId, EventId, NodeId } from '../contract/ids.ts';
import type { DeltaReason, SnapshotEvent } from '../contract/stock-event.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { auditChunk } from './audit.ts';
import { stateOf } from './test-audited.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const DUE_MS = START_MS + 3_600_000;
const SKU = skuId(0);
const WEB = 'web' as ChannelId;
const [A, B] = [nodeId(0), nodeId(1)];
const T1 = 't1' as AllocationId;

class Lorry {
  readonly shard = new TestShard(START_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS)] },
    { of: 'nodes', rows: [nodeRef(A), nodeRef(B)] },
    { of: 'groups', rows: [groupRef('all', [A, B])] },
    { of: 'channels', rows: [channelRef('web', 'all')] },
    { of: 'items', rows: [itemRef(SKU)] },
  );
  private step = 0;
  private events = 0;

  private next() {
    return { allocation: T1, step: ++this.step };
  }

  allocate(units: number): Outcome {
    const lines = [{ sku: SKU, units, node: A }];
    return this.shard.run({ do: 'allocate', ...this.next(), channel: WEB, lines, partial: false });
  }

  send(units: number, of: 'allocated' | 'available', dueAt = DUE_MS): Outcome {
    const about = { channel: WEB, sku: SKU, from: A, to: B, units, dueAt };
    return this.shard.run({ do: 'transfer', ...this.next(), ...about, of });
  }

  /** Allocated ones, which stay the order's at the receiver. */
  sendKept(units: number): Outcome {
    const about = { channel: WEB, sku: SKU, from: A, to: B, units, dueAt: DUE_MS };
    return this.shard.run({ do: 'transfer', ...this.next(), ...about, of: 'allocated', keep: true });
  }

  giveBack(units: number): Outcome {
    return this.shard.run({ do: 'reduce-allocated', ...this.next(), lines: [{ sku: SKU, units, node: B }] });
  }

  collect(units: number): Outcome {
    const lines = [{ sku: SKU, units, node: B }];
    return this.shard.run({ do: 'ship-allocated', ...this.next(), as: 'collected', lines });
  }

  writeOff(units: number): Outcome {
    const about = { channel: WEB, sku: SKU, to: B, units, reason: 'fell off' };
    return this.shard.run({ do: 'write-off', ...this.next(), ...about });
  }

  arrive(units: number): Outcome {
    return this.shard.run({ do: 'take-back', ...this.next(), channel: WEB, sku: SKU, node: B, units });
  }

  book(node: NodeId, quantity: number, reason: DeltaReason, movementRef = 't1'): Outcome {
    const id = `e${this.events++}`;
    return this.shard.record(delta({ id, at: this.shard.nowMs, quantity, node, reason, movementRef }));
  }

  count(node: NodeId, quantity: number): void {
    const head = { source: WMS, id: `e${this.events++}` as EventId, at: ++this.shard.nowMs, sku: SKU, node };
    const event: SnapshotEvent = { kind: 'snapshot', ...head, quantity, covers: 'count', carries: 'on-hand' };
    this.shard.record(event);
    this.shard.nowMs++;
  }

  /** `on-hand departed allocated available inbound` of a node. */
  at(node: NodeId): string {
    const one = this.shard.stock(SKU)?.nodes.find((each) => each.node === node);
    return [one?.onHand, one?.departed, one?.allocated, one?.available, one?.inbound].join(' ');
  }

  /** Units that the nodes have and that are on their way between them. */
  get all(): number {
    const nodes = this.shard.stock(SKU)?.nodes ?? [];
    return nodes.reduce((sum, { onHand, departed, inbound }) => sum + onHand - departed + inbound, 0);
  }

  get atp(): number | undefined {
    const asked = { sku: SKU, channel: WEB, dates: [DUE_MS] };
    const answer = this.shard.machine.answer({ ask: 'atp', ...asked }, this.shard.nowMs);
    return answer.answer === 'atp' && answer.outcome.status === 'projected'
      ? answer.outcome.dates[0]?.units
      : undefined;
  }
}

function expectSound({ shard }: Lorry): void {
  expect(auditChunk(stateOf(shard), undefined, 10).violations).toEqual([]);
  expect(shard.replayed().digest()).toBe(shard.digest());
}

test('[FD8] a transfer leaves the sender once, is due at the receiver, and arrives by what the receiver books', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  expect(lorry.send(3, 'available')).toMatchObject({ status: 'allocated', allocation: { lines: [] } });
  expect([lorry.at(A), lorry.at(B)]).toEqual(['5 3 0 2 0', '0 0 0 0 3']);
  expect(lorry.shard.stock(SKU)?.inbound).toEqual([
    { node: B, inboundRef: 't1', units: 3, dueAt: DUE_MS, inTransit: true },
  ]);
  lorry.book(B, 2, 'transfer-in');
  expect([lorry.at(A), lorry.at(B)]).toEqual(['5 3 0 2 0', '2 0 0 2 1']);
  expect(lorry.writeOff(2)).toMatchObject({ code: 'not-in-transit', units: 1 });
  lorry.writeOff(1);
  lorry.book(A, -3, 'transfer-out');
  expect([lorry.at(A), lorry.at(B)]).toEqual(['2 0 0 2 0', '2 0 0 2 0']);
  expectSound(lorry);
});

test('[FD8] allocated units are sent without anything becoming available, and a count of the sender clears them', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  lorry.allocate(4);
  expect(lorry.at(A)).toBe('5 0 4 1 0');
  expect(lorry.send(3, 'allocated')).toMatchObject({ allocation: { lines: [{ units: 1, node: A }] } });
  expect([lorry.at(A), lorry.at(B)]).toEqual(['5 3 1 1 0', '0 0 0 0 3']);
  lorry.count(A, 2);
  expect([lorry.at(A), lorry.at(B)]).toEqual(['2 0 1 1 0', '0 0 0 0 3']);
  expect(lorry.send(2, 'allocated')).toMatchObject({ code: 'units-out-of-bounds', field: 'units' });
  expectSound(lorry);
});

test('[FD8] what arrived by our word is no more in transit, and the booking or a count of the receiver adds nothing', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  lorry.send(3, 'available');
  lorry.arrive(2);
  expect(lorry.at(B)).toBe('0 -2 0 2 1');
  lorry.book(B, 2, 'receipt');
  expect(lorry.at(B)).toBe('2 0 0 2 1');
  lorry.arrive(1);
  lorry.shard.nowMs++;
  lorry.count(B, 3);
  expect(lorry.at(B)).toBe('3 0 0 3 0');
  expectSound(lorry);
});

test('[FD8] units kept for an order are nobody’s supply on the way, and the order’s when they come, whoever says so first', () => {
  for (const says of ['owner', 'us'] as const) {
    const lorry = new Lorry();
    lorry.book(A, 5, 'receipt', 'po');
    lorry.book(B, 4, 'receipt', 'po');
    lorry.allocate(3);
    expect(lorry.sendKept(3)).toMatchObject({ allocation: { lines: [{ units: 3, node: B }] } });
    expect([lorry.at(A), lorry.at(B), lorry.atp]).toEqual(['5 3 0 2 0', '4 0 0 4 0', 6]);
    if (says === 'owner') lorry.book(B, 2, 'transfer-in');
    else lorry.arrive(2);
    expect(lorry.at(B)).toBe(says === 'owner' ? '6 0 2 4 0' : '4 -2 2 4 0');
    lorry.book(B, says === 'owner' ? 1 : 3, 'transfer-in');
    expect(lorry.at(B)).toBe('7 0 3 4 0');
    lorry.collect(2);
    lorry.giveBack(1);
    expect(lorry.at(B)).toBe('7 2 0 5 0');
    expectSound(lorry);
  }
});

test('[FD8] what an order no longer wants of what is kept for it on the way is due like any other transfer', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  lorry.allocate(3);
  lorry.sendKept(3);
  lorry.giveBack(2);
  expect([lorry.at(B), lorry.atp]).toEqual(['0 0 0 0 2', 4]);
  expect(lorry.shard.stock(SKU)?.inbound).toMatchObject([{ node: B, units: 2, inTransit: true }]);
  lorry.arrive(3);
  expect(lorry.at(B)).toBe('0 -3 1 2 0');
  expect(lorry.shard.stock(SKU)?.nodes.find(({ node }) => node === B)?.short).toBe(0);
  expectSound(lorry);
});

test('[AV7] [FD8] what was kept for an order and is lost on the way is missing there', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  lorry.allocate(3);
  lorry.sendKept(3);
  lorry.writeOff(1);
  expect(lorry.shard.stock(SKU)?.nodes.find(({ node }) => node === B)).toMatchObject({ allocated: 1, short: 1 });
  expectSound(lorry);
});

test('[FD8] kept units come, are booked and are given back in any order, and nobody else ever has more than was free', () => {
  const steps = fc.array(fc.constantFrom('keep', 'plain', 'arrive', 'book', 'give', 'collect'), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (all) => {
      const lorry = new Lorry();
      lorry.book(A, 30, 'receipt', 'po');
      lorry.book(B, 4, 'receipt', 'po');
      lorry.allocate(20);
      let [sent, free, here, said] = [0, 4, 0, 0];
      for (const what of all) {
        const isDone = (outcome: Outcome): boolean => outcome.status !== 'refused';
        if (what === 'keep' && isDone(lorry.sendKept(2))) sent += 2;
        if (what === 'plain' && isDone(lorry.send(1, 'allocated'))) [sent, free] = [sent + 1, free + 1];
        if (what === 'arrive' && here < sent && isDone(lorry.arrive(1))) here++;
        if (what === 'book' && said < sent && isDone(lorry.book(B, 1, 'transfer-in'))) said++;
        if (what === 'give' && isDone(lorry.giveBack(1))) free++;
        if (what === 'collect') lorry.collect(1);
        const [, , , available, inbound] = lorry.at(B).split(' ').map(Number);
        expect(available! + inbound!).toBeLessThanOrEqual(free);
        expect(lorry.shard.stock(SKU)?.nodes.find(({ node }) => node === A)?.available).toBe(10);
        expectSound(lorry);
      }
    }),
    { numRuns: 150 },
  );
});

test('[FD8] [AV3] what is in transit can be promised for the day it is due, and no earlier', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  lorry.send(3, 'available');
  expect(lorry.shard.stock(SKU)?.channels[0]?.ats).toBe(2);
  expect(lorry.atp).toBe(5);
  lorry.writeOff(1);
  expect(lorry.atp).toBe(4);
});

test('[FD8] units the owner has booked out already are sent whatever is left, others only as far as they are free', () => {
  const lorry = new Lorry();
  lorry.book(A, 3, 'receipt', 'po');
  lorry.book(A, -2, 'transfer-out');
  expect(lorry.send(4, 'available')).toMatchObject({ code: 'units-exceed-available', units: 3 });
  expect(lorry.send(3, 'available')).toMatchObject({ status: 'allocated' });
  expect([lorry.at(A), lorry.at(B)]).toEqual(['1 1 0 0 0', '0 0 0 0 3']);
  expectSound(lorry);
});

test('[FD8] a supply that comes in parts clears what was due first, and the same step again sends nothing more', () => {
  const lorry = new Lorry();
  lorry.book(A, 9, 'receipt', 'po');
  lorry.send(3, 'available', DUE_MS + 1);
  lorry.send(2, 'available', DUE_MS);
  const about = { channel: WEB, sku: SKU, from: A, to: B, units: 2, dueAt: DUE_MS };
  lorry.shard.run({ do: 'transfer', allocation: T1, step: 2, ...about, of: 'available' });
  lorry.book(B, 3, 'receipt');
  expect(lorry.shard.stock(SKU)?.inbound).toMatchObject([{ units: 2, dueAt: DUE_MS + 1 }]);
});

test('[FD8] [RD1] a node to which units are on their way is not retired until they came, and an image keeps them', () => {
  const lorry = new Lorry();
  lorry.book(A, 5, 'receipt', 'po');
  lorry.send(3, 'available');
  const { shard } = lorry;
  const off = { of: 'nodes', rows: [{ ...nodeRef(B), enabled: false }] } as const;
  shard.apply(off, { of: 'groups', rows: [groupRef('all', [A])] });
  const retiring = { do: 'apply', batch: { of: 'nodes', rows: [] }, retire: [B] } as const;
  expect(shard.run(retiring)).toMatchObject({ refusedRows: [{ row: B, code: 'still-stocked' }] });
  const image = shard.machine.beginImage();
  const pages = [];
  for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
  const restored = shard.newMachine();
  restored.restore(image.header, pages);
  expect(restored.digest()).toBe(shard.digest());
  lorry.writeOff(3);
  expect(shard.run(retiring)).not.toHaveProperty('refusedRows');
});

type Message = 'send' | 'sender' | 'receiver' | 'arrive' | 'lose';

function say(lorry: Lorry, what: Message, units: number, of: 'allocated' | 'available'): string {
  switch (what) {
    case 'send':
      return lorry.send(units, of).status;
    case 'sender':
      return lorry.book(A, -units, 'transfer-out').status;
    case 'receiver':
      return lorry.book(B, units, 'transfer-in').status;
    case 'arrive':
      return lorry.arrive(units).status;
    case 'lose':
      return lorry.writeOff(units).status;
  }
}

test('[FD8] units are conserved whatever the order of shipping, owners and arrivals, those written off apart', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5, size: 'max' });
  const shuffled = sizes.chain((units) => {
    const each = (what: Message) => units.map((some) => ({ what, units: some }));
    const said = fc.boolean().map((isSaid) => (isSaid ? each('arrive') : []));
    return said.chain((arrivals) =>
      fc.record({
        messages: fc.shuffledSubarray([...each('send'), ...each('sender'), ...each('receiver'), ...arrivals], {
          minLength: units.length * 3 + arrivals.length,
        }),
        of: fc.constantFrom('allocated' as const, 'available' as const),
        total: fc.constant(units.reduce((sum, some) => sum + some, 0)),
      }),
    );
  });
  fc.assert(
    fc.property(shuffled, ({ messages, of, total }) => {
      const lorry = new Lorry();
      lorry.book(A, total + 7, 'receipt', 'po');
      if (of === 'allocated') lorry.allocate(total);
      const free = () => Number(lorry.at(A).split(' ')[3]);
      for (const { what, units } of messages) {
        const before = free();
        const status = say(lorry, what, units, of);
        expect(['allocated', 'recorded']).toContain(status);
        // Allocated units were not free before; of others no more goes than is sent.
        expect(before - free()).toBeGreaterThanOrEqual(0);
        expect(before - free()).toBeLessThanOrEqual(of === 'allocated' ? 0 : units);
      }
      expect([lorry.at(A), lorry.at(B)]).toEqual([`7 0 0 7 0`, `${total} 0 0 ${total} 0`]);
      expectSound(lorry);
    }),
    { numRuns: 200 },
  );
});

test('[FD8] at every moment what the nodes have and what is on its way is what was there, less what was written off', () => {
  const step = fc.record({
    what: fc.constantFrom<Message>('send', 'sender', 'receiver', 'arrive', 'lose'),
    units: fc.integer({ min: 1, max: 4 }),
  });
  let lost = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const lorry = new Lorry();
      lorry.book(A, 30, 'receipt', 'po');
      const seen = { send: 0, sender: 0, receiver: 0, arrive: 0, lose: 0 };
      for (const { what, units } of steps) {
        const open = seen.send - seen.lose - Math.max(seen.receiver, seen.arrive);
        // Nobody books what was never sent: owners and arrivals follow the lorry here.
        const most = { send: 4, sender: seen.send - seen.sender, lose: open };
        const room = what === 'receiver' || what === 'arrive' ? seen.send - seen.lose - seen[what] : most[what];
        const some = Math.min(units, room);
        if (some <= 0) continue;
        if (say(lorry, what, some, 'available') === 'refused') continue;
        seen[what] += some;
        expect(lorry.all).toBe(30 - seen.lose);
      }
      lost += seen.lose;
      expectSound(lorry);
    }),
    { numRuns: 200 },
  );
  expect(lost).toBeGreaterThan(50);
});

test('[AV7] [FD8] what an order has allocated counts again once the owner’s booking is known to be another’s: that needs room', () => {
  const lorry = new Lorry();
  lorry.book(A, 10, 'receipt', 'po');
  lorry.allocate(5);
  lorry.book(A, -5, 'shipment');
  const asked = { client: 'shop' as never, channel: WEB, holdMs: 60_000, partial: false };
  const request = { ...asked, key: 'k', lines: [{ sku: SKU, units: 5, node: A }] };
  expect(lorry.shard.run({ do: 'reserve', request }).status).toBe('reserved');
  expect(lorry.send(5, 'available')).toMatchObject({ status: 'refused', code: 'units-exceed-available' });
  expect(lorry.shard.stock(SKU)?.nodes[0]).toMatchObject({ onHand: 5, reserved: 5, short: 0 });
});

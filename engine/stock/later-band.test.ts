import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BandCrossing, StockChange } from '../contract/change.ts';
import type { ChannelId, ClientId, EventId, SafetyId } from '../contract/ids.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { InboundEvent } from '../contract/stock-event.ts';
import { channelRef, delta, itemRef, nodeId, nodeRef, retailer, skuId, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const HOUR_MS = 3_600_000;
const hour = (hours: number): number => START_MS + hours * HOUR_MS;

/** `web` sells what is due, `app` does not, both over two nodes; `till` has n0 alone and does. */
function newShard(): TestShard {
  const channels = [
    channelRef('web', 'all', { sellsInbound: true }),
    channelRef('till', 'first', { sellsInbound: true }),
  ];
  return new TestShard(START_MS).apply(...retailer({ nodes: 2, skus: 1 }), { of: 'channels', rows: channels });
}

let events = 0;
function receive(shard: TestShard, quantity: number, about: { node?: number; inboundRef?: string } = {}): void {
  const { node = 0, ...rest } = about;
  const at = { at: START_MS, node: nodeId(node), reason: 'receipt' } as const;
  shard.record(delta({ id: `e${events++}`, quantity, ...at, ...rest }));
}

function due(shard: TestShard, inboundRef: string, quantity: number, dueAt: number, node = 0): void {
  const head = { kind: 'inbound', source: WMS, sku: skuId(0), node: nodeId(node) } as const;
  const event: InboundEvent = {
    ...head,
    id: `i${events++}` as EventId,
    at: START_MS + events,
    inboundRef,
    quantity,
    dueAt,
  };
  expect(shard.record(event).status).toBe('recorded');
}

/** As the host does: what is due by a time is ticked then. */
function pass(shard: TestShard, toMs: number): void {
  while (shard.machine.dueAt() <= toMs) {
    shard.nowMs = Math.max(shard.nowMs, shard.machine.dueAt());
    shard.run({ do: 'tick' });
  }
  shard.nowMs = toMs;
}

function bands(shard: TestShard): string {
  const of = (id: string): string | undefined =>
    shard.stock(skuId(0))?.channels.find((one) => one.channel === id)?.band;
  return `${of('web')} ${of('app')} ${of('till')}`;
}

const item = (changes: object): ReferenceBatch => ({ of: 'items', rows: [itemRef(skuId(0), changes)] });

describe('bands of what is due', () => {
  test('[AV6] nothing there and something due is a back-order where the channel sells it, until the day has passed', () => {
    const shard = newShard();
    const rows: (readonly [string, () => void, string])[] = [
      ['sold out', () => receive(shard, 0), 'out-of-stock out-of-stock out-of-stock'],
      ['due at n0', () => due(shard, 'po', 5, hour(5)), 'back-order out-of-stock back-order'],
      ['moved to n1', () => due(shard, 'po', 0, hour(5)), 'out-of-stock out-of-stock out-of-stock'],
      ['due at n1', () => due(shard, 'po-1', 5, hour(5), 1), 'back-order out-of-stock out-of-stock'],
      ['an hour before', () => pass(shard, hour(4)), 'back-order out-of-stock out-of-stock'],
      ['past due', () => pass(shard, hour(5)), 'out-of-stock out-of-stock out-of-stock'],
      ['put off', () => due(shard, 'po-1', 5, hour(9), 1), 'back-order out-of-stock out-of-stock'],
      ['came', () => receive(shard, 5, { node: 1, inboundRef: 'po-1' }), 'low-stock low-stock out-of-stock'],
    ];
    for (const [what, act, should] of rows) {
      act();
      expect([what, bands(shard)]).toEqual([what, should]);
    }
    expect(shard.facts.filter(({ fact }) => fact === 'BandDatesReached')).toHaveLength(1);
  });

  test('[AV6] before the first day of sale it is a pre-order, and the day makes it a back-order by itself', () => {
    const shard = newShard().apply(item({ availableFrom: hour(3) }));
    due(shard, 'po', 5, hour(8));
    expect(bands(shard)).toBe('pre-order out-of-stock pre-order');
    shard.changes();
    pass(shard, hour(3));
    expect(bands(shard)).toBe('back-order out-of-stock back-order');
    expect(shard.changes()).toMatchObject([
      { crossings: [{ channel: 'web', was: 'pre-order', band: 'back-order', revision: shard.facts.length }, {}] },
    ]);
    shard.apply(item({ availableFrom: hour(6) }));
    expect(bands(shard)).toBe('pre-order out-of-stock pre-order');
    receive(shard, 2);
    expect(bands(shard)).toBe('low-stock low-stock low-stock');
  });

  test('[AV6] [AV3] what is due is not sold when it is kept back, promised, or nothing is sold there', () => {
    const shard = newShard();
    receive(shard, 0);
    due(shard, 'po', 5, hour(5));
    const keep = (units: number, from: number): ReferenceBatch => {
      return { of: 'safety', rows: [{ id: 'later' as SafetyId, node: nodeId(0), units, from }] };
    };
    expect(bands(shard.apply(keep(5, hour(7))))).toBe('out-of-stock out-of-stock out-of-stock');
    expect(bands(shard.apply(keep(4, hour(7))))).toBe('back-order out-of-stock back-order');
    shard.apply({ of: 'switches', rows: [{ sku: skuId(0), node: nodeId(0), enabled: false }] });
    expect(bands(shard)).toBe('out-of-stock out-of-stock out-of-stock');
    shard.apply({ of: 'switches', rows: [{ sku: skuId(0), node: nodeId(0), enabled: true }] });
    // Two were there, are promised, and a count takes them away: what comes fills that first.
    receive(shard, 2);
    const hold = { client: 'c' as ClientId, channel: 'web' as ChannelId, holdMs: HOUR_MS, partial: false };
    const lines = [{ sku: skuId(0), node: nodeId(0), units: 2 }];
    expect(shard.run({ do: 'reserve', request: { key: 'k', ...hold, lines } }).status).toBe('reserved');
    receive(shard, -2);
    shard.apply(keep(3, hour(7)));
    expect(bands(shard)).toBe('out-of-stock out-of-stock out-of-stock');
    pass(shard, hour(2));
    expect(bands(shard), 'the hold has expired').toBe('back-order out-of-stock back-order');
  });

  test('[AV6] every crossing is told once, with the revision that did it, also those between two publications', () => {
    const shard = newShard();
    receive(shard, 20);
    const told: BandCrossing[] = [];
    const take = (): void => shard.changes().forEach(({ crossings = [] }: StockChange) => told.push(...crossings));
    take();
    receive(shard, -17);
    receive(shard, -3);
    due(shard, 'po', 5, hour(5));
    receive(shard, 9);
    take();
    receive(shard, 1);
    take();
    const ofWeb = told.filter(({ channel }) => channel === 'web');
    expect(ofWeb.map(({ was, band }) => `${was} > ${band}`)).toEqual([
      'out-of-stock > in-stock',
      'in-stock > low-stock',
      'low-stock > out-of-stock',
      'out-of-stock > back-order',
      'back-order > in-stock',
    ]);
    const first = shard.facts.length - 5;
    expect(ofWeb.map(({ revision }) => revision)).toEqual([first, first + 1, first + 2, first + 3, first + 4]);
  });

  test('[AV6] any history of stock, supplies, dates and switches: bands are what a look at the moment says, and replay agrees', () => {
    const act = fc.record({
      how: fc.constantFrom('receive', 'sell', 'due', 'due', 'pass', 'first-day', 'switch', 'policy'),
      node: fc.nat(1),
      units: fc.nat(6),
      hours: fc.integer({ min: 0, max: 9 }),
      ref: fc.constantFrom('po-1', 'po-2'),
    });
    const property = fc.property(fc.array(act, { minLength: 1, maxLength: 30, size: 'max' }), (acts) => {
      const shard = newShard();
      let firstDay = 0;
      let sells = true;
      const crossed = new Map<string, string>();
      for (const { how, node, units, hours, ref } of acts) {
        const later = shard.nowMs + hours * HOUR_MS;
        if (how === 'receive') receive(shard, units, { node, inboundRef: ref });
        else if (how === 'sell') receive(shard, -units, { node });
        else if (how === 'due') due(shard, ref, units, later, node);
        else if (how === 'pass') pass(shard, later);
        else if (how === 'first-day') shard.apply(item({ availableFrom: (firstDay = later) }));
        else if (how === 'switch') shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(node), { enabled: units > 2 })] });
        else shard.apply({ of: 'channels', rows: [channelRef('web', 'all', { sellsInbound: (sells = units > 1) })] });
        pass(shard, shard.nowMs);
        const stock = shard.stock(skuId(0));
        for (const { crossings = [] } of shard.changes()) {
          for (const { channel, was, band } of crossings) {
            expect(was).toBe(crossed.get(channel) ?? 'out-of-stock');
            crossed.set(channel, band);
          }
        }
        const web = stock?.channels.find(({ channel }) => channel === 'web');
        expect(web?.band ?? 'out-of-stock').toBe(crossed.get('web') ?? 'out-of-stock');
        if (web === undefined || web.ats > 0) continue;
        const on = new Map(stock?.nodes.map((one) => [one.node, one]));
        const coming =
          stock?.inbound.filter((one) => one.dueAt > shard.nowMs && on.get(one.node)?.off === undefined) ?? [];
        const free = new Map([...on].map(([name, one]) => [name, one.onHand]));
        for (const one of coming) free.set(one.node, (free.get(one.node) ?? 0) + one.units);
        const is = coming.some((one) => (free.get(one.node) ?? 0) > 0) && sells;
        expect(web.band).toBe(!is ? 'out-of-stock' : firstDay > shard.nowMs ? 'pre-order' : 'back-order');
      }
      expect(shard.replayed().digest()).toBe(shard.digest());
      const image = shard.machine.beginImage();
      const restored = shard.newMachine();
      restored.restore(
        image.header,
        Array.from({ length: image.pageCount }, () => image.next()!),
      );
      expect(restored.digest()).toBe(shard.digest());
      expect(restored.dueAt()).toBe(shard.machine.dueAt());
    });
    fc.assert(property);
  });
});

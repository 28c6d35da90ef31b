import { describe, expect, test } from 'vitest';
import type { AllocationId, ChannelId, ClientId, PoolId } from '../contract/ids.ts';
import { auditOf } from './test-allocations.ts';
import { stateOf } from './test-audited.ts';
import { channelRef, delta, itemRef, nodeId, nodeRef, skuId } from './test-retailer.ts';
import { SKU, START_MS, TOLD, WaitingScript } from './test-waiting.ts';
import { WaitingTable } from './waiting.ts';

const dayAt = (n: number): number => START_MS + n * 86_400_000;

function expectSound({ shard }: WaitingScript): void {
  expect(auditOf(shard)).toEqual([]);
  expect(shard.replayed().digest()).toBe(shard.digest());
}

describe('units that are not there yet', () => {
  test('[OR9] what comes serves the lower priority first, of one priority the oldest promise', () => {
    const script = new WaitingScript();
    script.supply(0, 20, 2);
    script.await('late', 3, { placedAt: START_MS - 1 });
    script.await('early', 2, { placedAt: START_MS - 2 });
    script.await('dear', 1, { placedAt: START_MS, priority: 0 });
    expect(script.tick()).toBe('');
    script.receive(0, 4);
    expect(script.tick()).toBe('dear 1, early 2, late 1');
    script.receive(0, 9);
    expect(script.tick()).toBe('late 2');
    expect(script.tick()).toBe('');
    expect(script.ats()).toBe(7);
    expectSound(script);
  });

  test('[OR9] what has come is nobody else’s before it is given, however soon others ask', () => {
    const script = new WaitingScript();
    script.supply(0, 5, 2);
    script.await('o1', 3, { group: 'west' });
    script.receive(0, 4);
    expect([script.ats(), script.shard.machine.dueAt()]).toEqual([1, 0]);
    expect(script.reserve(2, { node: 0 })).toMatchObject({ code: 'units-exceed-available', units: 1 });
    expect(script.reserve(1, { group: 'all' }).status).toBe('reserved');
    expect(script.tick()).toBe('o1 3');
    expect(script.ats()).toBe(0);
    const answer = script.shard.run({ do: 'reduce-allocated', allocation: 'o1' as AllocationId, step: 2 });
    expect(answer.status).toBe('allocated');
    expect(script.ats()).toBe(3);
    expectSound(script);
  });

  test('[OR9] [RS4] the units of a hold that is over go to who waits, not to who asks at that moment', () => {
    const script = new WaitingScript();
    script.receive(0, 2);
    script.reserve(2, { group: 'all' }, 1_000);
    script.supply(0, 2, 2);
    script.await('o1', 2);
    script.shard.nowMs += 1_000;
    expect(script.reserve(1, { node: 0 }).status).toBe('refused');
    expect(script.tick()).toBe('');
    expect(script.reserve(1, { node: 0 }).status).toBe('refused');
    expect(script.tick()).toBe('o1 2');
    expectSound(script);
  });

  test('[OR9] what a hold gives back serves them, and a node that is switched on again', () => {
    const script = new WaitingScript();
    script.receive(1, 3);
    script.supply(1, 9, 2);
    script.reserve(1, { node: 1 });
    script.await('o1', 4);
    expect(script.tick()).toBe('o1 2');
    const [held] = script.shard.facts.filter(({ fact }) => fact === 'UnitsReserved');
    const { id, client } = held?.fact === 'UnitsReserved' ? held.reservation : { id: '' as never, client: '' as never };
    script.shard.run({ do: 'release', id, client });
    expect(script.tick()).toBe('o1 1');
    const switched = (enabled: boolean) => script.shard.apply({ of: 'nodes', rows: [nodeRef(nodeId(2), { enabled })] });
    switched(false);
    script.receive(2, 5);
    expect(script.tick()).toBe('');
    switched(true);
    expect(script.tick()).toBe('o1 1');
    expectSound(script);
  });

  test('[OR9] holds of other skus that end all the time keep nobody waiting', () => {
    const script = new WaitingScript();
    const other = skuId(1);
    script.shard.apply({ of: 'items', rows: [itemRef(other)] });
    script.shard.record(delta({ id: 'other', at: START_MS, sku: other, quantity: 5, reason: 'receipt' }));
    const lines = [{ sku: other, units: 1, node: nodeId(0) }];
    const asked = { client: 'shop' as ClientId, channel: 'web' as ChannelId, lines, holdMs: 1_000, partial: false };
    script.shard.run({ do: 'reserve', request: { key: 'k', ...asked } });
    script.supply(0, 1, 2);
    script.await('o1', 1);
    script.shard.nowMs += 1_000;
    script.receive(0, 1);
    expect(script.tick()).toBe('o1 1');
    expect(script.shard.facts.slice(-2).map(({ fact }) => fact)).toEqual(['UnitsReleased', 'UnitsServed']);
    expectSound(script);
  });

  test('[OR9] it is told until it is heard, also after a restart', () => {
    const script = new WaitingScript();
    script.supply(0, 5, 2);
    script.await('o1', 3);
    script.receive(0, 2);
    const { requests } = script.shard.decide({ do: 'tick' });
    const came = { do: 'units-came', order: 'o1', allocation: 'o1', shard: 7, serving: 1, sku: SKU, units: 2 };
    expect(requests).toEqual([{ shard: TOLD, command: came }]);
    expect(script.shard.machine.outstanding()).toEqual(expect.arrayContaining([...requests]));
    expect(script.shard.replayed().outstanding()).toEqual(expect.arrayContaining([...requests]));
    const heard = { do: 'units-heard', allocation: 'o1' as AllocationId, sku: SKU, serving: 1 } as const;
    expect(script.shard.decide(heard).facts).toHaveLength(1);
    expect(script.shard.decide(heard).facts).toHaveLength(0);
    const open = script.shard.machine.outstanding().filter(({ command }) => command.do === 'units-came');
    expect(open).toEqual([]);
    expectSound(script);
  });

  test('[OR9] what came for an order that nobody knows any more goes back, and it waits for no more', () => {
    const script = new WaitingScript();
    script.supply(0, 5, 2);
    script.await('o1', 3);
    script.receive(0, 2);
    expect(script.tick()).toBe('o1 2');
    const heard = {
      do: 'units-heard',
      allocation: 'o1' as AllocationId,
      sku: SKU,
      serving: 1,
      unwanted: true,
    } as const;
    for (const times of [1, 2]) {
      script.shard.run(heard);
      expect([times, script.ats()]).toEqual([times, 2]);
    }
    script.receive(0, 3);
    expect([script.tick(), script.ats()]).toEqual(['', 5]);
    expectSound(script);
  });

  test('[OR9] [RS3] a step that comes again is answered the same, and waits once', () => {
    const script = new WaitingScript();
    script.supply(0, 3, 2);
    const first = script.await('o1', 2);
    expect(first).toEqual({ status: 'waiting', dueAt: dayAt(2), units: 2 });
    const about = { order: 'o1' as never, channel: 'web' as ChannelId, group: 'all' as never };
    const again = { allocation: 'o1' as AllocationId, step: 1, ...about, sku: SKU, units: 2, placedAt: 1, priority: 5 };
    expect(script.shard.run({ do: 'await-units', ...again })).toEqual(first);
    expect(script.await('o1', 1)).toEqual({ status: 'waiting', dueAt: dayAt(2), units: 3 });
    expect(script.await('o2', 1)).toMatchObject({ code: 'no-supply-known', units: 0 });
    expectSound(script);
  });

  test('[OR9] who no longer wants them stops waiting, for some or for all', () => {
    const script = new WaitingScript();
    script.supply(0, 5, 2);
    script.await('o1', 4);
    script.await('o2', 1);
    expect(script.stop('o1', 5)).toMatchObject({ code: 'units-out-of-bounds', units: 4 });
    expect(script.stop('o1', 1)).toMatchObject({ status: 'allocated', allocation: { lines: [] } });
    script.receive(0, 2);
    expect(script.stop('o1')).toMatchObject({ status: 'allocated', allocation: { lines: [] } });
    expect(script.tick()).toBe('o2 1');
    expect(script.stop('o1')).toMatchObject({ code: 'unknown-line', field: 'sku' });
    expect(script.ats()).toBe(1);
    expectSound(script);
  });

  test('[OR9] [OR8] who has nothing left and waits for more may still declare what was short', () => {
    const script = new WaitingScript();
    script.receive(0, 4);
    script.supply(1, 5, 2);
    script.await('o1', 5);
    const short = { do: 'declare-short', allocation: 'o1' as AllocationId, as: 'damaged', sku: SKU, units: 1 } as const;
    const answer = script.shard.run({ ...short, step: 2, node: nodeId(0) });
    expect(answer).toMatchObject({ status: 'allocated', allocation: { lines: [] } });
    // 4 were set aside for it; one of them is not fit to sell.
    expect(script.tick()).toBe('o1 3');
    script.receive(1, 5);
    expect(script.tick()).toBe('o1 2');
    expectSound(script);
  });

  test('[AV3] what waits counts as promised, so each is told the day that is still free', () => {
    const script = new WaitingScript();
    script.supply(0, 3, 2);
    script.supply(1, 4, 5);
    expect(script.await('o1', 2)).toMatchObject({ dueAt: dayAt(2) });
    expect(script.await('o2', 2)).toMatchObject({ dueAt: dayAt(5) });
    expect(script.await('o3', 4)).toMatchObject({ code: 'no-supply-known', units: 3 });
    const ask = { ask: 'atp', sku: SKU, channel: 'web' as ChannelId, dates: [dayAt(1), dayAt(2), dayAt(5)] } as const;
    const answer = script.shard.machine.answer(ask, START_MS);
    expect(answer).toMatchObject({ outcome: { dates: [{ units: 0 }, { units: 0 }, { units: 3 }] } });
    expectSound(script);
  });

  test('[OR9] [AV6] before the first day of sale it is due on that day; a channel that sells nothing due sells none', () => {
    const script = new WaitingScript();
    script.shard.apply({ of: 'items', rows: [itemRef(SKU, { availableFrom: dayAt(20) })] });
    script.supply(0, 3, 2);
    expect(script.await('o1', 1)).toMatchObject({ status: 'waiting', dueAt: dayAt(20) });
    expect(script.await('o2', 1, { channel: 'shop' })).toMatchObject({ code: 'inbound-not-sold' });
    expectSound(script);
  });

  test('[AV2] [OR9] they draw their channel’s pool first and leave the others’', () => {
    const script = new WaitingScript();
    const pool = (channel: string, units: number) =>
      ({ id: channel as PoolId, channel: channel as ChannelId, sku: SKU, units }) as const;
    script.supply(0, 20, 2);
    script.await('web1', 6);
    script.await('app1', 2, { channel: 'app', group: 'west', placedAt: START_MS + 1 });
    script.shard.apply({ of: 'pools', rows: [pool('app', 3), pool('web', 2)] });
    script.receive(0, 6);
    // 3 are app's own: web gets the others, app draws 2 of its 3.
    expect(script.tick()).toBe('web1 3, app1 2');
    expect([script.ats('shop'), script.ats('app')]).toEqual([0, 1]);
    expectSound(script);
  });

  test('[OR9] a threshold keeps new sales back, not those that were sold before', () => {
    const script = new WaitingScript();
    script.supply(0, 5, 2);
    script.await('o1', 3);
    script.shard.apply({ of: 'channels', rows: [channelRef('web', 'all', { sellsInbound: true, threshold: 4 })] });
    script.receive(0, 5);
    expect(script.tick()).toBe('o1 3');
    expectSound(script);
  });

  test('[OR9] [AV2] those who wait keep their place among the 8 demand groups', () => {
    const script = new WaitingScript();
    script.supply(0, 1, 2);
    const sets = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]];
    const groups = sets.map((nodes, index) => ({
      id: `g${index}` as never,
      nodes: nodes.map((n) => `n${n}` as never),
    }));
    script.shard.apply({ of: 'groups', rows: groups });
    script.await('o1', 1, { group: 'g0' });
    script.receive(1, 9);
    script.receive(2, 9);
    for (let index = 1; index < 7; index++) expect(script.reserve(1, { group: `g${index}` }).status).toBe('reserved');
    const pool = (channel: string) => ({ id: channel as PoolId, channel: channel as ChannelId, sku: SKU, units: 1 });
    const pools = [pool('web'), pool('app')];
    const [first, second] = pools.map((row) => script.shard.run({ do: 'apply', batch: { of: 'pools', rows: [row] } }));
    expect([first, second]).toMatchObject([
      { status: 'applied' },
      { refusedRows: [{ code: 'too-many-demand-groups' }] },
    ]);
    script.receive(0, 9);
    expect(script.tick()).toBe('o1 1');
    expectSound(script);
  });

  test('[OR9] [AV7] the watch sees what is set aside for nobody, or for too few', () => {
    const script = new WaitingScript();
    script.supply(0, 5, 2);
    script.await('o1', 3);
    script.receive(0, 2);
    expect(auditOf(script.shard)).toEqual([]);
    const { waiting } = stateOf(script.shard);
    waiting.setClaims(1, []);
    expect(auditOf(script.shard)).toEqual([`${SKU} came for those who wait (OR9): kept , is o1 2`]);
    script.receive(1, 1);
    expect(auditOf(script.shard)).toEqual([]);
    expect(script.tick()).toBe('o1 3');
  });

  test('[OR9] the queue of a sku is bounded', () => {
    const table = new WaitingTable();
    const terms = { order: 'o' as never, group: 'g' as never, set: 1, channel: 'web' as never, movementRef: 'm' };
    const row = { ...terms, sku: 1, priority: 5, units: 1, dueAt: 0 };
    for (let index = 0; index < 10_000; index++) {
      expect(table.isFull(1)).toBe(false);
      table.put({ ...row, id: `o${index}` as never, placedAt: -index });
    }
    expect([table.isFull(1), table.isFull(2)]).toEqual([true, false]);
    expect(table.of(1)[0]?.id).toBe('o9999');
    table.put({ ...row, id: 'o1' as never, placedAt: 0, units: 0 });
    expect(table.isFull(1)).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import type { ChannelId, ClientId, GroupId, ReservationId } from '../contract/ids.ts';
import type { ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import {
  channelRef,
  delta,
  groupRef,
  itemRef,
  nodeId,
  nodeRef,
  retailer,
  skuId,
  sourceRef,
  WMS,
} from './test-retailer.ts';
import { expectRefused, TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;

function newShard(): TestShard {
  const nodes = [nodeId(0), nodeId(1), nodeId(2)];
  return new TestShard(START_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS)] },
    { of: 'nodes', rows: [nodeRef(nodeId(0)), nodeRef(nodeId(1)), nodeRef(nodeId(2), { safety: 1 })] },
    { of: 'groups', rows: [groupRef('all', nodes), groupRef('west', nodes.slice(0, 2))] },
    { of: 'channels', rows: [channelRef('web', 'all'), channelRef('west', 'west')] },
    { of: 'items', rows: [itemRef(skuId(0)), itemRef(skuId(1))] },
  );
}

/** `2 n0` is two units at node n0, `2 west` two in the group; `sku-1:2 n0` of another sku. */
function lineOf(text: string): ReserveLine {
  const [what = '', place = ''] = text.split(' ');
  const [sku, units] = what.includes(':') ? what.split(':') : ['sku-0', what];
  const head = { sku: sku as ReserveLine['sku'], units: Number(units) };
  return place.startsWith('n') ? { ...head, node: place as never } : { ...head, group: place as GroupId };
}

function request(key: string, text: string, changes?: Partial<ReserveRequest>): ReserveRequest {
  const usual = { client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
  return { key, lines: text.split(', ').map(lineOf), ...usual, ...changes };
}

function answerOf(outcome: Outcome): string {
  if (outcome.status === 'refused')
    return `${outcome.code}${'units' in outcome ? ` ${outcome.units ?? ''}` : ''}`.trim();
  if (outcome.status !== 'reserved') return outcome.status;
  return outcome.reservation.lines.map((line) => `${line.units} ${'node' in line ? line.node : line.group}`).join(', ');
}

/**
 * Plays a table: what happens │ answer │ available n0 n1 n2 │ ATS of web and west.
 * `key key2: 2 n0` reserves, `partly` takes what there is, `release key`, `wait ms`, `tick`, `stock n0 5` sends a delta.
 */
function expectTable(table: string): TestShard {
  const shard = newShard();
  const ids = new Map<string, ReservationId>();
  let events = 0;
  const act = (text: string): string => {
    const [verb = '', ...rest] = text.split(' ');
    if (verb === 'wait') {
      shard.nowMs += Number(rest[0]);
      return shard.run({ do: 'tick' }).status;
    }
    if (verb === 'stock') {
      const event = delta({ id: `e${events++}`, at: START_MS, quantity: Number(rest[1]), node: rest[0] as never });
      return shard.record(event).status;
    }
    if (verb === 'release') {
      const id = ids.get(rest[0] ?? '') ?? ('r7-0' as ReservationId);
      return answerOf(shard.run({ do: 'release', id, client: 'shop' as ClientId }));
    }
    const [head = '', lines = ''] = text.split(': ');
    const [channel = 'web', key = '', partly] = head.split(' ');
    const asked = request(key, lines, { channel: channel as ChannelId, partial: partly === 'partly' });
    const outcome = shard.run({ do: 'reserve', request: asked });
    if (outcome.status === 'reserved') ids.set(key, outcome.reservation.id);
    return answerOf(outcome);
  };
  for (const row of table.trim().split('\n')) {
    const [what = '', answer = '', available = '', ats = ''] = row.split('│').map((cell) => cell.trim());
    const got = act(what);
    const stock = shard.stock(skuId(0));
    const atNode = (node: string) => stock?.nodes.find((at) => at.node === node)?.available ?? '-';
    const channels = stock?.channels.map((channel) => channel.ats).join(' ') ?? '';
    const seen = [what, got, ['n0', 'n1', 'n2'].map(atNode).join(' '), channels];
    expect(seen.join(' │ ')).toBe([what, answer, available, ats].join(' │ '));
  }
  return shard;
}

describe('reservations', () => {
  test('[RS1][AV1][AV2] a node line takes units at its node, a group line wherever they are', () => {
    expectTable(`
      stock n0 5                 │ recorded                 │ 5 - -  │ 5 5
      stock n1 2                 │ recorded                 │ 5 2 -  │ 7 7
      stock n2 4                 │ recorded                 │ 5 2 3  │ 10 7
      web a: 2 n0                │ 2 n0                     │ 3 2 3  │ 8 5
      web b: 4 west              │ 4 west                   │ 3 2 3  │ 4 1
      web c: 2 n0                │ units-exceed-available 1 │ 3 2 3  │ 4 1
      web d: 1 n0                │ 1 n0                     │ 2 2 3  │ 3 0
      web e: 1 n1                │ units-exceed-available 0 │ 2 2 3  │ 3 0
      web f: 4 all               │ units-exceed-available 3 │ 2 2 3  │ 3 0
      web g: 3 all               │ 3 all                    │ 2 2 3  │ 0 0
      release b                  │ released                 │ 2 2 3  │ 4 4
      web h: 4 west              │ 4 west                   │ 2 2 3  │ 0 0
    `);
  });

  test('[RS1] all lines or none, and lines of one place are summed first', () => {
    expectTable(`
      stock n0 3                 │ recorded                 │ 3 - -  │ 3 3
      web a: 2 n0, 2 n0          │ units-exceed-available 3 │ 3 - -  │ 3 3
      web b: 1 n0, 2 n0          │ 3 n0                     │ 0 - -  │ 0 0
      release b                  │ released                 │ 3 - -  │ 3 3
      web c: 2 n0, 2 all         │ units-exceed-available 1 │ 3 - -  │ 3 3
    `);
  });

  test('[RS1] partly: as much of each line as there is, in their order, and at least one unit in all', () => {
    expectTable(`
      stock n0 3                 │ recorded                 │ 3 - -  │ 3 3
      web a partly: 2 n0, 5 all  │ 2 n0, 1 all              │ 1 - -  │ 0 0
      web b partly: 1 n0, 1 all  │ units-exceed-available 0 │ 1 - -  │ 0 0
      release a                  │ released                 │ 3 - -  │ 3 3
      web c partly: 9 n0, 5 all  │ 3 n0                     │ 0 - -  │ 0 0
    `);
  });

  test('[RS3] final states are final; releasing again answers the same', () => {
    const shard = expectTable(`
      stock n0 3                 │ recorded                 │ 3 - -  │ 3 3
      web a: 2 n0                │ 2 n0                     │ 1 - -  │ 1 1
      release a                  │ released                 │ 3 - -  │ 3 3
      release a                  │ released                 │ 3 - -  │ 3 3
      web b: 2 n0                │ 2 n0                     │ 1 - -  │ 1 1
      wait 60000                 │ applied                  │ 3 - -  │ 3 3
      release b                  │ already-ended            │ 3 - -  │ 3 3
      release nothing            │ unknown-reservation      │ 3 - -  │ 3 3
    `);
    expect(shard.machine.dueAt()).toBe(Infinity);
  });

  test('[RS2] the same key and content get the first answer, yes or no; other content is key-reused', () => {
    expectTable(`
      stock n0 3                 │ recorded                 │ 3 - -  │ 3 3
      web a: 2 n0                │ 2 n0                     │ 1 - -  │ 1 1
      web a: 2 n0                │ 2 n0                     │ 1 - -  │ 1 1
      web a: 1 n0                │ key-reused               │ 1 - -  │ 1 1
      web b: 2 n0                │ units-exceed-available 1 │ 1 - -  │ 1 1
      release a                  │ released                 │ 3 - -  │ 3 3
      web a: 2 n0                │ 2 n0                     │ 3 - -  │ 3 3
      web b: 2 n0                │ units-exceed-available 1 │ 3 - -  │ 3 3
      wait 86400000              │ applied                  │ 3 - -  │ 3 3
      web c: 1 n0                │ 1 n0                     │ 2 - -  │ 2 2
      web b: 2 n0                │ 2 n0                     │ 0 - -  │ 0 0
      web a: 2 n0                │ units-exceed-available 0 │ 0 - -  │ 0 0
    `);
  });

  test('[RS2] a retry is answered with the very same values', () => {
    const shard = newShard();
    shard.record(delta({ id: 'e', at: START_MS, quantity: 5 }));
    const first = shard.run({ do: 'reserve', request: request('a', '2 n0') });
    shard.nowMs += 120_000;
    shard.run({ do: 'tick' });
    expect(shard.run({ do: 'reserve', request: request('a', '2 n0') })).toEqual(first);
    expect(first).toMatchObject({ status: 'reserved', position: '7.7', reservation: { id: 'r7-7', state: 'held' } });
    // The key belongs to its client.
    const other = shard.run({ do: 'reserve', request: request('a', '5 n0', { client: 'other' as ClientId }) });
    expect(other.status).toBe('reserved');
  });

  test('[RS4] a hold expires at its millisecond, whether or not anybody looked', () => {
    const shard = newShard();
    shard.record(delta({ id: 'e', at: START_MS, quantity: 5 }));
    const outcome = shard.run({ do: 'reserve', request: request('a', '2 n0, 2 all', { holdMs: 1_000 }) });
    const id = outcome.status === 'reserved' ? outcome.reservation.id : ('' as ReservationId);
    const client = 'shop' as ClientId;
    const stateOf = () => {
      const answer = shard.machine.answer({ ask: 'reservation', id }, shard.nowMs);
      return answer.answer === 'reservation' ? answer.reservation?.state : undefined;
    };
    expect(shard.machine.dueAt()).toBe(START_MS + 1_000);
    shard.nowMs = START_MS + 999;
    expect(stateOf()).toBe('held');
    expect(shard.run({ do: 'reserve', request: request('b', '2 n0') })).toMatchObject({ status: 'refused', units: 1 });
    expect(shard.decide({ do: 'tick' }).facts).toEqual([]);
    shard.nowMs = START_MS + 1_000;
    expect(stateOf()).toBe('expired');
    expectRefused(shard, { do: 'release', id, client }, 'already-ended');
    // Nobody has ticked: the reservation that needs the units lets the hold go first.
    const decision = shard.decide({ do: 'reserve', request: request('c', '4 n0, 1 all') });
    expect(decision.outcome.status).toBe('reserved');
    expect(decision.facts.map((fact) => fact.fact)).toEqual(['UnitsReleased', 'UnitsReserved']);
    expect(shard.decide({ do: 'tick' }).facts).toEqual([]);
  });

  test('[RS4] a flood of expiries is spread over ticks, earliest first, released ones left out', () => {
    const shard = new TestShard(START_MS, { holdsPerClientMax: 10_000 }).apply(...retailer({ nodes: 1, skus: 1 }));
    shard.record(delta({ id: 'e', at: START_MS, quantity: 9_000 }));
    const ids: ReservationId[] = [];
    for (let i = 0; i < 9_000; i++) {
      // Later ones expire earlier.
      const outcome = shard.run({ do: 'reserve', request: request(`k${i}`, '1 n0', { holdMs: 20_000 - i }) });
      if (outcome.status === 'reserved') ids.push(outcome.reservation.id);
    }
    for (const id of ids.slice(0, 4_000)) shard.run({ do: 'release', id, client: 'shop' as ClientId });
    expect(shard.machine.dueAt()).toBe(START_MS + 20_000 - 8_999);
    shard.nowMs += 20_000;
    const ended: string[] = [];
    const counts: number[] = [];
    while (shard.machine.dueAt() <= shard.nowMs) {
      const { facts } = shard.decide({ do: 'tick' });
      counts.push(facts.length);
      for (const fact of facts) if (fact.fact === 'UnitsReleased') ended.push(fact.id);
    }
    expect(counts).toEqual([4_096, 904]);
    expect(ended).toEqual(ids.slice(4_000).reverse());
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ reserved: 0, available: 9_000 });
  });

  test('[RS4] expiry is pushed like any change', () => {
    const shard = newShard();
    shard.record(delta({ id: 'e', at: START_MS, quantity: 5 }));
    shard.run({ do: 'reserve', request: request('a', '2 n0', { holdMs: 1_000 }) });
    shard.changes();
    shard.nowMs += 1_000;
    shard.run({ do: 'tick' });
    const [change] = shard.changes();
    expect(change).toMatchObject({ sku: skuId(0), receivedAt: 0, facts: 1, nodes: [{ node: 'n0', reserved: 0 }] });
    expect(change?.channels[0]).toMatchObject({ channel: 'web', ats: 5, unplaced: 0 });
  });

  test('[AV7] a feed that takes promised units makes them short, cancels nothing and sells nothing twice', () => {
    const shard = expectTable(`
      stock n0 5                 │ recorded                 │ 5 - -  │ 5 5
      web a: 4 n0                │ 4 n0                     │ 1 - -  │ 1 1
      stock n0 -3                │ recorded                 │ 0 - -  │ 0 0
      web b: 1 n0                │ units-exceed-available 0 │ 0 - -  │ 0 0
      stock n0 1                 │ recorded                 │ 0 - -  │ 0 0
      web c: 1 all               │ units-exceed-available 0 │ 0 - -  │ 0 0
    `);
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ onHand: 3, reserved: 4, short: 1, available: 0 });
    const stats = shard.machine.answer({ ask: 'stats' }, START_MS);
    expect(stats).toMatchObject({
      stats: { health: [{ node: 'n0', positions: 1, stocked: 0, low: 0, short: 1 }, {}, {}] },
    });
  });

  test('[AV2] a group promise stays with the nodes the group had when it was made', () => {
    const shard = newShard();
    for (const [node, id] of [nodeId(0), nodeId(1)].entries()) {
      shard.record(delta({ id: `e${node}`, at: START_MS, quantity: 2, node: id }));
    }
    expect(shard.run({ do: 'reserve', request: request('a', '2 west') }).status).toBe('reserved');
    shard.apply({ of: 'groups', rows: [groupRef('west', [nodeId(1)])] });
    expect(shard.stock(skuId(0))?.channels.map((channel) => channel.ats)).toEqual([2, 2]);
    expect(shard.run({ do: 'reserve', request: request('b', '2 n1') }).status).toBe('reserved');
    expect(shard.stock(skuId(0))?.channels.map((channel) => channel.ats)).toEqual([0, 0]);
  });

  test('[RS3] reservations are listed newest first, and read by their client only', () => {
    const shard = newShard();
    shard.record(delta({ id: 'e', at: START_MS, quantity: 5 }));
    for (const key of ['a', 'b']) shard.run({ do: 'reserve', request: request(key, '1 n0') });
    const listed = shard.machine.answer({ ask: 'reservations', limit: 10 }, START_MS);
    const ids = listed.answer === 'reservations' ? listed.reservations.map((reservation) => reservation.id) : [];
    expect(ids).toEqual(['r7-8', 'r7-7']);
    const foreign = { ask: 'reservation', id: 'r7-7' as ReservationId, client: 'other' as ClientId } as const;
    expect(shard.machine.answer(foreign, START_MS)).toEqual({ answer: 'reservation', reservation: undefined });
  });
});

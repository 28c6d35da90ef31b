import { describe, expect, test } from 'vitest';
import type { StockCommand } from '../contract/command.ts';
import type { ChannelId, ClientId, EventId, GroupId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import { EVENT_REFUSALS, RESERVE_REFUSALS } from '../contract/outcome.ts';
import type { SnapshotEvent, VoidEvent } from '../contract/stock-event.ts';
import type { ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import { decideReserve } from './decide-reserve.ts';
import type { RecordedEvent } from './event-identity.ts';
import { AHEAD_MS_MAX } from './feeds.ts';
import { KEYS_MAX } from './keys.ts';
import { openSku } from './open-position.ts';
import { UNITS_MAX } from './quantities.ts';
import { newStockState } from './stock-state.ts';
import { applyReference } from './apply-reference.ts';
import {
  channelRef,
  DAY_MS,
  delta,
  groupRef,
  itemRef,
  nodeId,
  nodeRef,
  skuId,
  sourceRef,
  WMS,
} from './test-retailer.ts';
import { expectRefused, TestShard } from './test-shard.ts';

const NOW_MS = 1_767_600_000_000;

function newShard(): TestShard {
  const shard = new TestShard(NOW_MS, { holdsPerClientMax: 1, unitsPerLineMax: 10 }).apply(
    {
      of: 'sources',
      rows: [
        sourceRef(WMS),
        sourceRef('counter' as SourceId, {
          grants: [{ nodes: [nodeId(0)], kinds: ['snapshot', 'delta'], reasons: ['sale'] }],
        }),
        sourceRef('maker' as SourceId, { unknownSku: 'create', brakes: { moveUnitsMax: 1_000 } }),
      ],
    },
    { of: 'nodes', rows: [nodeRef(nodeId(0)), nodeRef(nodeId(1), { owner: 'counter' as SourceId })] },
    { of: 'groups', rows: [groupRef('all', [nodeId(0), nodeId(1)]), groupRef('first', [nodeId(0)])] },
    {
      of: 'channels',
      rows: [
        channelRef('web', 'all'),
        channelRef('till', 'first'),
        channelRef('bounded', 'all', { unitsPerCustomerMax: 2 }),
      ],
    },
    { of: 'items', rows: [itemRef(skuId(0)), itemRef(skuId(1), { scale: 3 })] },
    { of: 'kits', rows: [{ sku: 'kit' as Sku, components: [{ sku: skuId(0), units: 2 }] }] },
  );
  shard.record(delta({ id: 'known', at: NOW_MS - DAY_MS, quantity: 5 }));
  shard.record(snapshot({ id: 'counted', quantity: 5, at: NOW_MS - 1_000 }));
  return shard;
}

function snapshot(event: Partial<Omit<SnapshotEvent, 'id'>> & { readonly id: string }): SnapshotEvent {
  const usual = { kind: 'snapshot', source: WMS, sku: skuId(0), node: nodeId(0), at: NOW_MS, quantity: 1 } as const;
  return { ...usual, covers: 'book', carries: 'on-hand', ...event, id: event.id as EventId };
}

const voidOf = (voids: string): VoidEvent => ({
  kind: 'void',
  source: WMS,
  id: `void ${voids}` as EventId,
  at: NOW_MS,
  sku: skuId(0),
  node: nodeId(0),
  voids: voids as EventId,
});

const wrong = { id: 'w', at: NOW_MS, quantity: 1 } as const;
const huge = UNITS_MAX + 1;

/** Each event is refused for its own reason although every later reason applies to it too, as far as that can be. */
const EVENTS: readonly (readonly [code: string, event: RecordedEvent])[] = [
  ['unknown-source', delta({ ...wrong, source: 'nobody' as SourceId, node: 'nowhere' as NodeId })],
  ['unknown-node', delta({ ...wrong, node: 'nowhere' as NodeId, sku: 'nothing' as Sku, quantity: huge })],
  ['stock-of-a-kit', delta({ ...wrong, source: 'counter' as SourceId, sku: 'kit' as Sku, node: nodeId(1) })],
  ['unknown-sku', delta({ ...wrong, source: 'counter' as SourceId, sku: 'nothing' as Sku, node: nodeId(1) })],
  ['not-granted', snapshot({ id: 'w', source: 'counter' as SourceId, carries: 'available', quantity: NaN })],
  ['netted-number', snapshot({ id: 'w', carries: 'available', quantity: NaN })],
  ['malformed-quantity', delta({ ...wrong, quantity: huge, at: 0 })],
  ['finer-than-scale', snapshot({ id: 'w', quantity: 0.5, at: 0 })],
  ['malformed-time', delta({ ...wrong, at: 1_767_600_000 })],
  ['from-the-future', delta({ ...wrong, id: 'known', at: NOW_MS + AHEAD_MS_MAX + 1 })],
  ['id-reused', delta({ ...wrong, id: 'known', at: NOW_MS - 3 * DAY_MS })],
  ['too-late-to-check', delta({ ...wrong, at: NOW_MS - 1_001 - 2 * DAY_MS })],
  ['void-of-snapshot', voidOf('counted')],
  ['stale-quantity', delta({ ...wrong, source: 'maker' as SourceId, expected: 4, quantity: 2_000 })],
  ['waits-for-approval', delta({ ...wrong, source: 'maker' as SourceId, quantity: 2_000 })],
];

/** Further ways to the same refusals. */
const MORE_EVENTS: readonly (readonly [code: string, event: RecordedEvent])[] = [
  ['not-granted', delta({ ...wrong, source: 'counter' as SourceId, reason: 'receipt' })],
  ['not-granted', delta({ ...wrong, source: 'counter' as SourceId, node: nodeId(1) })],
  ['not-granted', { ...voidOf('known'), source: 'counter' as SourceId }],
  ['not-granted', { kind: 'complete', source: WMS, id: 'w' as EventId, at: NOW_MS, node: nodeId(1), covers: 'count' }],
  ['malformed-quantity', delta({ ...wrong, quantity: Infinity })],
  ['malformed-quantity', snapshot({ id: 'w', states: { damaged: -1 } })],
  ['malformed-quantity', { ...snapshot({ id: 'w' }), kind: 'move', quantity: -1, from: 'sellable', to: 'damaged' }],
  ['malformed-quantity', { ...snapshot({ id: 'w' }), kind: 'inbound', quantity: -1, inboundRef: 'po', dueAt: NOW_MS }],
  ['finer-than-scale', snapshot({ id: 'w', states: { damaged: 0.5 } })],
  ['finer-than-scale', snapshot({ id: 'w', sku: skuId(1), quantity: 1.2345 })],
  ['finer-than-scale', delta({ ...wrong, source: 'counter' as SourceId, quantity: -0.5 })],
  ['malformed-quantity', delta({ ...wrong, expected: huge, at: 0 })],
  ['finer-than-scale', snapshot({ id: 'w', expected: 0.5, at: 0 })],
  ['stale-quantity', snapshot({ id: 'w', sku: skuId(1), expected: 0.001 })],
  ['malformed-time', delta({ ...wrong, postedAt: -1 })],
  ['malformed-time', delta({ ...wrong, at: NaN })],
  ['malformed-time', { ...snapshot({ id: 'w' }), kind: 'inbound', inboundRef: 'po', dueAt: 5 }],
];

const record = (event: RecordedEvent): StockCommand => ({ do: 'record', event, receivedAt: NOW_MS });

describe('refused events', () => {
  test('every code is reached, in the order of the table', () => {
    expect(EVENTS.map(([code]) => code)).toEqual(Object.keys(EVENT_REFUSALS));
  });

  test.each([...EVENTS, ...MORE_EVENTS])('[FD1][FD7][FD10] %s changes nothing', (code, event) => {
    expectRefused(newShard(), record(event), code);
  });

  test('[FD1] a reused id names the position of its first use; a refused event does not use its id up', () => {
    const shard = newShard();
    const reused = shard.record(delta({ ...wrong, id: 'known' }));
    expect(reused).toEqual({ status: 'refused', code: 'id-reused', field: 'id', firstPosition: '7.7' });
    expectRefused(shard, record(delta({ ...wrong, quantity: huge })), 'malformed-quantity');
    expect(shard.record(delta(wrong))).toMatchObject({ status: 'recorded' });
  });

  test('[FD1] the same content again is a duplicate even when it is booked again', () => {
    const shard = newShard();
    const again = delta({ id: 'known', at: NOW_MS - DAY_MS, quantity: 5, postedAt: NOW_MS });
    expect(shard.record(again)).toEqual({ status: 'duplicate', position: '7.7' });
  });

  const base = snapshot({ id: 'b', stream: 's', epoch: 1, seq: 1, ref: 'r', states: { damaged: 1 } });
  const inboundBase = { ...snapshot({ id: 'i' }), kind: 'inbound', inboundRef: 'po', dueAt: NOW_MS } as const;
  const moveBase = { ...snapshot({ id: 'm' }), kind: 'move', from: 'sellable', to: 'damaged' } as const;
  const deltaBase = delta({ ...wrong, id: 'd', inboundRef: 'po' });
  const others: readonly (readonly [field: string, first: RecordedEvent, second: RecordedEvent])[] = [
    ['kind', base, delta({ ...wrong, id: 'b' })],
    ['node', deltaBase, { ...deltaBase, node: nodeId(1) }],
    ['at', base, { ...base, at: NOW_MS - 1 }],
    ['stream', base, { ...base, stream: 't' }],
    ['epoch', base, { ...base, epoch: 2 }],
    ['seq', base, { ...base, seq: 2 }],
    ['ref', base, { ...base, ref: 'q' }],
    ['channel', base, { ...base, channel: 'web' as ChannelId }],
    ['quantity', base, { ...base, quantity: 2 }],
    ['covers', base, { ...base, covers: 'count' }],
    ['states', base, { ...base, states: { damaged: 2 } }],
    ['expected', base, { ...base, expected: 5 }],
    ['reason', deltaBase, { ...deltaBase, reason: 'return' }],
    ['inboundRef', deltaBase, { ...deltaBase, inboundRef: 'other' }],
    ['dueAt', inboundBase, { ...inboundBase, dueAt: NOW_MS + 1 }],
    ['from', moveBase, { ...moveBase, from: 'display' }],
    ['to', moveBase, { ...moveBase, to: 'display' }],
    ['voids', { ...voidOf('x'), id: 'v' as EventId }, { ...voidOf('y'), id: 'v' as EventId }],
  ];
  test.each(others)('[FD1] the same id with another %s is other content', (_, first, second) => {
    const shard = newShard();
    expect(shard.record(first).status).toBe('recorded');
    expect(shard.record(first).status).toBe('duplicate');
    expectRefused(shard, record(second), 'id-reused');
  });

  test('[FD7] a count is taken from who may send snapshots, a book from the owner alone', () => {
    const shard = newShard();
    const counter = 'counter' as SourceId;
    expect(shard.record(snapshot({ id: 'c', source: counter, covers: 'count' }))).toMatchObject({ status: 'recorded' });
    expectRefused(shard, record(snapshot({ id: 'd', source: counter, covers: 'book' })), 'not-granted');
  });

  test('a source that may create a sku does', () => {
    const shard = newShard();
    const event = delta({ ...wrong, source: 'maker' as SourceId, sku: 'new' as Sku, quantity: 3 });
    expect(shard.record(event)).toMatchObject({ status: 'recorded' });
    expect(shard.stock('new' as Sku)?.nodes[0]).toMatchObject({ onHand: 3 });
  });
});

const line = (changes?: Record<string, unknown>): ReserveLine =>
  ({ sku: skuId(0), units: 1, node: nodeId(0), ...changes }) as ReserveLine;

function reserve(changes: Partial<ReserveRequest>): StockCommand {
  const usual = { key: 'k', client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
  return { do: 'reserve', request: { ...usual, lines: [line()], ...changes } };
}

/** As above; `first` is a reservation made before. */
type Case = readonly [code: string, changes: Partial<ReserveRequest>, first?: Partial<ReserveRequest>];
const RESERVATIONS: readonly Case[] = [
  ['key-reused', { channel: 'nowhere' as ChannelId }, {}],
  ['unknown-channel', { channel: 'nowhere' as ChannelId, lines: [line({ node: 'nowhere' })] }],
  ['unknown-node', { lines: [{ sku: skuId(0), units: 1, group: 'no' as GroupId }, line({ node: 'nowhere' })] }],
  ['unknown-group', { lines: [{ sku: 'nothing' as Sku, units: 1, group: 'no' as GroupId }] }],
  ['unknown-sku', { channel: 'till' as ChannelId, lines: [line({ sku: 'nothing', node: nodeId(1) })] }],
  ['node-not-in-channel', { channel: 'till' as ChannelId, lines: [line({ units: 0, node: nodeId(1) })] }],
  ['units-out-of-bounds', { lines: Array.from({ length: 201 }, () => line({ units: 11 })) }],
  ['too-many-lines', { lines: Array.from({ length: 201 }, () => line()), holdMs: 1 }],
  ['hold-out-of-bounds', { holdMs: 999, key: 'other' }, {}],
  ['too-many-holds', { lines: [line({ units: 9 })], key: 'other' }, {}],
  ['quota-exceeded', { channel: 'bounded' as ChannelId, lines: [line({ units: 9 })] }],
  ['units-exceed-available', { lines: [line({ units: 9 })] }],
];

describe('refused reservations', () => {
  test('every code is reached in the order of the table, but those that need a history', () => {
    // A ninth demand group and a full key table have tests of their own; a stock shard forgets keys without a trace.
    const elsewhere = new Set(['key-too-old', 'partial-kit', 'too-many-keys', 'too-many-demand-groups']);
    const here = Object.keys(RESERVE_REFUSALS).filter((code) => !elsewhere.has(code));
    expect(RESERVATIONS.map(([code]) => code)).toEqual(here);
  });

  const withoutFact = RESERVATIONS.slice(0, -1).map(([code, changes, first]) => ({ code, changes, first }));
  test.each(withoutFact)('[RS1][RS2][RS6] $code changes nothing', ({ code, changes, first }) => {
    const shard = newShard();
    if (first !== undefined) shard.run(reserve(first));
    expectRefused(shard, reserve(changes), code);
  });

  test('[RS2] a no about stock sticks to its key and changes nothing else', () => {
    const shard = newShard();
    const no = { status: 'refused', code: 'units-exceed-available', field: 'lines[0].units', units: 5 };
    const stock = shard.stock(skuId(0));
    const { outcome, facts } = shard.decide(reserve({ lines: [line({ units: 9 })] }));
    expect(outcome).toEqual(no);
    expect(facts.map((fact) => fact.fact)).toEqual(['ReservationRefused']);
    expect(shard.stock(skuId(0))).toEqual(stock);
    shard.record(delta({ id: 'more', at: NOW_MS, quantity: 50 }));
    expect(shard.run(reserve({ lines: [line({ units: 9 })] }))).toEqual(no);
  });

  test.each([0, -1, 1.5, NaN, 11, '3'])('[RS6] %s units are out of bounds', (units) => {
    expectRefused(newShard(), reserve({ lines: [line({ units })] }), 'units-out-of-bounds');
  });

  test('[RS1] a reservation of nothing is none', () => {
    expectRefused(newShard(), reserve({ lines: [] }), 'units-out-of-bounds');
  });

  test.each([999, 4 * 3_600_000 + 1, NaN])('[RS4] a hold of %s ms is out of bounds', (holdMs) => {
    expectRefused(newShard(), reserve({ holdMs }), 'hold-out-of-bounds');
  });

  test('[AV2] a ninth distinct node set is refused, a set that is promised already is not', () => {
    const nodes = Array.from({ length: 9 }, (_, index) => nodeId(index));
    const shard = new TestShard(NOW_MS).apply(
      { of: 'sources', rows: [sourceRef(WMS)] },
      { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
      {
        of: 'groups',
        rows: [groupRef('all', nodes), ...nodes.map((id, index) => groupRef(`g${index}`, [id, nodeId(0)]))],
      },
      { of: 'channels', rows: [channelRef('web', 'all')] },
      { of: 'items', rows: [itemRef(skuId(0))] },
    );
    shard.record(delta({ id: 'e', at: NOW_MS, quantity: 50 }));
    const at = (group: string, key: string) =>
      reserve({ key, lines: [{ sku: skuId(0), units: 1, group: group as GroupId }] });
    for (let index = 0; index < 8; index++) expect(shard.run(at(`g${index}`, `k${index}`)).status).toBe('reserved');
    expect(shard.run(at('g8', 'k8'))).toEqual({
      status: 'refused',
      code: 'too-many-demand-groups',
      field: 'lines[0]',
    });
    expect(shard.run(at('g3', 'k9')).status).toBe('reserved');
    expect(shard.run(reserve({ key: 'k10' })).status).toBe('reserved');
    expect(shard.stock(skuId(0))?.channels[0]).toMatchObject({ ats: 40, unplaced: 9 });
  });

  test('[RS2] a full key table refuses new keys and forgets none', () => {
    const state = newStockState({ shard: 7, intake: 20, holdsPerClientMax: 10, unitsPerLineMax: 10 });
    applyReference(
      state,
      { fact: 'ReferenceApplied', at: NOW_MS, batch: { of: 'groups', rows: [groupRef('all', [])] } },
      1,
    );
    applyReference(
      state,
      { fact: 'ReferenceApplied', at: NOW_MS, batch: { of: 'channels', rows: [channelRef('web', 'all')] } },
      2,
    );
    const refusal = { status: 'refused', code: 'units-exceed-available' } as const;
    const row = { contentDigest: '0'.repeat(32), lsn: 1, refusal };
    const digestOf = (i: number): string => i.toString(16).padStart(32, '0');
    for (let i = 0; i < KEYS_MAX; i++) state.keys.put(digestOf(i), row);
    const request = { key: 'k', client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000 };
    openSku(state, skuId(0));
    const lines = [{ sku: skuId(0), units: 1, group: 'all' as GroupId }];
    const { outcome, facts } = decideReserve(
      state,
      { do: 'reserve', request: { ...request, lines, partial: false } },
      NOW_MS,
    );
    expect(outcome).toMatchObject({ status: 'refused', code: 'too-many-keys' });
    expect(facts).toEqual([]);
    expect(state.keys.find(digestOf(0))).toEqual(row);
  });
});

import fc from 'fast-check';
import type { ChannelStock, NodeStock, StockChange } from '../../contract/change.ts';
import type { Outcome } from '../../contract/command.ts';
import type { Fact } from '../../contract/fact.ts';
import { DELTA_REASONS, type DeltaEvent } from '../../contract/stock-event.ts';
import type { Reservation, ReserveLine, ReserveRequest } from '../../contract/reservation.ts';

// Arbitrary values of everything the codecs carry. Each model names every field of its type, the optional ones too: who
// adds a field to the type must add it here, and then the test fails until the codec carries it.

type Model<T> = { readonly [K in keyof Required<T>]: fc.Arbitrary<Exclude<T[K], undefined>> };

/** Optional fields as they are: there or not, never undefined. */
function made<T>(model: Model<T>, ...optional: (keyof T & string)[]): fc.Arbitrary<T> {
  const requiredKeys = (Object.keys(model) as (keyof T & string)[]).filter((key) => !optional.includes(key));
  return fc.record(model, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<T>;
}

/** Names and free texts, of one byte a character and of two; lone surrogates too, since a till may send any. */
export const text = fc.oneof(
  fc.string({ maxLength: 40, size: 'max' }),
  fc.string({ unit: 'binary', maxLength: 200, size: 'max' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
) as fc.Arbitrary<never>;
const name = fc.constantFrom('a', 'sku-1', 'S-14', 'wms', 'münchen', '東京', 'web') as fc.Arbitrary<never>;
const time = fc.integer({ min: 946_684_800_000, max: 7_258_118_400_000 });
export const number = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: -1e9, max: 1e9 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const units = fc.integer({ min: 1, max: 10_000 });
const shard = fc.nat(4_200);

export const delta = made<DeltaEvent>(
  {
    kind: fc.constant('delta'),
    source: name,
    id: text,
    at: time,
    postedAt: time,
    stream: name,
    epoch: number,
    seq: number,
    channel: name,
    ref: text,
    sku: name,
    node: name,
    quantity: number,
    reason: fc.constantFrom(...DELTA_REASONS),
    inboundRef: text,
    expected: number,
    movementRef: text,
  },
  ...(['postedAt', 'stream', 'epoch', 'seq', 'channel', 'ref', 'inboundRef', 'expected', 'movementRef'] as const),
);

const line: fc.Arbitrary<ReserveLine> = fc.oneof(
  made<Extract<ReserveLine, { node: unknown }>>({ sku: name, units, node: name }),
  made<Extract<ReserveLine, { group: unknown }>>({ sku: name, units, group: name }),
);
const lines = fc.array(line, { maxLength: 5 });

export const request = made<ReserveRequest>(
  { key: text, client: name, customer: text, channel: name, lines, holdMs: number, partial: fc.boolean() },
  'customer',
);

const kit = { sku: 'kit' as never, components: [{ sku: 'shoe' as never, units: 2 }] };
const reservation = made<Reservation>(
  {
    id: text,
    client: name,
    customer: text,
    channel: name,
    state: fc.constantFrom('held', 'allocated', 'released', 'expired'),
    lines,
    createdAt: time,
    expiresAt: time,
    extensions: fc.nat(10),
    kits: fc.constant([{ sku: 'kit' as never, units: 2, node: 'n' as never, components: kit.components }]),
  },
  'extensions',
  'kits',
  'customer',
);

const refusal = fc.record(
  { status: fc.constant('refused' as const), code: name, field: text, units: fc.nat(300) },
  { requiredKeys: ['status', 'code'], noNullPrototype: true },
);
const end = fc.constantFrom('released' as const, 'expired' as const, 'abandoned' as const);
const digests = { keyDigest: text, contentDigest: text };
const drawn = fc.array(fc.nat(300), { maxLength: 4 });
const held = fc.record({ status: fc.constant('held' as const), lines }, { noNullPrototype: true });
const reserved = fc.record({ status: fc.constant('reserved' as const), reservation }, { noNullPrototype: true });

type FactOf<Name extends Fact['fact']> = Extract<Fact, { fact: Name }>;
const fact = <Name extends Fact['fact']>(
  of: Name,
  model: Omit<Model<FactOf<Name>>, 'fact' | 'at'>,
  ...optional: (keyof FactOf<Name> & string)[]
): fc.Arbitrary<Fact> => made({ fact: fc.constant(of), at: time, ...model } as never, ...(optional as never[]));

const shards = fc.array(shard, { maxLength: 4 });
const PART_HELD_OPTIONAL = ['drawn', 'keyDigest', 'client', 'customer'] as const;
const whose = { keyDigest: text, client: name, customer: text };

/** Every fact with a layout of its own, and two that are JSON. */
export const facts: fc.Arbitrary<Fact> = fc.oneof(
  fact(
    'StockRecorded',
    { event: delta, units: number, carryMicros: number, approvedBy: name },
    ...(['carryMicros', 'approvedBy'] as const),
  ),
  fact('UnitsReserved', { ...digests, reservation, drawn }, 'drawn'),
  fact('UnitsReleased', { id: text, end }),
  fact('ReservationRefused', { ...digests, refusal }),
  fact('PartHeld', { saga: text, ...whose, channel: name, lines, drawn }, ...PART_HELD_OPTIONAL),
  fact('PartEnded', { saga: text, end, forgetsKey: fc.constant(true) }, 'forgetsKey'),
  fact('ReservationStarted', { id: text, ...digests, request, shards, kits: fc.constant([kit]) }, 'kits'),
  fact('PartAnswered', { id: text, shard, outcome: fc.oneof(held, refusal) }),
  fact('ReservationDecided', { id: text, outcome: fc.oneof(reserved, refusal) }),
  fact('ReservationEnded', { id: text, end }),
  fact('PartClosed', { id: text, shard }),
  fact('HoldExtended', { id: text, expiresAt: time }),
  fact('LetterRepeated', { id: text }),
);

const states = fc.dictionary(fc.constantFrom('damaged', 'display'), units, { maxKeys: 2, noNullPrototype: true });

const channel = made<ChannelStock>(
  {
    channel: name,
    ats: number,
    unplaced: number,
    pools: units,
    ownPool: units,
    threshold: units,
    silentSince: time,
    band: fc.constantFrom('in-stock', 'low-stock', 'out-of-stock', 'back-order', 'pre-order'),
    asOf: time,
  },
  ...(['pools', 'ownPool', 'threshold', 'silentSince'] as const),
);

const node = made<NodeStock>(
  {
    node: name,
    onHand: number,
    unavailable: number,
    states,
    departed: number,
    reserved: number,
    allocated: number,
    safety: number,
    safetyUsed: units,
    safetyWidened: units,
    silentSince: time,
    off: fc.constantFrom('node', 'silence', 'item', 'position'),
    available: number,
    short: number,
    inbound: number,
    asOf: fc.dictionary(name, time, { maxKeys: 3, noNullPrototype: true }),
    uncertain: fc.boolean(),
  },
  ...(['safetyUsed', 'safetyWidened', 'silentSince', 'off'] as const),
);

export const change = made<StockChange>(
  {
    sku: name,
    revision: fc.nat(),
    position: text,
    at: time,
    receivedAt: number,
    facts: fc.nat(),
    channels: fc.array(channel, { maxLength: 3 }),
    nodes: fc.array(node, { maxLength: 3 }),
    shortfalls: fc.constant([{ one: 1 }] as never),
    crossings: fc.constant([{ two: 2 }] as never),
  },
  ...(['shortfalls', 'crossings'] as const),
);

/** Every answer with a layout of its own, and some that are JSON. */
export const outcome = fc.oneof(
  fc.record({ status: fc.constantFrom('recorded', 'duplicate'), position: text }, { noNullPrototype: true }),
  fc.record({ status: fc.constant('reserved'), reservation, position: text }, { noNullPrototype: true }),
  fc.record({ status: fc.constant('released'), reservation }, { noNullPrototype: true }),
  fc.record({ status: fc.constantFrom('applied', 'closed') }, { noNullPrototype: true }),
  refusal,
) as fc.Arbitrary<Outcome>;

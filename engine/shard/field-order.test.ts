import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import { type ChannelId, type ClientId, type GroupId, type Sku, shardOfReservation } from '../contract/ids.ts';
import type { MoveRequest, Reservation, ReserveRequest } from '../contract/reservation.ts';
import type { SnapshotEvent, StockEvent } from '../contract/stock-event.ts';
import { delta, nodeId, retailer, itemRef, skuId } from '../stock/test-retailer.ts';
import { TestShards } from './test-shards.ts';

// A caller writes the fields of a request in any order, and fields nobody knows beside them; the journal has one order.
// So what is decided live must not depend on it, or a replay would end in another state.

const START_MS = 1_767_600_000_000;
const SKUS = 4;
const client = 'shop' as ClientId;
const KIT = 'kit' as Sku;

/** The same value, the fields of every object within it in the order that `draw` gives them. */
function shuffled<T>(value: T, draw: () => number): T {
  if (Array.isArray(value)) return value.map((each: unknown) => shuffled(each, draw)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, each]) => ({
    name,
    each: shuffled<unknown>(each, draw),
    at: draw(),
  }));
  const ordered = fields.toSorted((a, b) => a.at - b.at).map(({ name, each }) => [name, each] as const);
  return Object.fromEntries(ordered) as T;
}

function newShards(): TestShards {
  const shards = new TestShards(START_MS, { stockShards: 3 }).apply(
    ...retailer({ nodes: 2, skus: SKUS }),
    { of: 'items', rows: [itemRef(KIT)] },
    { of: 'kits', rows: [{ sku: KIT, components: [0, 1].map((sku) => ({ sku: skuId(sku), units: 1 })) }] },
  );
  const first = Array.from({ length: SKUS }, (_, sku) =>
    delta({ id: 'first', at: START_MS, quantity: 20, sku: skuId(sku) }),
  );
  shards.record(...first);
  return shards;
}

type Step =
  | { readonly does: 'reserve'; readonly request: Omit<ReserveRequest, 'key'> }
  | { readonly does: 'again' | 'extend' | 'move' | 'release'; readonly which: number }
  | { readonly does: 'record'; readonly event: StockEvent };

const sku = fc.nat(SKUS - 1).map(skuId);
const units = fc.integer({ min: 1, max: 4 });
const line = fc.oneof(
  fc.record({ sku: fc.oneof(sku, fc.constant(KIT)), units, node: fc.constant(nodeId(0)) }),
  fc.record({ sku, units, group: fc.constant('all' as GroupId) }),
);
const request = fc
  .record({
    client: fc.constant(client),
    customer: fc.option(fc.constantFrom('ann', 'bob'), { nil: undefined }),
    channel: fc.constant('web' as ChannelId),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    holdMs: fc.constantFrom(2_000, 60_000),
    partial: fc.boolean(),
  })
  .map(({ customer, ...rest }) => (customer === undefined ? rest : { ...rest, customer }));
const snapshot = fc.record({ sku, quantity: fc.nat(20), damaged: fc.nat(3), display: fc.nat(3) }).map(
  ({ damaged, display, ...rest }) =>
    ({
      kind: 'snapshot',
      source: 'wms',
      id: 'count',
      at: START_MS,
      node: nodeId(1),
      covers: 'count',
      carries: 'on-hand',
      states: { damaged, display },
      ...rest,
    }) as SnapshotEvent,
);
const sale = fc
  .record({ sku, quantity: fc.integer({ min: -3, max: 3 }).filter((quantity) => quantity !== 0) })
  .map((about) => delta({ id: 'sale', at: START_MS, postedAt: START_MS + 1, ref: 'receipt', ...about }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('reserve' as const), request }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constantFrom('again', 'extend', 'move', 'release'), which: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('record' as const), event: fc.oneof(snapshot, sale) }) },
);

/** Plays the steps as each of them is written by `write`; what was said, and the shards after it. */
function play(steps: readonly Step[], write: <T>(value: T) => T): { shards: TestShards; said: Outcome[] } {
  const shards = newShards();
  const said: Outcome[] = [];
  const asked: ReserveRequest[] = [];
  const held: Reservation[] = [];
  for (const [index, each] of steps.entries()) {
    if (each.does === 'reserve') {
      const whole = { ...each.request, key: `k${index}` };
      asked.push(whole);
      const outcome = shards.reserve(write(whole));
      said.push(outcome);
      if (outcome.status === 'reserved') held.push(outcome.reservation);
    } else if (each.does === 'record') {
      said.push(...shards.record(write({ ...each.event, id: `${each.event.id}-${index}` as never })));
    } else if (each.does === 'again') {
      const once = asked[each.which % asked.length];
      if (once !== undefined) said.push(shards.reserve(write(once)));
    } else {
      const one = held[each.which % held.length];
      if (one !== undefined) said.push(change(shards, each.does, one, write));
    }
    shards.pass(300);
  }
  return { shards, said };
}

let made = 0;
function change(
  shards: TestShards,
  does: 'extend' | 'move' | 'release',
  { id, lines, createdAt, expiresAt }: Reservation,
  write: <T>(value: T) => T,
): Outcome {
  if (does === 'release') return shards.release(id, client);
  if (does === 'extend') {
    const longer = { id, client, holdMs: expiresAt - createdAt + 1_000 };
    return shards.settled(shards.run(shardOfReservation(id)!, { do: 'extend', request: write(longer) }));
  }
  const [first] = lines;
  const from = 'node' in first! ? { node: first.node } : { group: first!.group };
  const to = { node: nodeId(made++ % 2) };
  const move: MoveRequest = { key: `m${id}`, id, client, sku: first!.sku, from, to, units: 1 };
  return shards.move(write(move));
}

test('[RS2][AV9] a request whose fields come in another order gets its first answer, and a replay the same state', () => {
  const shards = newShards();
  const lines = [
    { sku: KIT, units: 1, node: nodeId(0) },
    { sku: skuId(2), units: 1, group: 'all' as GroupId },
  ];
  const asked = { key: 'k', client, channel: 'web' as ChannelId, lines, holdMs: 60_000, partial: false };
  const turned = {
    partial: false,
    note: 'nobody knows this field',
    lines: [
      { node: nodeId(0), units: 1, sku: KIT },
      { group: 'all' as GroupId, sku: skuId(2), units: 1 },
    ],
    holdMs: 60_000,
    channel: 'web' as ChannelId,
    client,
    key: 'k',
  };
  const first = shards.reserve(turned);
  expect(first).toMatchObject({ status: 'reserved' });
  expect(shards.reserve(asked)).toEqual(first);
  expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
});

test('[RS1][RS2] in whatever order the fields of requests and events come: the same answers, live and replayed states', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 3, maxLength: 15, size: 'max' }),
      fc.array(fc.nat(1_000), { minLength: 7, maxLength: 40, size: 'max' }),
      (steps, draws) => {
        let drawn = 0;
        made = 0;
        const plain = play(steps, (value) => value);
        made = 0;
        const { shards, said } = play(steps, (value) => shuffled(value, () => draws[drawn++ % draws.length]!));
        expect(said).toEqual(plain.said);
        expect(shards.digests()).toEqual(plain.shards.digests());
        expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
      },
    ),
    { numRuns: 100 },
  );
});

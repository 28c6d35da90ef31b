import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import type { ChannelId, ClientId } from '../contract/ids.ts';
import type { Reservation, ReserveOutcome, ReserveRequest } from '../contract/reservation.ts';
import { channelRef, delta, itemRef, nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { shardOfSku } from './partition.ts';
import { TestShards } from './test-shards.ts';

const START_MS = 1_767_600_000_000;
const SKUS = 6;
const HOLDS_MAX = 3;
/** The channel `till` has a bound, and so has the item sku-1. */
const TILL_MAX = 4;
const ITEM_MAX = 2;

function newShards(holdsPerClientMax = HOLDS_MAX): TestShards {
  const shards = new TestShards(START_MS, { stockShards: 3, limits: { holdsPerClientMax } });
  shards.apply(
    ...retailer({ nodes: 1, skus: SKUS }),
    { of: 'channels', rows: [channelRef('till', 'all', { unitsPerCustomerMax: TILL_MAX })] },
    { of: 'items', rows: [itemRef(skuId(1), { unitsPerCustomerMax: ITEM_MAX })] },
  );
  for (let sku = 0; sku < SKUS; sku++) shards.record(delta({ id: 'e', at: START_MS, quantity: 50, sku: skuId(sku) }));
  return shards;
}

interface Asked {
  readonly client?: string;
  readonly customer?: string | undefined;
  readonly channel?: string;
  readonly lines: readonly (readonly [sku: number, units: number])[];
  readonly partial?: boolean;
}

let made = 0;
function request({ client = 'shop', customer, channel = 'web', lines, partial = false }: Asked): ReserveRequest {
  return {
    key: `k${made++}`,
    client: client as ClientId,
    ...(customer !== undefined && { customer }),
    channel: channel as ChannelId,
    lines: lines.map(([sku, units]) => ({ sku: skuId(sku), units, node: nodeId(0) })),
    holdMs: 60_000,
    partial,
  };
}

const said = (outcome: Outcome): string => ('code' in outcome ? outcome.code : outcome.status);

describe('bounds against hoarding', () => {
  test('[RS6] holds of a client are counted over all shards, and a known key is answered all the same', () => {
    const shards = newShards();
    const apart = [0, 1, 2].map((shard) =>
      Array.from({ length: SKUS }, (_, sku) => sku).find((sku) => shardOfSku(shards.partition, skuId(sku)) === shard)!,
    ) as [number, number, number];
    const [x, y, z] = apart;
    const first = request({ lines: [[x, 1]] });
    const outcome = shards.reserve(first);
    expect(outcome.status).toBe('reserved');
    expect(said(shards.reserve(request({ lines: [[y, 1]] })))).toBe('reserved');
    expect(
      said(
        shards.reserve(
          request({
            lines: [
              [x, 1],
              [z, 1],
            ],
          }),
        ),
      ),
    ).toBe('reserved');
    for (const lines of [
      [[z, 1]],
      [[x, 1]],
      [
        [y, 1],
        [z, 1],
      ],
    ] as const) {
      expect(said(shards.reserve(request({ lines })))).toBe('too-many-holds');
    }
    expect(shards.reserve(first)).toEqual(outcome);
    expect(said(shards.reserve(request({ client: 'app', lines: [[x, 1]] })))).toBe('reserved');
    shards.pass(60_000);
    expect(said(shards.reserve(request({ lines: [[z, 1]] })))).toBe('reserved');
  });

  test('[RS6] what is under way to other shards counts', () => {
    const shards = newShards();
    const begun = Array.from({ length: 5 }, (_, i) =>
      shards.begin(
        request({
          lines: [
            [i, 1],
            [i + 1, 1],
          ],
        }),
      ),
    );
    expect(begun.map((outcome) => said(shards.settled(outcome))).filter((each) => each === 'reserved')).toHaveLength(3);
  });

  test('[RS6] a customer holds so many units of a sku, in a channel or of an item, and no more', () => {
    const shards = newShards(100);
    const held: Reservation[] = [];
    // customer, channel, lines, what is said, units that may still be held
    const rows: [string | undefined, string, [number, number][], string, number?][] = [
      ['ann', 'web', [[1, 1]], 'reserved'],
      ['ann', 'app', [[1, 2]], 'quota-exceeded', 1],
      ['bob', 'app', [[1, 2]], 'reserved'],
      [undefined, 'app', [[1, 3]], 'quota-exceeded', 2],
      ['cid', 'till', [[0, 3]], 'reserved'],
      [
        'dot',
        'till',
        [
          [0, 3],
          [0, 2],
        ],
        'quota-exceeded',
        4,
      ],
      [
        'ann',
        'till',
        [
          [0, 2],
          [1, 2],
          [2, 1],
        ],
        'quota-exceeded',
        1,
      ],
    ];
    for (const [customer, channel, lines, should, units] of rows) {
      const outcome = shards.reserve(request({ customer, channel, lines }));
      expect([customer, channel, said(outcome)]).toEqual([customer, channel, should]);
      expect('units' in outcome ? outcome.units : undefined).toBe(units);
      if (outcome.status === 'reserved') held.push(outcome.reservation);
    }
    shards.release(held[0]!.id, 'shop' as ClientId);
    const again = request({ customer: 'ann', channel: 'app', lines: [[1, 3]], partial: true });
    expect(said(shards.reserve(again)), 'also where only stock may fall short').toBe('quota-exceeded');
    shards.apply({ of: 'items', rows: [itemRef(skuId(1), { unitsPerCustomerMax: 3 })] });
    expect(said(shards.reserve(again)), 'it does not stick').toBe('reserved');
    expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
  });

  test('[RS6] against a slow count: admitted and refused as the sums over all open holds say', () => {
    const ask = fc.record({
      client: fc.constantFrom('shop', 'app'),
      customer: fc.constantFrom(undefined, 'ann'),
      channel: fc.constantFrom('web', 'till'),
      lines: fc.array(fc.tuple(fc.nat(SKUS - 1), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 }),
      partial: fc.boolean(),
    });
    const step = fc.oneof({ weight: 4, arbitrary: ask }, fc.nat(20), fc.constant('pass' as const));
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), (steps) => {
        const shards = newShards();
        let open: Reservation[] = [];
        for (const each of steps) {
          if (each === 'pass') shards.pass(25_000);
          else if (typeof each === 'number') {
            const one = open[each % Math.max(1, open.length)];
            if (one !== undefined) shards.release(one.id, one.client);
            open = open.filter((other) => other !== one);
          }
          open = open.filter(({ expiresAt }) => expiresAt > shards.nowMs);
          if (typeof each !== 'object') continue;
          const asked = request(each);
          const outcome = shards.reserve(asked);
          expect([each, said(outcome)]).toEqual([each, should(open, asked)]);
          open.push(...madeBy(outcome));
        }
        expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
      }),
      { numRuns: 100 },
    );
  });
});

const madeBy = (outcome: ReserveOutcome): Reservation[] => (outcome.status === 'reserved' ? [outcome.reservation] : []);

/** There is more stock than anybody may hold, so only bounds say no. */
function should(open: readonly Reservation[], asked: ReserveRequest): string {
  if (open.filter(({ client }) => client === asked.client).length >= HOLDS_MAX) return 'too-many-holds';
  const own = open.filter(({ client, customer }) => client === asked.client && customer === asked.customer);
  const over = new Set(asked.lines.map(({ sku }) => sku)).values().some((sku) => {
    const sum = (all: readonly Pick<Reservation, 'lines'>[]): number =>
      all.flatMap(({ lines }) => lines).reduce((units, line) => units + (line.sku === sku ? line.units : 0), 0);
    const inTill =
      asked.channel === 'till' && sum([asked, ...own.filter(({ channel }) => channel === 'till')]) > TILL_MAX;
    return inTill || (sku === skuId(1) && sum([asked, ...own]) > ITEM_MAX);
  });
  return over ? 'quota-exceeded' : 'reserved';
}

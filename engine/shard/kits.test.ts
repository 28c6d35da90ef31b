import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import type { ChannelId, ClientId, GroupId, Sku } from '../contract/ids.ts';
import type { KitRef } from '../contract/reference.ts';
import type { Reservation, ReserveRequest } from '../contract/reservation.ts';
import { delta, itemRef, nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { TestShards } from './test-shards.ts';

const START_MS = 1_767_600_000_000;
const SKUS = 5;
const client = 'shop' as ClientId;
const PAIR = 'pair' as Sku;
const SET = 'set' as Sku;
/** A pair takes one of sku-0 and one of sku-1; a set two of sku-0, one of sku-2 and three of sku-3. */
const KITS: readonly KitRef[] = [
  { sku: PAIR, components: [0, 1].map((sku) => ({ sku: skuId(sku), units: 1 })) },
  {
    sku: SET,
    components: [
      [0, 2],
      [2, 1],
      [3, 3],
    ].map(([sku, units]) => ({ sku: skuId(sku!), units: units! })),
  },
];

function newShards(onHand: readonly number[], kits = KITS): TestShards {
  const shards = new TestShards(START_MS, { stockShards: 3 }).apply(
    ...retailer({ nodes: 1, skus: SKUS }),
    { of: 'items', rows: [itemRef(PAIR), itemRef(SET)] },
    { of: 'kits', rows: kits },
  );
  for (const [sku, quantity] of onHand.entries()) {
    shards.record(delta({ id: 'e', at: START_MS, quantity, sku: skuId(sku) }));
  }
  return shards;
}

let made = 0;
function request(
  lines: readonly (readonly [sku: Sku, units: number])[],
  more?: Partial<ReserveRequest>,
): ReserveRequest {
  const at = lines.map(([sku, units]) => ({ sku, units, node: nodeId(0) }));
  const whose = { key: `k${made++}`, client, channel: 'web' as ChannelId };
  return { ...whose, lines: at, holdMs: 60_000, partial: false, ...more };
}

const said = (outcome: Outcome): string => ('code' in outcome ? outcome.code : outcome.status);

function onHandLeft(shards: TestShards): (number | undefined)[] {
  return Array.from({ length: SKUS }, (_, sku) => shards.stock(skuId(sku))?.nodes[0]?.available);
}

describe('reservations of kits', () => {
  test('[AV9][RS1] a kit is held as its components, summed with what else is asked, all or nothing', () => {
    const shards = newShards([5, 5, 5, 6, 5]);
    const rows: [lines: [Sku, number][], said: string, left: number[], field?: string, units?: number][] = [
      [[[PAIR, 2]], 'reserved', [3, 3, 5, 6, 5]],
      [
        [
          [PAIR, 2],
          [SET, 1],
        ],
        'units-exceed-available',
        [3, 3, 5, 6, 5],
        'lines[0].units',
        3,
      ],
      [
        [
          [PAIR, 1],
          [SET, 1],
        ],
        'reserved',
        [0, 2, 4, 3, 5],
      ],
      [
        [
          [skuId(4), 1],
          [SET, 1],
        ],
        'units-exceed-available',
        [0, 2, 4, 3, 5],
        'lines[1].units',
        0,
      ],
      [
        [
          [skuId(4), 1],
          [SET, 0],
        ],
        'units-out-of-bounds',
        [0, 2, 4, 3, 5],
        'lines[1].units',
      ],
    ];
    for (const [lines, should, left, field, units] of rows) {
      const outcome = shards.reserve(request(lines));
      expect([said(outcome), 'field' in outcome ? outcome.field : undefined]).toEqual([should, field]);
      expect('units' in outcome ? outcome.units : undefined).toBe(units);
      expect(onHandLeft(shards)).toEqual(left);
    }
    expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
  });

  test('[AV9] the answer says the kit as it was asked and the components as they are held', () => {
    const shards = newShards([9, 9, 9, 9, 9]);
    const asked = request([
      [PAIR, 2],
      [skuId(0), 1],
    ]);
    const outcome = shards.reserve(asked);
    expect(outcome).toMatchObject({
      reservation: { kits: [{ sku: PAIR, units: 2, components: KITS[0]?.components }] },
    });
    const { reservation } = outcome as { reservation: Reservation };
    const held = reservation.lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1));
    expect(held).toEqual([
      { sku: skuId(0), units: 3, node: nodeId(0) },
      { sku: skuId(1), units: 2, node: nodeId(0) },
    ]);
    expect(shards.reserve(asked), 'the same key, the same answer').toEqual(outcome);
    shards.apply({ of: 'kits', rows: [{ sku: PAIR, components: [{ sku: skuId(4), units: 1 }] }] });
    expect(shards.reserve(asked), 'also when the kit is something else by now').toEqual(outcome);
    expect(said(shards.reserve(request([[skuId(0), 1]], { key: asked.key })))).toBe('key-reused');
    shards.release(reservation.id, client);
    expect(onHandLeft(shards)).toEqual([9, 9, 9, 9, 9]);
  });

  test('[AV9][RS4] a kit whose hold is over gives all its components back', () => {
    const shards = newShards([2, 2, 2, 6, 2]);
    expect(
      said(
        shards.reserve(
          request(
            [
              [SET, 1],
              [PAIR, 0 + 1],
            ],
            { holdMs: 1_000 },
          ),
        ),
      ),
    ).toBe('units-exceed-available');
    expect(said(shards.reserve(request([[SET, 1]], { holdMs: 1_000 })))).toBe('reserved');
    expect(onHandLeft(shards)).toEqual([0, 2, 1, 3, 2]);
    shards.pass(1_000);
    expect(onHandLeft(shards)).toEqual([2, 2, 2, 6, 2]);
  });

  test('[AV9][RS7] units of a kit are not moved, those held beside it are', () => {
    const shards = newShards([9, 9, 9, 9, 9]);
    const { reservation } = shards.reserve(
      request([
        [PAIR, 2],
        [skuId(0), 1],
      ]),
    ) as { reservation: Reservation };
    const to = { group: 'all' as GroupId };
    const move = (sku: Sku, units: number): Outcome => {
      const asked = { key: `m${made++}`, id: reservation.id, client, sku, from: { node: nodeId(0) }, to, units };
      return shards.move(asked);
    };
    expect(said(move(PAIR, 1))).toBe('kit-stays-whole');
    expect(said(move(skuId(0), 2))).toBe('kit-stays-whole');
    expect(said(move(skuId(1), 1))).toBe('kit-stays-whole');
    expect(said(move(skuId(0), 1))).toBe('moved');
    expect(said(move(skuId(0), 1))).toBe('kit-stays-whole');
  });

  test('[AV9] a kit has no stock of its own, and what was stock becomes no kit', () => {
    const shards = newShards([1]);
    const [outcome] = shards.record(delta({ id: 'k', at: START_MS, quantity: 1, sku: PAIR }));
    expect(outcome).toMatchObject({ status: 'refused', code: 'stock-of-a-kit', field: 'sku' });
    const before = shards.digests();
    const shard = shards.shardOf(skuId(0));
    const rows = [{ sku: skuId(0), components: [{ sku: skuId(3), units: 1 }] }];
    expect(shards.run(shard, { do: 'apply', batch: { of: 'kits', rows } })).toMatchObject({
      refusedRows: [{ row: skuId(0), code: 'kit-has-stock' }],
    });
    expect(shards.digests()).toEqual(before);
  });

  test('[AV9] with `partial` a kit is refused, and the key stays free', () => {
    const shards = newShards([9, 9]);
    const asked = request([[PAIR, 1]], { partial: true });
    expect(shards.reserve(asked)).toMatchObject({ code: 'partial-kit', field: 'partial' });
    expect(said(shards.reserve({ ...asked, partial: false }))).toBe('reserved');
  });

  test('[AV9][RS1] against addition: kits and plain lines are granted exactly while every component lasts', () => {
    const line = fc.tuple(fc.constantFrom(PAIR, SET, skuId(0), skuId(3)), fc.integer({ min: 1, max: 3 }));
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.array(line, { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.nat(9) },
      { weight: 1, arbitrary: fc.constant('redefine' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 20, size: 'max' }), (steps) => {
        const left = new Map(Array.from({ length: SKUS }, (_, sku) => [skuId(sku), 12]));
        const shards = newShards([...left.values()]);
        const held: Reservation[] = [];
        for (const each of steps) {
          if (each === 'redefine') {
            const components = [{ sku: skuId(made % SKUS), units: 1 + (made++ % 2) }];
            shards.apply({ of: 'kits', rows: [{ sku: PAIR, components }] });
            continue;
          }
          if (typeof each === 'number') {
            const [one] = held.splice(each, 1);
            if (one === undefined) continue;
            shards.release(one.id, client);
            for (const { sku, units } of one.lines) left.set(sku, (left.get(sku) ?? 0) + units);
            continue;
          }
          const needs = needsOf(each, shards.kits);
          const fits = [...needs].every(([sku, units]) => (left.get(sku) ?? 0) >= units);
          const outcome = shards.reserve(request(each));
          expect(said(outcome)).toBe(fits ? 'reserved' : 'units-exceed-available');
          if (outcome.status !== 'reserved') continue;
          held.push(outcome.reservation);
          expect(new Map(outcome.reservation.lines.map(({ sku, units }) => [sku, units]))).toEqual(needs);
          for (const [sku, units] of needs) left.set(sku, (left.get(sku) ?? 0) - units);
        }
        expect(onHandLeft(shards)).toEqual([...left.values()]);
        expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
      }),
      { numRuns: 100 },
    );
  });
});

/** Units of each sku by the definitions that hold now. */
function needsOf(lines: readonly (readonly [Sku, number])[], kits: ReadonlyMap<Sku, KitRef>): Map<Sku, number> {
  const needs = new Map<Sku, number>();
  for (const [sku, count] of lines) {
    for (const { sku: part, units } of kits.get(sku)?.components ?? [{ sku, units: 1 }]) {
      needs.set(part, (needs.get(part) ?? 0) + count * units);
    }
  }
  return needs;
}

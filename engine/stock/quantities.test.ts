import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceId } from '../contract/ids.ts';
import { delta, itemRef, nodeId, POS, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';
import { unitsOf } from './quantities.ts';

const START_MS = 1_767_600_000_000;
const finer = (carryMicros: number) => ({ scale: 0, carryMicros, mayBeFiner: true });
const of = (quantity: number) => delta({ id: 'e', at: START_MS, quantity });

describe('quantities', () => {
  test('[FD15] a delta finer than the scale counts whole units and carries the rest', () => {
    expect(unitsOf(of(-0.6), finer(0))).toEqual({ units: 0, carryMicros: -600_000 });
    expect(unitsOf(of(-0.6), finer(-600_000))).toEqual({ units: -1, carryMicros: -200_000 });
    expect(unitsOf(of(-1), finer(-200_000))).toEqual({ units: -1 });
    expect(unitsOf(of(0.5), { ...finer(0), mayBeFiner: false })).toBe('finer-than-scale');
  });

  test('[FD15] weights in decimal fractions are exact at their scale', () => {
    for (const [quantity, units] of [
      [1.25, 1250],
      [0.1, 100],
      [1.005, 1005],
      [-2.675, -2675],
      [999_999.999, 999_999_999],
    ] as const) {
      expect(unitsOf(of(quantity), { scale: 3, carryMicros: 0, mayBeFiner: true })).toEqual({ units });
    }
  });

  test('[FD15] however a weight is sliced, units and carry add up to the whole', () => {
    const slices = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(slices, (thousandths) => {
        let units = 0;
        let carry = 0;
        for (const part of thousandths) {
          const counted = unitsOf(of(part / 1000), finer(carry));
          if (typeof counted === 'string') throw new Error(counted);
          units += counted.units;
          carry = counted.carryMicros ?? carry;
        }
        const whole = thousandths.reduce((sum, part) => sum + part, 0);
        expect(units * 1_000_000 + carry).toBe(whole * 1000);
      }),
    );
  });

  test('[FD15] tills and the owner may be finer, others not; the rest is kept with the position', () => {
    const shard = new TestShard(START_MS).apply(...retailer({ nodes: 1, skus: 1 }));
    shard.apply({ of: 'items', rows: [itemRef(skuId(0), { scale: 1 })] });
    for (const [id, quantity, source] of [
      ['a', 5, 'wms'],
      ['b', -0.26, POS],
      ['c', -0.26, POS],
    ] as const) {
      expect(shard.record(delta({ id, at: START_MS, quantity, source: source as SourceId })).status).toBe('recorded');
    }
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ node: nodeId(0), onHand: 45 });
    expect(shard.facts.at(-1)).toMatchObject({ fact: 'StockRecorded', units: -3, carryMicros: -200_000 });
    expect(shard.replayed().digest()).toBe(shard.digest());
  });
});

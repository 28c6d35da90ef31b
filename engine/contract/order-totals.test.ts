import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderTotals } from './order-totals.ts';

const minor = fc.integer({ min: 0, max: 100_000 });
const line = fc.record({
  units: fc.integer({ min: 1, max: 50 }),
  unitMinor: minor,
  discountMinor: minor,
  taxMinor: minor,
});
const charge = fc.record({
  kind: fc.constantFrom('shipping', 'fee', 'discount', 'other'),
  amountMinor: fc.integer({ min: -100_000, max: 100_000 }),
  taxMinor: fc.integer({ min: -1_000, max: 1_000 }),
});

test('[CS5] an order adds up: goods, less discounts, charges, and the tax once', () => {
  const lines = [{ units: 3, unitMinor: 1_000, discountMinor: 300, taxMinor: 216 }];
  const charges = [
    { kind: 'shipping', amountMinor: 495, taxMinor: 40 },
    { kind: 'discount', amountMinor: -200 },
  ];
  const parts = { goodsMinor: 3_000, discountMinor: 500, taxMinor: 256, chargesMinor: 495 };
  expect(orderTotals({ lines, charges })).toEqual({ ...parts, totalMinor: 3_251 });
  expect(orderTotals({ lines, charges, taxesIncluded: true })).toEqual({ ...parts, totalMinor: 2_995 });
});

test('[CS5] the total of an order is that of its lines and charges one by one, whichever way prices hold the tax', () => {
  const property = fc.property(fc.array(line), fc.array(charge), fc.boolean(), (lines, charges, isIncluded) => {
    const held = isIncluded ? ({ taxesIncluded: true } as const) : {};
    const alone = [
      ...lines.map((each) => orderTotals({ lines: [each], ...held })),
      ...charges.map((each) => orderTotals({ lines: [], charges: [each], ...held })),
    ];
    const whole = orderTotals({ lines, charges, ...held });
    for (const part of ['goodsMinor', 'discountMinor', 'taxMinor', 'chargesMinor', 'totalMinor'] as const)
      expect(whole[part]).toBe(alone.reduce((sum, each) => sum + each[part], 0));
    const paid = lines.reduce((sum, each) => sum + each.units * each.unitMinor - each.discountMinor, 0);
    const more = charges.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect(whole.totalMinor - (isIncluded ? 0 : whole.taxMinor)).toBe(paid + more);
  });
  fc.assert(property);
});

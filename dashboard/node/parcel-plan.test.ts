import { expect, test } from 'vitest';
import { faultOf, ONE_PARCEL, shipAct, withParcels, withTracking, withUnits } from './parcel-plan.ts';
import { testWork } from './test-work.ts';

const work = testWork({
  state: 'packed',
  lines: [
    { line: 1, orderLine: 'a', sku: 'A', units: 3, picked: 2, short: 'damaged' },
    { line: 2, orderLine: 'b', sku: 'B', units: 1 },
    { line: 3, orderLine: 'c', sku: 'C', units: 1, picked: 0, short: 'not-found' },
  ],
});
const [first] = work.lines;

test('[OR8] one parcel holds all that was picked', () => {
  expect(shipAct(withTracking({ ...ONE_PARCEL, carrier: ' UPS ' }, 0, ' 1Z9 '), work)).toEqual({
    act: 'ship',
    parcels: [
      {
        carrier: 'UPS',
        tracking: '1Z9',
        lines: [
          { line: 1, units: 2 },
          { line: 2, units: 1 },
        ],
      },
    ],
  });
});

test('[OR8] units are moved between parcels and never made: what no other parcel holds is in the first', () => {
  const two = withUnits(withParcels({ ...ONE_PARCEL, carrier: 'UPS' }, 2), first!, 1, 9);
  expect(shipAct(two, work)).toEqual({
    act: 'ship',
    parcels: [
      { carrier: 'UPS', lines: [{ line: 2, units: 1 }] },
      { carrier: 'UPS', lines: [{ line: 1, units: 2 }] },
    ],
  });
  // A parcel that is taken away gives its units back.
  expect(shipAct(withParcels(two, 1), work)).toMatchObject({ parcels: [{ lines: [{ units: 2 }, { units: 1 }] }] });
});

test('what cannot be shipped so is said before it is tried', () => {
  expect(faultOf(ONE_PARCEL, work)).toBe('Who carries it?');
  const two = withParcels({ ...ONE_PARCEL, carrier: 'UPS' }, 2);
  expect(faultOf(two, work)).toBe('Parcel 2 is empty.');
  expect(faultOf(withUnits(two, first!, 1, 1), work)).toBeUndefined();
});

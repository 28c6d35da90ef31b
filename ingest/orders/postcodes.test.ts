import { expect, test } from 'vitest';

import { locate } from './postcodes.ts';

const found = (postcode?: string, region?: string, country?: string): unknown => {
  const place = locate({
    lines: [],
    ...(postcode !== undefined && { postcode }),
    ...(region !== undefined && { region }),
    ...(country !== undefined && { country }),
  });
  return place === undefined ? undefined : [place.by, Math.round(place.lat), Math.round(place.lon)];
};

test('a ZIP code is where it is; an unknown one is near its first three digits, or in its state', () => {
  expect(found('94103', 'CA', 'US')).toEqual(['postcode', 38, -122]);
  expect(found('94103-1234', undefined, 'US')).toEqual(['postcode', 38, -122]);
  expect(found('94199', 'CA', 'US')).toEqual(['prefix', 38, -122]);
  expect(found('00000', 'OH', 'US')).toEqual(['state', 40, -83]);
  expect(found(undefined, 'oh', 'US')).toEqual(['state', 40, -83]);
  expect(found('43215', 'OH')).toEqual(['postcode', 40, -83]);
});

test('what is in no state of the Union has no place, and nothing is thrown', () => {
  expect(found('10115', undefined, 'DE')).toBeUndefined();
  expect(found('10115')).toBeUndefined();
  expect(found('00000', undefined, 'US')).toBeUndefined();
  expect(found('constructor', '__proto__', 'US')).toBeUndefined();
});

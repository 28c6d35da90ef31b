import { describe, expect, test } from 'vitest';
import type { NodeInfo } from '../protocol/stock-bodies.ts';
import { placeAmong, placeOf, rounded } from './place.ts';

function store(id: string, name: string, postcode: string, lat: number, lon: number): NodeInfo {
  const rest = { kind: 'store', timeZone: 'America/New_York', capabilities: ['pickup'], hours: [], enabled: true };
  return { id, name, postcode, lat, lon, ...rest };
}

const STORES = [
  store('S-1', 'Marlow Columbus North', '43085', 40.1, -83),
  store('S-2', 'Marlow Columbus South', '43207', 39.9, -83),
  store('S-3', 'Marlow Dayton', '45402', 39.76, -84.19),
];

describe('coordinates', () => {
  test.each([
    ['39.961,-83.004', { lat: 39.96, lon: -83 }],
    [' 39.96 , -83 ', { lat: 39.96, lon: -83 }],
    ['0,0', { lat: 0, lon: 0 }],
  ])('%s is a place', (text, place) => {
    expect(placeOf(text)).toEqual(place);
  });

  test.each(['', ',', '39.96', '39.96,', '91,0', '0,181', '1,2,3', '43085', 'Dayton', 'a,b'])('%j is none', (text) => {
    expect(placeOf(text)).toBeUndefined();
  });

  test('nobody’s exact place leaves the page', () => {
    expect(rounded({ lat: 39.961_234_5, lon: -82.998_765_4 })).toEqual({ lat: 39.96, lon: -83 });
  });
});

describe('words', () => {
  test.each([
    ['a ZIP', '45402', { lat: 39.76, lon: -84.19 }],
    ['a ZIP of no store, by the digits it shares', '43089', { lat: 40.1, lon: -83 }],
    ['a town', 'dayton', { lat: 39.76, lon: -84.19 }],
    ['a town with two stores, their middle', 'Columbus', { lat: 40, lon: -83 }],
    ['several words', 'Columbus, South', { lat: 39.9, lon: -83 }],
    ['a store', 'S-3', { lat: 39.76, lon: -84.19 }],
  ])('%s', (_name, text, place) => {
    expect(placeAmong(text, STORES)).toEqual(place);
  });

  test.each(['', '   ', '10001', 'Cleveland', '99'])('%j speaks of no store', (text) => {
    expect(placeAmong(text, STORES)).toBeUndefined();
  });
});

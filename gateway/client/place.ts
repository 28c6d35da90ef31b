import type { NodeInfo } from '../protocol/stock-bodies.ts';

// Where somebody is, in words: coordinates, a ZIP, a town. There is no geocoder here; the stores' own places answer.

export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Digits that a ZIP must share with a store's: the first three name a region of the post. */
const ZIP_DIGITS_MIN = 3;

/** "39.96,-83.00" -> a place; undefined when it is none. */
export function placeOf(text: string): Place | undefined {
  const [lat = NaN, lon = NaN, more] = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const there = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && more === undefined;
  return there ? rounded({ lat, lon }) : undefined;
}

/** To 0.01°, about 1 km: nobody's exact place leaves the page, and neighbours ask the same. */
export function rounded({ lat, lon }: Place): Place {
  return { lat: Math.round(lat * 100) / 100, lon: Math.round(lon * 100) / 100 };
}

/**
 * The middle of the stores that the text speaks of: those of the ZIP, else those that share most of its digits, else those
 * whose name has all its words; undefined when it speaks of none.
 */
export function placeAmong(text: string, stores: readonly NodeInfo[]): Place | undefined {
  const asked = text.trim().toLowerCase();
  const found = /^\d{3,}/.test(asked) ? ofZip(asked, stores) : ofName(asked.split(/[\s,]+/), stores);
  if (asked === '' || found.length === 0) return undefined;
  const mean = (of: (store: NodeInfo) => number): number => found.reduce((sum, one) => sum + of(one), 0) / found.length;
  return rounded({ lat: mean(({ lat }) => lat), lon: mean(({ lon }) => lon) });
}

function ofZip(zip: string, stores: readonly NodeInfo[]): readonly NodeInfo[] {
  for (let digits = zip.length; digits >= ZIP_DIGITS_MIN; digits--) {
    const found = stores.filter(({ postcode }) => postcode.startsWith(zip.slice(0, digits)));
    if (found.length > 0) return found;
  }
  return [];
}

function ofName(words: readonly string[], stores: readonly NodeInfo[]): readonly NodeInfo[] {
  return stores.filter(({ name, id }) => words.every((word) => `${name} ${id}`.toLowerCase().includes(word)));
}

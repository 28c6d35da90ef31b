import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sku } from '../engine/contract/ids.ts';
import type { ItemRef } from '../engine/contract/reference.ts';
import type { ItemInfo } from './protocol/stock-bodies.ts';

/** Items looked at before other work gets its turn: 2,000 take under 1 ms. */
const ITEMS_PER_TURN = 2_000;

/** How well an item fits, best first: the sku or name itself, its beginning, words of the name, parts of words. */
type Fit = 0 | 1 | 2 | 3;

interface Found {
  readonly item: ItemRef;
  readonly fit: Fit;
  readonly name: string;
}

/**
 * Items whose sku begins with the text, or whose name holds all its words; case does not count. Best fit first, then by
 * name and sku: the order of the item master changes over a restart, that of an answer must not. A walk over the
 * whole master, in turns, which keeps `limit` items: a search among a million items delays nobody.
 */
export async function findItems(items: ReadonlyMap<Sku, ItemRef>, text: string, limit: number): Promise<ItemInfo[]> {
  const fitOf = searchFor(text);
  const best: Found[] = [];
  let looked = 0;
  for (const item of items.values()) {
    if (++looked % ITEMS_PER_TURN === 0) await nextTurn();
    const name = item.name.toLowerCase();
    const fit = fitOf(item.sku.toLowerCase(), name);
    if (fit !== undefined) keep(best, { item, fit, name }, limit);
  }
  return best.map(({ item }) => itemInfo(item));
}

export function itemInfo(item: ItemRef): ItemInfo {
  const { sku, name, scale, department, priceMinor, currency } = item;
  return {
    sku,
    name,
    scale,
    ...(department === undefined ? {} : { department }),
    ...(priceMinor === undefined ? {} : { priceMinor }),
    ...(currency === undefined ? {} : { currency }),
  };
}

/** Both arguments in lower case; undefined: does not fit. */
function searchFor(text: string): (sku: string, name: string) => Fit | undefined {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  return (sku, name) => {
    if (sku === wanted || name === wanted) return 0;
    if (sku.startsWith(wanted) || name.startsWith(wanted)) return 1;
    if (!words.every((word) => name.includes(word))) return undefined;
    return words.every((word) => beginsAWord(name, word)) ? 2 : 3;
  };
}

/** "ham" begins a word of "honey ham", and none of "shampoo". */
function beginsAWord(name: string, word: string): boolean {
  for (let at = name.indexOf(word); at !== -1; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1] ?? '')) return true;
  }
  return false;
}

/** Puts it where it belongs among the best so far; the worst leaves when there are more than `limit`. */
function keep(best: Found[], one: Found, limit: number): void {
  if (best.length >= limit && order(best[best.length - 1]!, one) <= 0) return;
  let at = best.length;
  while (at > 0 && order(one, best[at - 1]!) < 0) at -= 1;
  best.splice(at, 0, one);
  if (best.length > limit) best.pop();
}

function order(a: Found, b: Found): number {
  return a.fit - b.fit || compare(a.name, b.name) || compare(a.item.sku, b.item.sku);
}

/** By code units: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

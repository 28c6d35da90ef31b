import { HttpClient } from '../../gateway/client/http-client.ts';
import type { ItemInfo, NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { Observable } from '../store/observable.ts';

// What the shop knows about its range and its stores. Stock is not here: each <onhand-stock> follows its own.

/** Items on one page: each is a live subscription, and a public socket may hold 100. */
const ITEMS_MAX = 48;

/** What a grocer puts at the entrance. */
const AISLES = ['bananas', 'milk', 'bread', 'eggs', 'coffee', 'cookies', 'chicken', 'ice cream'];

const http = new HttpClient({ base: location.origin });

export const found = new Observable<Loaded<readonly ItemInfo[]>>({ phase: 'loading' });
export const stores = new Observable<Loaded<readonly NodeInfo[]>>({ phase: 'loading' });

let lastSearch = 0;

/** The newest search wins, whichever answer comes last. */
export async function search(q: string): Promise<void> {
  const mine = ++lastSearch;
  found.set({ phase: 'loading' });
  const loaded = q === '' ? await frontPage() : await matching(q, ITEMS_MAX);
  if (mine === lastSearch) found.set(loaded);
}

/** Something from every aisle, in turn; a range without these words is shown as it comes. */
async function frontPage(): Promise<Loaded<readonly ItemInfo[]>> {
  const perAisle = ITEMS_MAX / AISLES.length;
  const aisles = await Promise.all(AISLES.map((word) => matching(word, perAisle)));
  const items = aisles.map((aisle) => (aisle.phase === 'here' ? aisle.value : []));
  const mixed = Array.from({ length: perAisle }, (_, turn) => items.flatMap((aisle) => aisle[turn] ?? [])).flat();
  const once = [...new Map(mixed.map((one) => [one.sku, one])).values()];
  return once.length >= ITEMS_MAX / 2 ? { phase: 'here', value: once } : matching('', ITEMS_MAX);
}

async function matching(q: string, limit: number): Promise<Loaded<readonly ItemInfo[]>> {
  const loaded = loadedFrom(await http.items({ q, limit }));
  return loaded.phase === 'here' ? { phase: 'here', value: loaded.value.items } : loaded;
}

/** The item of a product page; undefined when the range does not have it. */
export async function item(sku: string): Promise<Loaded<ItemInfo | undefined>> {
  const loaded = await matching(sku, 1);
  if (loaded.phase !== 'here') return loaded;
  // The exact sku comes first, if there is one.
  return { phase: 'here', value: loaded.value.find((one) => one.sku === sku) };
}

export async function loadStores(): Promise<void> {
  const loaded = loadedFrom(await http.nodes());
  if (loaded.phase !== 'here') return stores.set(loaded);
  const pickup = loaded.value.filter((node) => node.enabled && node.capabilities.includes('pickup'));
  stores.set({ phase: 'here', value: pickup.toSorted((a, b) => a.name.localeCompare(b.name)) });
}

/** Channel of sale the server shows the public, for the developers' examples. */
export async function saleChannel(sku: string): Promise<string | undefined> {
  const answer = await http.stock(sku);
  return answer.ok ? answer.value.channel : undefined;
}

import { HttpClient } from '../../gateway/client/http-client.ts';
import type { ItemInfo, NodeInfo } from '../../gateway/protocol/http.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { Observable } from '../store/observable.ts';

// What the shop knows about its range and its stores. Stock is not here: each <onhand-stock> follows its own.

/** Items on one page: each is a live subscription, and a public socket may hold 100. */
const ITEMS_MAX = 48;

const http = new HttpClient({ base: location.origin });

export const found = new Observable<Loaded<readonly ItemInfo[]>>({ phase: 'loading' });
export const stores = new Observable<Loaded<readonly NodeInfo[]>>({ phase: 'loading' });

let lastSearch = 0;

/** The newest search wins, whichever answer comes last. */
export async function search(q: string): Promise<void> {
  const mine = ++lastSearch;
  found.set({ phase: 'loading' });
  const answer = await http.items({ q, limit: ITEMS_MAX });
  if (mine !== lastSearch) return;
  const loaded = loadedFrom(answer);
  found.set(loaded.phase === 'here' ? { phase: 'here', value: loaded.value.items } : loaded);
}

/** The item of a product page; undefined when the range does not have it. */
export async function item(sku: string): Promise<Loaded<ItemInfo | undefined>> {
  const loaded = loadedFrom(await http.items({ q: sku, limit: ITEMS_MAX }));
  if (loaded.phase !== 'here') return loaded;
  return { phase: 'here', value: loaded.value.items.find((one) => one.sku === sku) };
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

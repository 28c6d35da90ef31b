import type { ItemInfo } from '../../gateway/protocol/stock-bodies.ts';

export function price(item: ItemInfo): string | undefined {
  if (item.priceMinor === undefined) return undefined;
  return (item.priceMinor / 100).toLocaleString('en-US', { style: 'currency', currency: item.currency ?? 'USD' });
}

/** Item masters shout; shelves do not: "DRUG GM" -> "Drug gm", mixed case stays as it is. */
export function calm(text: string): string {
  if (text !== text.toUpperCase()) return text;
  return text.charAt(0) + text.slice(1).toLowerCase();
}

/** Our own name says nothing to somebody who is in our shop: "Marlow & Finch Columbus North" -> "Columbus North". */
export function shortName(store: string): string {
  return store.replace(/^Marlow & Finch (Market )?/, '');
}

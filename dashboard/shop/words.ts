import type { ItemInfo, NodeInfo } from '../../gateway/protocol/stock-bodies.ts';

export function price(item: ItemInfo): string | undefined {
  if (item.priceMinor === undefined) return undefined;
  return (item.priceMinor / 100).toLocaleString('en-US', { style: 'currency', currency: item.currency ?? 'USD' });
}

/** Item masters shout; shelves do not: "DRUG GM" -> "Drug gm", mixed case stays as it is. */
export function calm(text: string): string {
  if (text !== text.toUpperCase()) return text;
  return text.charAt(0) + text.slice(1).toLowerCase();
}

/** Today's opening in the store's own time: "Open today 7:00–22:00". */
export function hoursToday(node: NodeInfo, now: Date): string {
  if (node.hours.length === 0) return 'Always open';
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const name = now.toLocaleDateString('en-US', { weekday: 'short', timeZone: node.timeZone });
  const today = node.hours.find((hours) => hours.day === names.indexOf(name) + 1);
  return today === undefined ? 'Closed today' : `Open today ${clock(today.open)}–${clock(today.close)}`;
}

function clock(minutes: number): string {
  if (minutes % 1440 === 0) return 'midnight';
  const hour = Math.floor(minutes / 60);
  const half = hour % 24 < 12 ? 'am' : 'pm';
  const shown = hour % 12 === 0 ? 12 : hour % 12;
  return minutes % 60 === 0 ? `${shown} ${half}` : `${shown}:${String(minutes % 60).padStart(2, '0')} ${half}`;
}

/** Our own name says nothing to somebody who is in our shop: "Marlow & Finch Columbus North" -> "Columbus North". */
export function shortName(store: string): string {
  return store.replace(/^Marlow & Finch (Market )?/, '');
}

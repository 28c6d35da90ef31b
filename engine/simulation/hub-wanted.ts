import type { Said } from '../contract/order-fact.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { type HubFile, type HubLine, unitsOf } from './hub-file.ts';

// How many units of a line a channel wants, from all it said, in whatever order that came (rule OR1).

export function saysOf(message: ShopMessage): Said {
  if (message.kind === 'cancel') return { as: 'cancelled' };
  if (message.kind === 'refund') {
    const lines = message.lines.filter(({ restock, units }) => restock === 'cancel' && units > 0);
    return { as: 'fewer', lines: lines.map(({ line, units }) => ({ line, units })) };
  }
  return { as: 'stands', units: Object.fromEntries(message.order.lines.map(({ line, units }) => [line, units])) };
}

/** Of a line that is no kit and no component of one. */
export function wantedOf({ says }: HubFile, { line }: HubLine): number {
  if (says.some(({ kind }) => kind === 'cancel')) return 0;
  const states = says.flatMap((each) => (each.kind === 'place' || each.kind === 'edit' ? [each] : []));
  const newest = states.toSorted((a, b) => a.at - b.at || (a.message < b.message ? -1 : 1)).at(-1);
  const stands = newest?.order.lines.find((each) => each.line === line)?.units ?? 0;
  const refunds = says.flatMap((each) => (each.kind === 'refund' ? each.lines : []));
  const less = refunds.filter((each) => each.line === line && each.restock === 'cancel' && each.units > 0);
  return Math.max(0, stands - unitsOf(less));
}

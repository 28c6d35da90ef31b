import { itemNames } from './messages.ts';
import { readRows } from './rows.ts';

export interface Busiest {
  readonly sku: string;
  readonly name: string;
  /** Number of the store that sells it most often, as its tills say it. */
  readonly store: string;
}

/** What is rung up most often, and where: the item whose number moves most while one watches. */
export function busiestItem(): Busiest {
  const rows = readRows('till-lines').filter((row) => row.kind === 'sale');
  const sku = mostOften(rows.map((row) => row.sku));
  const store = mostOften(rows.filter((row) => row.sku === sku).map((row) => row.store));
  return { sku, store, name: itemNames().get(sku) ?? sku };
}

function mostOften(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0])[0];
}

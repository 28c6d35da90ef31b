import type { Sku } from '../contract/ids.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import type { KitRef } from '../contract/reference.ts';
import type { ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import type { Chance } from './chance.ts';
import { SKUS } from './retailer.ts';

// Kits as the simulation plays them (rule AV9), and the slow way to say what they come to.

export const KIT_SKUS = ['pair', 'set'] as Sku[];

/** One or two components, one or two units of each. */
export function draftKit(chance: Chance): KitRef {
  const first = chance.pick(SKUS);
  const others = SKUS.filter((sku) => sku !== first);
  const skus = chance.yes(0.7) ? [first, chance.pick(others)] : [first];
  return { sku: chance.pick(KIT_SKUS), components: skus.map((sku) => ({ sku, units: 1 + chance.below(2) })) };
}

/** A line that some shard is asked to hold, and the line of the request it came from. */
export interface HeldFor {
  readonly line: ReserveLine;
  readonly asked: number;
  /** Units of it in one of what was asked. */
  readonly each: number;
}

export function heldFor(
  { lines }: Pick<ReserveRequest, 'lines'>,
  kits: readonly Pick<KitRef, 'sku' | 'components'>[] = [],
): HeldFor[] {
  return lines.flatMap((line, asked) => {
    const kit = kits.find(({ sku }) => sku === line.sku);
    if (kit === undefined) return [{ line, asked, each: 1 }];
    return kit.components.map(({ sku, units }) => ({
      line: { ...line, sku, units: units * line.units },
      asked,
      each: units,
    }));
  });
}

/** A shard counts the lines it was asked; the client hears of those it asked for. */
export function asAsked(
  held: readonly HeldFor[],
  shards: readonly number[],
  said: { readonly shard: number; readonly refusal: Refused<ReserveRefusal> },
): Refused<ReserveRefusal> {
  const { field, units } = said.refusal;
  const place = Number(field?.match(/\d+/)?.[0] ?? NaN);
  const own = held.filter((_, index) => shards[index] === said.shard)[place];
  if (own === undefined) return said.refusal;
  const left = units === undefined ? {} : { units: Math.floor(units / own.each) };
  return { ...said.refusal, field: (field ?? '').replace(/\d+/, `${own.asked}`), ...left };
}

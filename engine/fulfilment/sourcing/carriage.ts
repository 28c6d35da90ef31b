import type { NodeRef } from '../../contract/reference.ts';
import type { CarrierRef } from '../../contract/sourcing.ts';
import type { Minor } from '../../contract/shop-order.ts';
import { deliveryDate, isLate, readyDate, type DeliveryDate } from './delivery-date.ts';
import type { View } from './view.ts';

/** A way from a node to the customer and what it costs: a carrier in the zone of that distance, or none where units are handed over. */
export interface Carriage {
  readonly carrier?: string;
  readonly zone?: string;
  readonly baseMinor: Minor;
  readonly perKgMinor: Minor;
  /** Of one parcel; a heavier shipment goes in several, each for the base price. */
  readonly gramsMax: number;
  readonly date: DeliveryDate;
  readonly isLate: boolean;
}

/** All ways from a node, the cheapest base first. */
export function carriagesFrom(node: NodeRef, km: number | undefined, view: View): readonly Carriage[] {
  if (node.id === view.pickupNode?.id && view.order.method !== 'ship') return handedOver(node, view);
  const ways: Carriage[] = [];
  for (const carrier of view.carriers) {
    const way = carriedBy(carrier, node, km, view);
    if (way !== undefined) ways.push(way);
  }
  return ways.length < 2 ? ways : ways.toSorted(byPrice);
}

function handedOver(node: NodeRef, { atMs, order }: View): readonly Carriage[] {
  const date = readyDate(node, atMs);
  if (date === undefined) return [];
  const late = isLate(node, date, order.promisedAt);
  return [{ baseMinor: 0, perKgMinor: 0, gramsMax: Infinity, date, isLate: late }];
}

function carriedBy(
  carrier: CarrierRef,
  node: NodeRef,
  km: number | undefined,
  { atMs, order }: View,
): Carriage | undefined {
  if (carrier.from?.includes(node.kind) === false) return undefined;
  // Nobody knows how far it is: the farthest zone, so that the price is none that cannot be kept.
  const zone = km === undefined ? carrier.zones.at(-1) : carrier.zones.find(({ kmMax }) => km <= kmMax);
  const date = zone === undefined ? undefined : deliveryDate(node, carrier, zone, atMs);
  if (zone === undefined || date === undefined) return undefined;
  return {
    carrier: carrier.id,
    zone: zone.zone,
    baseMinor: zone.baseMinor,
    perKgMinor: zone.perKgMinor,
    gramsMax: carrier.gramsMax ?? Infinity,
    date,
    isLate: isLate(node, date, order.promisedAt),
  };
}

function byPrice(a: Carriage, b: Carriage): number {
  return a.baseMinor - b.baseMinor || a.perKgMinor - b.perKgMinor || a.date.arrivesAt - b.date.arrivesAt;
}

/**
 * Those that are cheapest for some weight up to `grams`: a dearer base pays only with a lower price per kg. Where one needs
 * several parcels the weight decides in steps, so all stay.
 */
export function worthwhile(ways: readonly Carriage[], grams: number): readonly Carriage[] {
  if (ways.some(({ gramsMax }) => gramsMax < grams)) return ways;
  const kept: Carriage[] = [];
  for (const way of ways) {
    const best = kept.at(-1);
    if (best === undefined || (way.perKgMinor < best.perKgMinor && price(way, grams) < price(best, grams))) {
      kept.push(way);
    }
  }
  return kept;
}

function price({ baseMinor, perKgMinor }: Carriage, grams: number): number {
  return 1_000 * baseMinor + perKgMinor * grams;
}

import type { ChannelStock } from '../engine/contract/change.ts';
import type { NodeId } from '../engine/contract/ids.ts';
import type { ChannelRef } from '../engine/contract/reference.ts';
import type { NearNode } from './near.ts';
import { AVAILABILITY, type Band, type PickupState, type StockState } from './protocol/wire.ts';

// What one channel of sale shows for one sku: the `d` of the wire and of GET /v1/stock/{sku}.

export interface Shown {
  readonly channel: ChannelRef;
  /** Whether the caller may see exact units. */
  readonly units: boolean;
  /** Pickup nodes to show, nearest first; absent when the caller gave no place. */
  readonly near?: readonly NearNode[];
}

/** `stock` is undefined when nobody has reported the sku yet; `available` answers for the nodes of `shown.near`. */
export function stockState(
  shown: Shown,
  stock: ChannelStock | undefined,
  available: (node: NodeId) => number,
): StockState {
  const ats = stock?.ats ?? 0;
  const band = stock?.band ?? 'out-of-stock';
  return {
    band,
    availability: AVAILABILITY[band],
    ...(shown.units ? { units: ats } : {}),
    asOf: stock === undefined || stock.asOf === 0 ? null : stock.asOf,
    ...(stock?.silentSince === undefined ? {} : { stale: true, silentSince: stock.silentSince }),
    ...(shown.near === undefined
      ? {}
      : { pickup: shown.near.map((near) => pickupState(shown, near, Math.min(ats, available(near.node)))) }),
  };
}

/**
 * The same as JSON. Without pickup nodes and silence, as nearly always, the text is put together by hand: 0.15 µs
 * where building the object and JSON.stringify take 0.8.
 */
export function stockText(shown: Shown, stock: ChannelStock | undefined, available: (node: NodeId) => number): string {
  if (shown.near !== undefined || stock?.silentSince !== undefined)
    return JSON.stringify(stockState(shown, stock, available));
  const band = stock?.band ?? 'out-of-stock';
  const units = shown.units ? `,"units":${stock?.ats ?? 0}` : '';
  return `{"band":"${band}","availability":"${AVAILABILITY[band]}"${units},"asOf":${stock?.asOf || null}}`;
}

/** A node never shows more than its channel may sell: min(available, ats). No hysteresis: nodes have no band of their own. */
function pickupState(shown: Shown, near: NearNode, units: number): PickupState {
  return {
    node: near.node,
    name: near.name,
    km: near.km,
    band: bandOf(units, shown.channel),
    ...(shown.units ? { units } : {}),
  };
}

function bandOf(units: number, channel: ChannelRef): Band {
  if (units <= 0) return 'out-of-stock';
  return units <= channel.lowAt ? 'low-stock' : 'in-stock';
}

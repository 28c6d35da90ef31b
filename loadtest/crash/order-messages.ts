import { writeShopify } from '../../ingest/samples/write-shopify.ts';
import type { OrderMessage } from '../orders/asking.ts';
import type { Random } from '../random.ts';
import { reservationOf, type TryEntry } from './client-log.ts';
import type { OrderEntry } from './order-log.ts';
import { CHANNEL, NODES, ORDERED_SKUS } from './retailer.ts';

// What the shop of the crash run sends: each order as Shopify shows it or in our own JSON, and how it is cancelled.

type PlannedOrder = Pick<OrderEntry, 'channelOrderId' | 'placing' | 'cancelling' | 'units' | 'cart'>;
type Reserved = Parameters<typeof reservationOf>[0];

/** `cart`: the hold that it takes over, whole. */
export function planOrder(
  chance: Random,
  channelOrderId: string,
  { nowMs, cart }: { readonly nowMs: number; readonly cart?: TryEntry & Reserved },
): PlannedOrder {
  const lines = cart === undefined ? someLines(chance) : reservationOf(cart).lines;
  const units = new Map<string, number>();
  for (const line of lines) units.set(line.sku, (units.get(line.sku) ?? 0) + line.units);
  const order = {
    id: channelOrderId,
    at: nowMs,
    lines: [...units].map(([sku, count], i) => ({ id: `L${i + 1}`, sku, units: count })),
    ...(cart === undefined ? pickup(chance) : { reservation: reservationOf(cart).id }),
  };
  const write = chance.chance(0.5) ? shopify : json;
  return { channelOrderId, ...write(order), units, ...(cart !== undefined && { cart }) };
}

interface Writable {
  readonly id: string;
  readonly at: number;
  readonly lines: readonly { readonly id: string; readonly sku: string; readonly units: number }[];
  readonly pickupNode?: string;
  readonly reservation?: string;
}

function someLines(chance: Random): readonly { readonly sku: string; readonly units: number }[] {
  return Array.from({ length: chance.between(1, 3) }, () => ({
    sku: chance.pick(ORDERED_SKUS),
    units: chance.between(1, 3),
  }));
}

const pickup = (chance: Random): Pick<Writable, 'pickupNode'> =>
  chance.chance(0.25) ? { pickupNode: chance.pick(NODES) } : {};

/** Later than the order, so that it is the last word whenever it comes. */
const CANCELLED_MS = 1_000;
const SHIP_TO = { zip: '43000', country: 'US', lat: 40.1, lon: -83.1 };

function shopify({ id, at, lines, pickupNode, reservation }: Writable): Messages {
  const order = {
    id,
    name: `#${id}`,
    placedAt: at,
    updatedAt: at,
    currency: 'USD',
    lines: lines.map((line) => ({ ...line, name: line.sku, priceMinor: 100 })),
    shipTo: SHIP_TO,
    ...(pickupNode !== undefined && { pickup: { code: pickupNode, title: 'Pickup' } }),
    ...(reservation !== undefined && { reservation }),
  };
  const cancelledAt = at + CANCELLED_MS;
  return {
    placing: { channel: CHANNEL, format: 'shopify', body: writeShopify(order) },
    cancelling: {
      channel: CHANNEL,
      format: 'shopify',
      body: writeShopify({ ...order, updatedAt: cancelledAt, cancelledAt }),
    },
  };
}

function json({ id, at, lines, pickupNode, reservation }: Writable): Messages {
  const placing = {
    orderId: id,
    placedAt: at,
    currency: 'USD',
    lines: lines.map((line) => ({ line: line.id, sku: line.sku, units: line.units, price: '1.00' })),
    shipTo: { postcode: SHIP_TO.zip, country: SHIP_TO.country, lat: SHIP_TO.lat, lon: SHIP_TO.lon },
    ...(pickupNode !== undefined && { method: 'pickup', pickupNode }),
    ...(reservation !== undefined && { reservation }),
  };
  const cancelling = { kind: 'cancel', orderId: id, at: at + CANCELLED_MS };
  return {
    placing: { channel: CHANNEL, format: 'json', body: JSON.stringify(placing) },
    cancelling: { channel: CHANNEL, format: 'json', body: JSON.stringify(cancelling) },
  };
}

interface Messages {
  readonly placing: OrderMessage;
  readonly cancelling: OrderMessage;
}

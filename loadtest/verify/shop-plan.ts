import { writeShopify } from '../../ingest/samples/write-shopify.ts';
import type { OrderMessage } from '../orders/asking.ts';
import { type Random, seeded } from '../random.ts';

// A web shop beside the stream of stock: orders in Shopify's JSON and in our own, edited, refunded in part and cancelled while
// the nodes work on them. What each order must come to is worked out here, from what the shop says and nothing else.

export const SHOP_CHANNEL = 'shop-web';
export const SHOP_WMS = 'shop-wms';

export interface ShopSize {
  readonly orders: number;
  readonly skus: number;
  readonly nodes: number;
  /** Units received of each sku at each node at first, at most. */
  readonly units: number;
}

export const SHOP_FULL: ShopSize = { orders: 1_500, skus: 30, nodes: 8, units: 34 };
export const SHOP_SMALL: ShopSize = { orders: 50, skus: 6, nodes: 4, units: 14 };

interface ShopLine {
  readonly line: string;
  readonly sku: string;
  /** The most that was ever ordered, and what is wanted in the end. */
  readonly ordered: number;
  readonly wanted: number;
}

export interface PlannedOrder {
  readonly id: string;
  /** As the shop says them; they may arrive in any order, and more than once. */
  readonly messages: readonly OrderMessage[];
  readonly lines: readonly ShopLine[];
}

export interface Receipt {
  readonly sku: string;
  readonly node: string;
  readonly units: number;
}

export interface ShopPlan {
  readonly nodes: readonly string[];
  readonly skus: readonly string[];
  readonly receipts: readonly Receipt[];
  readonly orders: readonly PlannedOrder[];
  /** Draws of the staff. */
  readonly seed: number;
}

export const shopNode = (index: number): string => `SHOP-${index + 1}`;
export const shopSku = (index: number): string => `ORDERED-${index + 1}`;
const list = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

export function shopPlan(size: ShopSize, seed: number, nowMs: number): ShopPlan {
  const chance = seeded(seed ^ 0x0bde);
  const nodes = list(size.nodes, shopNode);
  const skus = list(size.skus, shopSku);
  const receipts = skus.flatMap((sku) => nodes.map((node) => ({ sku, node, units: chance.between(0, size.units) })));
  // Said to have been placed a while ago, so that no edit lies ahead of the clock.
  const orders = list(size.orders, (i) =>
    plannedOrder(`shop-${seed}-${i}`, nowMs - HOUR_MS + i, { skus, nodes, chance }),
  );
  return { nodes, skus, receipts: receipts.filter(({ units }) => units > 0), orders, seed };
}

const HOUR_MS = 3_600_000;

interface Choice {
  readonly skus: readonly string[];
  readonly nodes: readonly string[];
  readonly chance: Random;
}

interface State {
  readonly id: string;
  readonly placedAt: number;
  readonly pickup?: string;
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly units: number }[];
}

function plannedOrder(id: string, placedAt: number, { skus, nodes, chance }: Choice): PlannedOrder {
  const lines = list(chance.between(1, 3), (i) => ({
    line: `L${i + 1}`,
    sku: chance.pick(skus),
    units: chance.between(1, 4),
  }));
  const placed: State = { id, placedAt, lines, ...(chance.chance(0.25) && { pickup: chance.pick(nodes) }) };
  const format = chance.chance(0.6) ? 'shopify' : 'json';
  const write = format === 'shopify' ? asShopify : asJson;
  const bodies = [write(placed, placedAt)];
  const edited = chance.chance(0.15) ? edit(placed, chance) : placed;
  if (edited !== placed) bodies.push(asJson(edited, placedAt + 1_000, 'edit'));
  const refunded = chance.chance(0.12) ? chance.pick(edited.lines) : undefined;
  if (refunded !== undefined) bodies.push(refundBody(id, placedAt + 2_000, refunded.line));
  const isCancelled = chance.chance(0.12);
  if (isCancelled) bodies.push(cancelBody(placed, placedAt + 3_000, format));
  return {
    id,
    messages: bodies,
    lines: lines.map(({ line, sku, units }) => {
      const stands = edited.lines.find((one) => one.line === line)?.units ?? 0;
      const left = isCancelled ? 0 : Math.max(0, stands - (refunded?.line === line ? 1 : 0));
      return { line, sku, ordered: Math.max(units, stands), wanted: left };
    }),
  };
}

/** One line more or fewer units than before, none at all included. */
function edit(order: State, chance: Random): State {
  const { line } = chance.pick(order.lines);
  const units = chance.between(0, 5);
  return { ...order, lines: order.lines.map((one) => (one.line === line ? { ...one, units } : one)) };
}

const SHIP_TO = { zip: '43000', country: 'US', lat: 40.2, lon: -83.2 };
const PRICE_MINOR = 250;

function asShopify(order: State, at: number, cancelledAt?: number): OrderMessage {
  const body = writeShopify({
    id: order.id,
    name: `#${order.id}`,
    placedAt: order.placedAt,
    updatedAt: at,
    currency: 'USD',
    lines: order.lines.map(({ line, sku, units }) => ({ id: line, sku, units, name: sku, priceMinor: PRICE_MINOR })),
    shipTo: SHIP_TO,
    ...(order.pickup !== undefined && { pickup: { code: order.pickup, title: 'Pickup' } }),
    ...(cancelledAt !== undefined && { cancelledAt }),
  });
  return { channel: SHOP_CHANNEL, format: 'shopify', body };
}

function asJson({ id, placedAt, lines, pickup }: State, at: number, kind?: 'edit'): OrderMessage {
  const body = {
    ...(kind !== undefined && { kind, at }),
    orderId: id,
    placedAt,
    currency: 'USD',
    lines: lines.map((line) => ({ ...line, price: '2.50' })),
    shipTo: { postcode: SHIP_TO.zip, country: SHIP_TO.country, lat: SHIP_TO.lat, lon: SHIP_TO.lon },
    ...(pickup !== undefined && { method: 'pickup', pickupNode: pickup }),
  };
  return { channel: SHOP_CHANNEL, format: 'json', body: JSON.stringify(body) };
}

/** One unit that has not left is wanted no more. */
function refundBody(id: string, at: number, line: string): OrderMessage {
  const lines = [{ line, units: 1, restock: 'cancel' }];
  const body = JSON.stringify({ kind: 'refund', orderId: id, at, currency: 'USD', amount: '2.50', lines });
  return { channel: SHOP_CHANNEL, format: 'json', body };
}

function cancelBody(order: State, at: number, format: OrderMessage['format']): OrderMessage {
  if (format === 'shopify') return asShopify(order, at, at);
  return { channel: SHOP_CHANNEL, format, body: JSON.stringify({ kind: 'cancel', orderId: order.id, at }) };
}

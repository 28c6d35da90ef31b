// One order as Shopify's REST Admin API shows it, with the fields that matter here: the body of orders/create and, once it is
// cancelled, of orders/cancelled.

export interface ShopifyOrder {
  readonly id: string;
  /** As the customer knows it. */
  readonly name: string;
  readonly placedAt: number;
  readonly updatedAt: number;
  readonly cancelledAt?: number;
  readonly currency: string;
  readonly lines: readonly ShopifyLine[];
  readonly customer?: { readonly id: string; readonly first: string; readonly last: string; readonly email: string };
  readonly shipTo?: ShopifyAddress;
  /** Collected there: the code the shop has for the node. */
  readonly pickup?: { readonly code: string; readonly title: string };
  readonly shippingMinor?: number;
  /** The cart's hold. */
  readonly reservation?: string;
  readonly tags?: string;
}

interface ShopifyLine {
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  readonly units: number;
  readonly priceMinor: number;
}

interface ShopifyAddress {
  readonly name?: string;
  readonly address1?: string;
  readonly city?: string;
  readonly province?: string;
  readonly zip?: string;
  readonly country: string;
  readonly lat: number;
  readonly lon: number;
}

export function writeShopify(order: ShopifyOrder): string {
  const { lines, shippingMinor = 0, customer, shipTo, reservation, tags, cancelledAt } = order;
  const goodsMinor = lines.reduce((sum, { units, priceMinor }) => sum + units * priceMinor, 0);
  return JSON.stringify({
    id: order.id,
    name: order.name,
    created_at: timeText(order.placedAt),
    updated_at: timeText(order.updatedAt),
    ...(cancelledAt !== undefined && { cancelled_at: timeText(cancelledAt), cancel_reason: 'customer' }),
    currency: order.currency,
    financial_status: 'paid',
    source_name: 'web',
    line_items: lines.map(({ id, sku, name, units, priceMinor }) => ({
      id,
      sku,
      title: name,
      quantity: units,
      price: decimals(priceMinor),
    })),
    shipping_lines: [shippingLine(order)],
    total_price: decimals(goodsMinor + shippingMinor),
    ...(customer !== undefined && { email: customer.email, customer: customerOf(customer) }),
    ...(shipTo !== undefined && { shipping_address: addressOf(shipTo) }),
    ...(reservation !== undefined && { note_attributes: [{ name: 'onhand_reservation', value: reservation }] }),
    ...(tags !== undefined && { tags }),
    refunds: [],
  });
}

function shippingLine({ pickup, shippingMinor = 0 }: ShopifyOrder): object {
  return pickup === undefined
    ? { title: 'Standard', code: 'standard', price: decimals(shippingMinor) }
    : { title: pickup.title, code: pickup.code, delivery_category: 'pickup', price: decimals(shippingMinor) };
}

function customerOf({ id, first, last, email }: NonNullable<ShopifyOrder['customer']>): object {
  return { id, first_name: first, last_name: last, email };
}

function addressOf({ name, address1, city, province, zip, country, lat, lon }: ShopifyAddress): object {
  return { name, address1, city, province_code: province, zip, country_code: country, latitude: lat, longitude: lon };
}

const timeText = (at: number): string => new Date(at).toISOString();

/** Two of them: what is sold here has cents. */
const decimals = (minor: number): string => (minor / 100).toFixed(2);

interface Line {
  readonly sku: string;
  readonly name: string;
  readonly units: number;
  readonly price: string;
}

/** The fields of Shopify's `orders/create` body that say something about an order, as its REST Admin API writes them. */
export function shopifyOrder(number: number, lines: readonly Line[], pickupAt?: string): object {
  const now = new Date().toISOString();
  return {
    id: 450_789_000 + number,
    name: `#${number}`,
    order_number: number,
    created_at: now,
    updated_at: now,
    currency: 'USD',
    financial_status: 'paid',
    fulfillment_status: null,
    taxes_included: false,
    email: 'ann.marlow@example.com',
    customer: { id: 207_119_551, first_name: 'Ann', last_name: 'Marlow', email: 'ann.marlow@example.com' },
    shipping_address: {
      name: 'Ann Marlow',
      address1: '12 Oak Street',
      city: 'Columbus',
      province: 'Ohio',
      province_code: 'OH',
      zip: '43004',
      country_code: 'US',
    },
    line_items: lines.map(({ sku, name, units, price }, index) => ({
      id: number * 100 + index,
      sku,
      title: name,
      name,
      quantity: units,
      price,
      requires_shipping: true,
      taxable: true,
      gift_card: false,
      product_exists: true,
      tax_lines: [],
      discount_allocations: [],
    })),
    shipping_lines: [
      pickupAt === undefined
        ? { id: number, code: 'Standard', title: 'Standard', price: '4.95', tax_lines: [] }
        : {
            id: number,
            code: pickupAt,
            title: 'Pickup in store',
            delivery_category: 'pickup',
            price: '0.00',
            tax_lines: [],
          },
    ],
    refunds: [],
    total_discounts: '0.00',
    tags: '',
  };
}

import type { CustomerOrder } from '../../gateway/protocol/customer-order.ts';

/** Two units of milk, to be shipped. */
export function testOrder(set: Partial<CustomerOrder> = {}): CustomerOrder {
  return {
    id: 'o1-1',
    number: '#1001',
    channel: 'web',
    placedAt: 0,
    status: 'processing',
    method: 'ship',
    currency: 'USD',
    totalMinor: 1_153,
    lines: [{ line: '1', sku: 'MILK', units: 2, states: [{ state: 'confirmed', units: 2, dueAt: 5_000 }] }],
    shipments: [],
    steps: [
      { what: 'placed', at: 0 },
      { what: 'confirmed', at: 1 },
    ],
    ...set,
  };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import { orderTotals } from '../../engine/contract/order-totals.ts';
import { readShopifyOrders } from './shopify.ts';
import { messagesOf, orderContext } from './test-context.ts';

// What a shop sends about one order over its life: placed, edited, refunded in parts, perhaps cancelled; each change shown by
// one or two webhooks, delivered once or more, in any order, and fetched besides.

interface Step {
  readonly what: 'edit' | 'refund' | 'cancel' | 'pay';
  readonly line: number;
  readonly units: number;
  readonly cents: number;
}

interface Delivery {
  readonly topic: string | undefined;
  readonly body: object;
}

const text = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
/** Shops count in seconds: two changes may have one time. */
const time = (step: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, Math.floor(step / 2))).toISOString();

function history(units: readonly number[], steps: readonly Step[]): readonly Delivery[] {
  const lines = units.map((quantity, index) => ({
    id: index + 1,
    sku: `S${index}`,
    quantity,
    price: '19.99',
    tax_lines: [{ price: '1.07' }],
  }));
  let order: Record<string, unknown> = {
    id: 7,
    currency: 'USD',
    created_at: time(0),
    updated_at: time(0),
    financial_status: 'pending',
    line_items: lines,
    refunds: [],
  };
  const sent: Delivery[] = [{ topic: 'orders/create', body: order }];
  for (const [index, { what, line, units: taken, cents }] of steps.entries()) {
    if (order['cancelled_at'] !== undefined) break;
    const row = line % lines.length;
    order = { ...order, updated_at: time(index + 1) };
    if (what === 'pay') order['financial_status'] = 'paid';
    if (what === 'edit') order['line_items'] = lines.map((one, at) => (at === row ? { ...one, quantity: taken } : one));
    if (what === 'cancel') order['cancelled_at'] = time(index + 1);
    if (what === 'refund') {
      const refund = {
        id: 100 + index,
        order_id: 7,
        created_at: time(index + 1),
        refund_line_items: [{ line_item_id: row + 1, quantity: taken, restock_type: 'cancel' }],
        transactions: [{ kind: 'refund', status: 'success', amount: text(cents), currency: 'USD' }],
      };
      order['refunds'] = [...(order['refunds'] as object[]), refund];
      sent.push({ topic: 'refunds/create', body: refund });
    }
    sent.push({ topic: 'orders/updated', body: order });
    if (what === 'cancel') sent.push({ topic: 'orders/cancelled', body: order });
  }
  return sent;
}

/** All that the deliveries say, by the ids of their messages; the same id twice must be the same word. */
function saidBy(deliveries: readonly Delivery[]): ReadonlyMap<string, ShopMessage> {
  const said = new Map<string, ShopMessage>();
  for (const { topic, body } of deliveries) {
    const reading = readShopifyOrders(
      Buffer.from(JSON.stringify(body)),
      orderContext(topic === undefined ? {} : { topic }),
    );
    expect(reading.refused).toEqual([]);
    for (const message of messagesOf(reading)) {
      expect(said.get(message.message) ?? message).toEqual(message);
      said.set(message.message, message);
    }
  }
  return said;
}

const step = fc.record({
  what: fc.constantFrom(
    'edit' as const,
    'edit' as const,
    'refund' as const,
    'refund' as const,
    'pay' as const,
    'cancel' as const,
  ),
  line: fc.nat(5),
  units: fc.integer({ min: 1, max: 9 }),
  cents: fc.nat(100_000),
});
const life = fc.record({
  units: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  steps: fc.array(step, { maxLength: 8 }),
});

test('[OR1] a life delivered doubled, late and in any order says the same messages', () => {
  fc.assert(
    fc.property(life, fc.infiniteStream(fc.nat()), ({ units, steps }, dice) => {
      const sent = history(units, steps);
      const roll = (below: number): number => (dice.next().value ?? 0) % below;
      const doubled = sent.flatMap((one) => Array.from({ length: 1 + roll(3) }, () => one));
      const shuffled = doubled.map((one) => ({ one, at: roll(1000) })).toSorted((a, b) => a.at - b.at);
      const asSent = saidBy(sent);
      expect(saidBy(shuffled.map(({ one }) => one))).toEqual(asSent);
      // Different words have different ids: one per showing that differs, and one per refund or cancellation.
      const contents = new Set([...asSent.values()].map(({ message: _id, ...rest }) => JSON.stringify(rest)));
      expect(contents.size).toBe(asSent.size);
      const refunds = [...asSent.values()].filter(({ kind }) => kind === 'refund');
      expect(refunds.length).toBe(sent.filter(({ topic }) => topic === 'refunds/create').length);
      const cancels = [...asSent.values()].filter(({ kind }) => kind === 'cancel');
      expect(cancels.length).toBe(sent.some(({ topic }) => topic === 'orders/cancelled') ? 1 : 0);
    }),
    { numRuns: 200 },
  );
});

test('[CS5] lines, discounts, taxes and charges of a random order add up to what the shop shows, to the cent', () => {
  const line = fc.record({ quantity: fc.integer({ min: 1, max: 20 }), price: fc.nat(500_00), tax: fc.nat(900) });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 15 }),
      fc.nat(1000),
      fc.nat(2000),
      fc.nat(500),
      fc.boolean(),
      (lines, permille, shipping, more, inside) => {
        const goods = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
        const discount = Math.floor((goods * permille) / 1000);
        // Some of the tax is on the lines, some on the order alone.
        const tax = lines.reduce((sum, one) => sum + one.tax, 0) + more;
        const total = goods - discount + shipping + (inside ? 0 : tax);
        const body = {
          id: 1,
          currency: 'USD',
          created_at: time(0),
          taxes_included: inside,
          total_discounts: text(discount),
          total_tax: text(tax),
          total_price: text(total),
          line_items: lines.map(({ quantity, price, tax: own }, id) => ({
            id,
            sku: 'A',
            quantity,
            price: text(price),
            tax_lines: [{ price: text(own) }],
          })),
          financial_status: 'paid',
          shipping_lines: [{ title: 'Ground', price: text(shipping) }],
        };
        const reading = readShopifyOrders(Buffer.from(JSON.stringify(body)), orderContext());
        const [made] = messagesOf(reading);
        expect(made?.kind === 'place' && orderTotals(made.order).totalMinor).toBe(total);
        expect(reading.warnings).toEqual([]);
        if (made?.kind !== 'place') return;
        for (const { units, unitMinor, discountMinor = 0, taxMinor = 0 } of made.order.lines) {
          expect(discountMinor >= 0 && discountMinor <= units * unitMinor && taxMinor >= 0).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});

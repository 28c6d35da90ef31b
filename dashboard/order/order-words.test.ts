import { expect, test } from 'vitest';
import type { CustomerOrder, CustomerStep } from '../../gateway/protocol/customer-order.ts';
import { expectedAt, headline, money, wayOf } from './order-words.ts';
import { testOrder } from './test-order.ts';

const steps = (...whats: CustomerStep['what'][]): CustomerStep[] => whats.map((what, at) => ({ what, at }));
const way = (order: Partial<CustomerOrder>) =>
  wayOf(testOrder(order))
    .map(({ words, is }) => (is === 'here' ? `[${words}]` : is === 'past' ? words : '·'))
    .join(' ');

test('[OR3] an order is somewhere on its way, and a step on the side moves it neither on nor back', () => {
  expect(way({ steps: steps('placed') })).toBe('[Placed] · · · ·');
  expect(way({ steps: steps('placed', 'confirmed', 'preparing', 'moved') })).toBe('Placed Confirmed [Preparing] · ·');
  const collected = steps('placed', 'confirmed', 'preparing', 'ready', 'collected');
  expect(way({ method: 'pickup', status: 'collected', steps: collected })).toBe(
    'Placed Confirmed Preparing Ready [Collected]',
  );
});

test('[OR3] what has left in part is still being prepared, and what goes nowhere any more has no way', () => {
  const left = steps('placed', 'confirmed', 'preparing', 'shipped');
  expect(way({ status: 'partly-shipped', steps: left })).toBe('Placed Confirmed [Preparing] · ·');
  expect(way({ status: 'unfillable', steps: left })).toBe('Placed Confirmed [Preparing] · ·');
  expect(way({ status: 'shipped', steps: left })).toBe('Placed Confirmed Preparing [On its way] ·');
  for (const status of ['cancelled', 'refused', 'returned'] as const) expect(way({ status })).toBe('');
});

test('[OR3] the headline says what the customer waits for', () => {
  const said = (order: Partial<CustomerOrder>) => headline(testOrder(order)).words;
  expect(said({})).toBe('Your order is confirmed');
  expect(said({ steps: steps('placed', 'confirmed', 'preparing') })).toBe('We are preparing your order');
  const pickup = { node: 'S-1', name: 'Columbus', code: '639837' };
  expect(headline(testOrder({ method: 'pickup', status: 'ready-for-pickup', pickup }))).toEqual({
    words: 'Ready for you',
    more: 'Show the code at Columbus.',
  });
  // At the store it has come from elsewhere, to be collected: the customer has not got it yet.
  expect(said({ method: 'ship-to-store', status: 'delivered', pickup })).toBe('Ready for you');
  expect(said({ status: 'delivered' })).toBe('Delivered');
});

test('[OR9] all of it is expected when its last unit is; what has come is expected no more', () => {
  const states = [
    { state: 'preparing' as const, units: 1, dueAt: 5_000 },
    { state: 'backordered' as const, units: 1, dueAt: 9_000 },
  ];
  const [line] = testOrder().lines;
  expect(expectedAt(testOrder({ status: 'unfillable' }))).toBeUndefined();
  expect(expectedAt(testOrder({ lines: [{ ...line!, states }] }))).toBe(9_000);
  expect(expectedAt(testOrder({ lines: [{ ...line!, states: [{ state: 'delivered', units: 2 }] }] }))).toBeUndefined();
});

test.each([
  [1_153, 'USD', '$11.53'],
  [1_153, 'JPY', '¥1,153'],
  [1_153, 'KWD', 'KWD 1.153'],
])('[CS5] %i minor units of %s are %s', (minor, currency, words) => {
  expect(money(minor, currency).replaceAll('\u00a0', ' ')).toBe(words);
});

import { expect, test } from 'vitest';
import type { CustomerOrder, CustomerState, CustomerStep } from '../../gateway/protocol/customer-order.ts';
import { expectedAt, headline, money, wayOf } from './order-words.ts';
import { testOrder } from './test-order.ts';

const steps = (...whats: CustomerStep['what'][]): CustomerStep[] => whats.map((what, at) => ({ what, at }));
/** One line whose units are in these states, one each. */
const lines = (...states: CustomerState[]): CustomerOrder['lines'] => [
  { line: '1', sku: 'MILK', units: states.length, states: states.map((state) => ({ state, units: 1 })) },
];
const way = (order: Partial<CustomerOrder>) =>
  wayOf(testOrder(order))
    .map(({ words, is }) => (is === 'here' ? `[${words}]` : is === 'past' ? words : '·'))
    .join(' ');

test('[OR3] an order is somewhere on its way, and a step on the side moves it neither on nor back', () => {
  expect(way({ steps: steps('placed') })).toBe('[Placed] · · · ·');
  expect(way({ steps: steps('placed', 'confirmed', 'preparing', 'moved') })).toBe('Placed Confirmed [Preparing] · ·');
  const collected = steps('placed', 'confirmed', 'preparing', 'ready', 'collected');
  expect(way({ method: 'pickup', lines: lines('collected', 'unavailable'), steps: collected })).toBe(
    'Placed Confirmed Preparing Ready [Collected]',
  );
});

test('[OR3] what has left in part is still being prepared, and what goes nowhere any more has no way', () => {
  const left = steps('placed', 'confirmed', 'preparing', 'shipped');
  expect(way({ lines: lines('shipped', 'preparing'), steps: left })).toBe('Placed Confirmed [Preparing] · ·');
  expect(way({ lines: lines('shipped', 'cancelled'), steps: left })).toBe('Placed Confirmed Preparing [On its way] ·');
  for (const status of ['cancelled', 'refused', 'returned'] as const) expect(way({ status })).toBe('');
});

test('[OR7] what goes to a store is on its way until all of it is there', () => {
  const to = { method: 'ship-to-store', pickup: { node: 'S-1', name: 'Columbus' } } as const;
  const left = steps('placed', 'confirmed', 'preparing', 'shipped', 'ready');
  const coming = { ...to, lines: lines('on-its-way'), steps: left.slice(0, 4) };
  expect(headline(testOrder(coming)).more).toBe('It goes to Columbus. We tell you here when it is ready.');
  expect(way(coming)).toBe('Placed Preparing [On its way] · ·');
  const half = { ...to, lines: lines('on-its-way', 'ready'), steps: left };
  expect(headline(testOrder(half)).words).toBe('Part of your order is ready');
  expect(way(half)).toBe('Placed Preparing [On its way] · ·');
  expect(way({ ...half, lines: lines('ready', 'ready') })).toBe('Placed Preparing On its way [Ready] ·');
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

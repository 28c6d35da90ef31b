import { expect, test } from 'vitest';
import { errands } from './itinerary.ts';
import { instantOf } from './local-time.ts';
import { sampleMessages } from './messages.ts';

test('errands come in time order; at one moment messages come before orders', () => {
  const range = { from: instantOf('2017-01-05T00:00:00'), to: instantOf('2017-01-08T00:00:00') };
  const list = [...errands(range)];
  const order = list.map((errand) => ({ at: errand.at, rank: errand.do === 'send' ? 0 : 1 }));
  expect(order).toEqual(order.toSorted((a, b) => a.at - b.at || a.rank - b.rank));
  expect(new Set(list.map((errand) => errand.do))).toEqual(new Set(['send', 'order']));
  expect(list.every((errand) => errand.at >= range.from && errand.at < range.to)).toBe(true);
});

test('what an order takes is in no message: the staff send it off, and their systems say so', () => {
  const range = { from: instantOf('2017-01-03T00:00:00'), to: instantOf('2017-01-06T00:00:00') };
  const list = [...errands(range)];
  const keys = list.flatMap((errand) => (errand.do === 'order' ? [errand.basket.key] : []));
  const bodies = list.flatMap((errand) => (errand.do === 'send' ? [errand.message.body] : []));
  const sent = [...sampleMessages(range)].map(({ body }) => body);
  expect(keys.length).toBeGreaterThan(10);
  const told = (all: readonly string[]) => keys.filter((key) => all.some((body) => body.includes(key)));
  expect(told(bodies)).toEqual([]);
  // Some of them are told later, by a store that was offline.
  expect(told(sent).length).toBeGreaterThan(keys.length / 2);
  expect(bodies.length).toBeGreaterThan(sent.length / 2);
});

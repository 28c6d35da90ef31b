import { expect, test } from 'vitest';
import { errands } from './itinerary.ts';
import { instantOf } from './local-time.ts';

test('errands come in time order; at one moment messages come before holds begin and end', () => {
  const range = { from: instantOf('2017-01-05T00:00:00'), to: instantOf('2017-01-08T00:00:00') };
  const list = [...errands(range)];
  const order = list.map((errand) => ({ at: errand.at, rank: errand.do === 'send' ? 0 : 1 }));
  expect(order).toEqual(order.toSorted((a, b) => a.at - b.at || a.rank - b.rank));
  expect(new Set(list.map((errand) => errand.do))).toEqual(new Set(['send', 'reserve', 'release']));
  expect(list.every((errand) => errand.at >= range.from && errand.at < range.to)).toBe(true);
});

test('a till basket is released with the message that tells it, a warehouse basket likewise', () => {
  const range = { from: instantOf('2017-01-03T00:00:00'), to: instantOf('2017-01-06T00:00:00') };
  const list = [...errands(range)];
  const bodies = list.flatMap((errand) => (errand.do === 'send' ? [errand] : []));
  const releases = list.flatMap((errand) => (errand.do === 'release' ? [errand] : []));
  expect(releases.length).toBeGreaterThan(10);
  const told = releases.map(({ at, basket }) =>
    bodies.some((one) => one.at === at && one.message.body.includes(basket.key)),
  );
  expect(told).toEqual(releases.map(() => true));
});

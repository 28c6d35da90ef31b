import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WatchedKey } from './watched-key.ts';

test('each version seen, one fact each: nothing folded, nothing lost', () => {
  const key = new WatchedKey(100);
  expect(key.update(99, 1)).toEqual({ from: 0, to: 1 });
  expect(key.update(98, 1)).toEqual({ from: 1, to: 2 });
  expect([key.folded, key.lost, key.missing(2)]).toEqual([0, 0, 0]);
});

test('facts folded into one version are seen with it, and counted as folded', () => {
  const key = new WatchedKey(100);
  expect(key.update(97, 3)).toEqual({ from: 0, to: 3 });
  expect([key.folded, key.lost]).toEqual([2, 0]);
});

test('a version that never arrived is lost, whatever comes later', () => {
  const key = new WatchedKey(100);
  key.update(99, 1);
  key.update(96, 1);
  expect([key.folded, key.lost]).toEqual([0, 2]);
});

test('where versions may be skipped only the last one counts', () => {
  const key = new WatchedKey(100);
  key.update(90, undefined);
  expect([key.lost, key.missing(10), key.missing(12)]).toEqual([0, 0, 2]);
});

test('an older version after a newer one is noticed and shows nothing new', () => {
  const key = new WatchedKey(100);
  key.update(95, undefined);
  expect(key.update(97, undefined)).toEqual({ from: 5, to: 5 });
  expect(key.backwards).toBe(1);
});

test('dropping any version of a stream is found, to the event', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()), { minLength: 1 }), (versions) => {
      const key = new WatchedKey(1_000_000);
      let sent = 0;
      let dropped = 0;
      for (const [facts, arrives] of versions) {
        sent += facts;
        if (arrives) key.update(1_000_000 - sent, facts);
        else dropped += facts;
      }
      expect(key.lost + key.missing(sent)).toBe(dropped);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFollowing, nextLinkState } from './link-life.ts';
import type { LinkEvent, LinkState } from './link-life.ts';

const EVENTS: readonly LinkEvent[] = [
  'start',
  'opened',
  'welcomed',
  'key-wanted',
  'accepted',
  'drained',
  'lost',
  'refused',
  'due',
  'online',
  'stop',
];

function after(events: readonly LinkEvent[]): LinkState {
  let state: LinkState = 'idle';
  for (const event of events) {
    const next = nextLinkState(state, event);
    if (next !== 'ignored') state = next;
  }
  return state;
}

test('the usual life of a public page and of a staff page', () => {
  expect(after(['start', 'opened', 'welcomed'])).toBe('live');
  expect(after(['start', 'opened', 'key-wanted', 'accepted', 'drained', 'lost', 'due'])).toBe('connecting');
});

test('whatever happened, stop ends it and start begins it again', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
      expect(after([...events, 'stop'])).toBe('idle');
      expect(after([...events, 'stop', 'start'])).toBe('connecting');
    }),
  );
});

test('a refused link follows nothing and tries nothing, whatever comes but stop', () => {
  const others = EVENTS.filter((event) => event !== 'stop');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...others)), (events) => {
      const state = after(['start', 'opened', 'refused', ...events]);
      return state === 'refused' && !isFollowing(state);
    }),
  );
});

import { expect, test } from 'vitest';
import type { Delivery, EndpointInfo } from '../../gateway/protocol/webhook-bodies.ts';
import { deliveryState, endpointState, outcomeWords, testWords } from './webhook-words.ts';

const NOW = 1_795_000_000_000;
const ENDPOINT: EndpointInfo = {
  id: 'we_1',
  url: 'https://a.test/',
  types: [],
  filters: {},
  createdAt: 0,
  state: 'active',
  queued: 0,
  failures: 0,
  missed: 0,
};
const DELIVERY: Delivery = {
  id: 1,
  endpoint: 'we_1',
  event: 'evt_1',
  type: 't',
  state: 'waiting',
  attempts: 1,
  putAt: 0,
};

test('an endpoint is active, failing since, or paused for a reason', () => {
  expect(endpointState(ENDPOINT, NOW)).toEqual({ words: 'active', tone: 'good' });
  const failing = { ...ENDPOINT, failures: 4, failingSince: NOW - 60_000 };
  expect(endpointState(failing, NOW).words).toMatch(/^failing, 4 in a row since 1 min/);
  expect(endpointState({ ...failing, pausedFor: 'gone' }, NOW)).toMatchObject({ tone: 'bad' });
  expect(endpointState({ ...ENDPOINT, pausedFor: 'staff' }, NOW)).toEqual({ words: 'paused', tone: 'none' });
});

test('a delivery that waits says when it is tried again', () => {
  expect(deliveryState({ ...DELIVERY, nextAt: NOW + 65_000 }, NOW).words).toBe('again in 1:05');
  expect(deliveryState({ ...DELIVERY, nextAt: NOW - 1 }, NOW).words).toBe('waiting');
  expect(deliveryState({ ...DELIVERY, state: 'failed' }, NOW).tone).toBe('bad');
});

test('answers are told with status or fault, and how long they took', () => {
  expect(outcomeWords(undefined)).toBe('');
  expect(outcomeWords({ at: 0, ms: 12, status: 503 })).toBe('503 in 12 ms');
  expect(testWords({ ok: true, value: { state: 'failed', fault: 'ECONNREFUSED', ms: 2, answer: '' } })).toBe(
    'Not delivered: ECONNREFUSED in 2 ms.',
  );
  expect(testWords({ ok: false, status: 404, error: { code: 'unknown-endpoint', message: 'no such' } })).toBe(
    'no such',
  );
});

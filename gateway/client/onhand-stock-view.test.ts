import { expect, test } from 'vitest';
import { AVAILABILITY, type StockState } from '../protocol/wire.ts';
import type { Link } from './link.ts';
import { viewOf } from './onhand-stock-view.ts';
import type { KeyState } from './subscription-table.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 15, 0, 0);
const LIVE: Link = { state: 'live', way: 'websocket', sinceMs: NOW_MS - 60_000 };
const LOST: Link = { state: 'waiting', way: 'websocket', sinceMs: NOW_MS, followedMs: NOW_MS };

type Said = Omit<StockState, 'availability'>;

function known(said: Said): KeyState<StockState> {
  const d = { ...said, availability: AVAILABILITY[said.band] };
  return { phase: 'known', entry: { k: 'A', e: 'e', r: 1, d } };
}

function shown(state: KeyState<StockState>, link: Link, item = { scale: 0, unit: '' }) {
  return viewOf(state, link, { nowMs: NOW_MS, compact: false, lang: 'en-US', ...item });
}

test.each([
  ['band only', { band: 'in-stock', asOf: NOW_MS - 3000 }, 'In stock', undefined, 'Updated 3 s ago'],
  ['units', { band: 'low-stock', units: 3, asOf: NOW_MS - 120_000 }, 'Low stock', '3 available', 'Updated 2 min ago'],
  ['none left', { band: 'out-of-stock', units: 0, asOf: NOW_MS }, 'Out of stock', undefined, 'Updated just now'],
  ['sold from inbound', { band: 'back-order', units: 0, asOf: NOW_MS }, 'On back-order', undefined, 'Updated just now'],
  ['not sold yet', { band: 'pre-order', asOf: NOW_MS }, 'Pre-order', undefined, 'Updated just now'],
  [
    'stale',
    { band: 'in-stock', asOf: NOW_MS - 3000, stale: true, silentSince: NOW_MS - 3000 },
    'In stock',
    undefined,
    'Updated 3 s ago · our stores have not reported since',
  ],
  [
    'never heard',
    { band: 'out-of-stock', asOf: null },
    'Out of stock',
    undefined,
    'No store has reported this item yet',
  ],
] as const)('live: %s', (_name, stock, headline, units, note) => {
  const view = shown(known(stock), LIVE);
  expect({ headline: view.headline, units: view.units, note: view.note }).toEqual({ headline, units, note });
});

test('weighed goods are said in their unit', () => {
  const stock: Said = { band: 'in-stock', units: 1250, asOf: NOW_MS };
  expect(shown(known(stock), LIVE, { scale: 3, unit: 'kg' }).units).toBe('1.25 kg available');
});

test('a lost link keeps the number and says since when', () => {
  const view = shown(known({ band: 'in-stock', units: 41, asOf: NOW_MS - 5000 }), LOST);
  expect(view).toMatchObject({ kind: 'kept', headline: 'In stock', units: '41 available' });
  expect(view.note).toMatch(/^Reconnecting · last known at \d{1,2}:00:00/);
});

test('a server that hears its engine late is named', () => {
  const view = shown(known({ band: 'in-stock', asOf: NOW_MS }), { ...LIVE, lateMs: 4200 });
  expect(view.note).toContain('may be late');
});

test('before the first answer, an unknown sku and a refusal each say what they are', () => {
  expect(shown({ phase: 'pending' }, { state: 'connecting', way: 'websocket', sinceMs: NOW_MS })).toMatchObject({
    kind: 'connecting',
  });
  expect(shown({ phase: 'pending' }, LOST).note).toContain('trying again');
  expect(shown({ phase: 'unknown' }, LIVE)).toMatchObject({ kind: 'unknown', headline: 'Not stocked' });
  const refused = shown({ phase: 'refused', code: 'too-many-keys', message: 'at most 100 keys' }, LIVE);
  expect(refused).toMatchObject({ kind: 'refused', note: 'at most 100 keys' });
});

import { expect, test } from 'vitest';
import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import type { OpsNode, OpsSource, OpsState } from '../../gateway/protocol/wire.ts';
import { networkNodes, sharedWords, stockedShare } from './network-nodes.ts';

const NOW_MS = 10_000_000;

function place(id: string, kind: string): NodeInfo {
  return {
    id,
    kind,
    name: `Finch ${id}`,
    lat: 40,
    lon: -83,
    timeZone: 'America/New_York',
    postcode: '',
    capabilities: [],
    hours: [],
    enabled: true,
  };
}

function ops(nodes: readonly Partial<OpsNode>[]): OpsState {
  const source: OpsSource = { source: 'tills', name: '', kind: 'pos', heardAt: null, freshMs: 60_000, eventsPerSec: 0 };
  const full = nodes.map((node) => ({ node: '', positions: 0, stocked: 0, low: 0, short: 0, heardAt: null, ...node }));
  return { sources: [source], nodes: full } as unknown as OpsState;
}

test('nodes in trouble come first: short, late, never heard, fresh; distribution centres before stores', () => {
  const places = ['A', 'B', 'C', 'D'].map((id) => place(id, 'store'));
  const figures = ops([
    { node: 'A', heardAt: NOW_MS - 1_000 },
    { node: 'B', heardAt: NOW_MS - 1_000, short: 2 },
    { node: 'C', heardAt: NOW_MS - 61_000 },
    { node: 'Z', heardAt: NOW_MS },
  ]);
  const nodes = networkNodes([...places, place('Z', 'dc')], figures, NOW_MS);
  expect(nodes.map(({ id, health }) => `${id} ${health}`)).toEqual([
    'B short',
    'C late',
    'D never',
    'Z fresh',
    'A fresh',
  ]);
});

test('places without figures are shown as never heard', () => {
  expect(networkNodes([place('A', 'store')], undefined, NOW_MS)[0]).toMatchObject({
    health: 'never',
    figures: { positions: 0 },
  });
});

test.each([
  [['Finch Akron', 'Finch Lima', 'Depot'], 'Finch '],
  [['Marlow & Finch Akron', 'Marlow & Finch Lima'], 'Marlow & Finch '],
  [['Akron', 'Lima'], ''],
  [['Akron'], ''],
  [['Akron North', 'Akron'], ''],
  [[], ''],
])('shared words of %j', (names, shared) => {
  expect(sharedWords(names)).toBe(shared);
});

test('the share of stocked positions is said in whole percent, and not made up for none', () => {
  const node = { node: 'A', low: 0, short: 0, heardAt: null };
  expect(stockedShare({ ...node, positions: 300, stocked: 299 })).toBe('100 %');
  expect(stockedShare({ ...node, positions: 0, stocked: 0 })).toBe('–');
});

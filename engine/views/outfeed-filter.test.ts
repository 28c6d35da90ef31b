import { expect, test } from 'vitest';
import type { OutfeedRef } from '../contract/reference.ts';
import type { Draft } from './movements.ts';
import { outfeedFilter } from './outfeed-filter.ts';

const places = {
  groups: new Map([
    ['all', { nodes: ['dc', 'shop'] as never }],
    ['shops', { nodes: ['shop', 'kiosk'] as never }],
    ['far', { nodes: ['kiosk'] as never }],
  ]),
  channels: new Map([['web', { group: 'all' as never }]]),
};

const isIn = (filter: object, draft: object): boolean =>
  outfeedFilter({ id: 'f', ...filter } as unknown as OutfeedRef, places)({ kind: 'delta', at: 1, ...draft } as Draft);

test.each([
  ['sold there', { channel: 'web', node: 'elsewhere' }, true],
  ['moved at a node that serves the channel, whoever sold it', { channel: 'app', node: 'shop' }, true],
  ['moved at another node', { node: 'kiosk' }, false],
  ['promised of a group that shares a node with it', { kind: 'hold', channel: 'app', group: 'shops' }, true],
  ['promised of a group that shares none', { kind: 'hold', channel: 'app', group: 'far' }, false],
  ['given back without a word of where', { kind: 'release' }, true],
])('[OF1] in an outfeed of a channel of sale is what was %s', (_, draft, is) => {
  expect(isIn({ channels: ['web'] }, draft)).toBe(is);
});

test('[OF1] in an outfeed of a node are its movements alone, and none of no certain node', () => {
  expect(isIn({ nodes: ['shop'] }, { node: 'shop' })).toBe(true);
  expect(isIn({ nodes: ['shop'] }, { node: 'dc' })).toBe(false);
  expect(isIn({ nodes: ['shop'] }, { kind: 'hold', group: 'shops' })).toBe(false);
});

test('[OF1] in an outfeed of skus is also what concerns all skus of a node', () => {
  expect(isIn({ skus: ['a'] }, { sku: 'a' })).toBe(true);
  expect(isIn({ skus: ['a'] }, { sku: 'b' })).toBe(false);
  expect(isIn({ skus: ['a'] }, { kind: 'complete', node: 'dc' })).toBe(true);
});

test('[OF1] reference data is in an outfeed that asks for it, and every list must match', () => {
  expect(isIn({}, { kind: 'reference', node: 'dc' })).toBe(false);
  expect(isIn({ kinds: ['reference'] }, { kind: 'reference', node: 'dc' })).toBe(true);
  expect(isIn({ nodes: ['dc'], skus: ['a'] }, { node: 'dc', sku: 'b' })).toBe(false);
});

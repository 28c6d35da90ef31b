import { expect, test } from 'vitest';
import { tightestWords } from './tightest-words.ts';

function tightest(groups: readonly number[], nodes: readonly string[]) {
  return { nodes: ['A', 'B'], tightest: { groups, nodes, available: 0, demand: 0 } };
}

test.each([
  [tightest([], ['A', 'B']), [], 'Of its 2 nodes; no promise without a node makes it tighter.'],
  [tightest([0], ['A', 'B']), [{}], 'Of its 2 nodes; what ties it down: 1 group of promises without a node.'],
  [
    tightest([0, 1, 2], ['A', 'B', 'C']),
    [{}, { pool: 'app' }, {}],
    'Of its 2 nodes; what ties it down: 2 groups of promises without a node and the pool of app, ' +
      'counted over 1 more node that may serve them.',
  ],
])('[AV8] the tightest choice in words, %#', (channel, demand, words) => {
  expect(tightestWords(channel, demand)).toBe(words);
});

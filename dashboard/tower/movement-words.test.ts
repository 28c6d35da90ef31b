import { expect, test } from 'vitest';
import type { MovementInfo } from '../../gateway/protocol/history-bodies.ts';
import { movementWords } from './movement-words.ts';

function movement(more: Partial<MovementInfo> & Pick<MovementInfo, 'kind'>): MovementInfo {
  return { row: 1, position: '0.1', recordedAt: 0, at: 0, ...more };
}

test.each([
  [movement({ kind: 'delta', reason: 'sale', units: -2 }), 0, 'sale −2'],
  [movement({ kind: 'delta', reason: 'receipt', units: 1_250 }), 3, 'receipt +1.25'],
  [movement({ kind: 'snapshot', units: 40, detail: { covers: 'count' } }), 0, 'count 40'],
  [movement({ kind: 'snapshot', units: -1, detail: { covers: 'book' } }), 0, 'book −1'],
  [movement({ kind: 'move', units: 3, detail: { to: 'damaged' } }), 0, '3 from on-hand to damaged'],
  [movement({ kind: 'void', detail: { voids: 'till-7' } }), 0, 'annuls till-7'],
  [movement({ kind: 'complete' }), 0, 'complete: what was not listed is 0'],
  [movement({ kind: 'hold', units: 2 }), 0, 'hold 2'],
  [movement({ kind: 'release', units: 2, reason: 'expired' }), 0, 'release 2, expired'],
])('movement %# in words', (row, scale, words) => {
  expect(movementWords(row, scale)).toBe(words);
});

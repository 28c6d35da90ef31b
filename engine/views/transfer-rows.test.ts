import { expect, test } from 'vitest';
import type { StockFact } from '../contract/stock-fact.ts';
import { movementsOf } from './movements.ts';

test('[FD8] [AV8] a transfer is a row of the ledger at either node, and what is lost on the way another', () => {
  const head = { id: 't1', step: 1, channel: 'web', movementRef: 'm1', sku: 'a', to: 'b', units: 3 };
  const sent = { ...head, fact: 'UnitsTransferred', at: 5, from: 's', dueAt: 9, leftAt: 4, postedBy: 4 };
  const about = { ref: 't1', channel: 'web', sku: 'a' };
  expect(movementsOf(sent as unknown as StockFact, () => [], true)).toEqual([
    {
      ...about,
      kind: 'depart',
      node: 's',
      units: 3,
      at: 4,
      reason: 'transferred',
      detail: { movementRef: 'm1', to: 'b' },
    },
    {
      ...about,
      kind: 'transit',
      node: 'b',
      units: 3,
      at: 4,
      reason: 'transferred',
      detail: { movementRef: 'm1', from: 's', dueAt: 9 },
    },
  ]);
  const kept = movementsOf({ ...sent, keep: true } as unknown as StockFact, () => [], true);
  expect(kept.map(({ kind, node, units }) => [kind, node, units])).toEqual([
    ['depart', 's', 3],
    ['transit', 'b', 3],
    ['allocate', 'b', 3],
  ]);
  const lost = { ...head, fact: 'UnitsWrittenOff', at: 6, reason: 'fell off' };
  expect(movementsOf(lost as unknown as StockFact, () => [], true)).toEqual([
    { ...about, kind: 'transit', node: 'b', units: -3, at: 6, reason: 'fell off', detail: { movementRef: 'm1' } },
  ]);
});

import { expect, test } from 'vitest';
import type { NodeId, SourceId } from '../contract/ids.ts';
import { movementsOf } from './movements.ts';

test('[AV8] [AV5] a silence is a row of the ledger, once for all shards, and so is its end', () => {
  const at = 1_767_600_000_000;
  const head = { at, node: 'S-1' as NodeId, number: 4 };
  const silence = { source: 'erp' as SourceId, since: at - 700_000, widenUnits: 2, switchedOff: true };
  const row = { kind: 'reference', reason: 'silence', node: 'S-1', at };
  const went = { fact: 'NodeWentStale', ...head, silence } as const;
  expect(movementsOf(went, () => [], true)).toEqual([
    { ...row, source: 'erp', units: 2, detail: { enabled: false, silentSince: at - 700_000 } },
  ]);
  expect(movementsOf({ fact: 'NodeCameBack', ...head }, () => [], true)).toEqual([{ ...row, units: 0 }]);
  expect(movementsOf(went, () => [], false)).toEqual([]);
});

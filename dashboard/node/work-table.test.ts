import { expect, test } from 'vitest';
import { testWork } from './test-work.ts';
import { WorkTable } from './work-table.ts';

const at = (version: number, state: 'queued' | 'accepted' | 'picking' | 'shipped' | 'pulled-back') =>
  testWork({ version, state });

test('[OR8] the greatest version counts, whether the answer, the event or the snapshot comes first', () => {
  const table = new WorkTable();
  table.begin([at(2, 'accepted')]);
  expect(table.take(at(1, 'queued'))).toBe(false);
  expect(table.take(at(3, 'picking'))).toBe(true);
  expect(table.take(at(3, 'picking'))).toBe(false);
  expect(table.open.get('o1-1.1')?.state).toBe('picking');
});

test('[OR8] what has ended leaves the queue, is remembered, and an old event does not bring it back', () => {
  const table = new WorkTable();
  table.begin([at(1, 'queued')]);
  table.take(at(4, 'pulled-back'));
  table.take(at(2, 'accepted'));
  expect({ open: table.open.size, ended: table.ended.get('o1-1.1')?.state }).toEqual({ open: 0, ended: 'pulled-back' });
});

test('[OR8] a snapshot after a gap is all there is', () => {
  const table = new WorkTable();
  table.begin([at(1, 'queued'), testWork({ id: 'o1-2.1' })]);
  table.begin([at(3, 'picking')]);
  expect([...table.open.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(['o1-1.1 picking']);
});

import { expect, test } from 'vitest';
import type { WorkActBody } from '../../gateway/protocol/work-bodies.ts';
import { mayReject, nextAct, withActs, type Work } from './next-acts.ts';
import { testWork } from './test-work.ts';

test('[OR8] each step leads to the next, from the queue to the carrier or the customer', () => {
  const walk = (work: Work): string[] => {
    const steps: string[] = [];
    for (let act = nextAct(work); act !== undefined; act = nextAct(work)) {
      steps.push(act);
      work = withActs(work, [act === 'pick' ? { act } : ({ act } as WorkActBody)]);
    }
    return [...steps, work.state];
  };
  const begin = ['accept', 'start', 'pick', 'pack'];
  expect(walk(testWork())).toEqual([...begin, 'ship', 'shipped']);
  expect(walk(testWork({ method: 'pickup' }))).toEqual([...begin, 'ready', 'collect', 'collected']);
  expect(walk(testWork({ method: 'ship-to-store', pickupNode: 'S-2' }))).toEqual([...begin, 'ship', 'shipped']);
  expect(walk(testWork({ method: 'ship-to-store', pickupNode: 'S-1' })).at(-1)).toBe('collected');
  const comes = testWork({ method: 'ship-to-store', pickupNode: 'S-1', from: 'S-2' });
  expect(walk(comes)).toEqual(['receive', 'collect', 'collected']);
  expect([mayReject(comes), mayReject(testWork())]).toEqual([false, true]);
});

test('[OR8] what waits to be sent is shown as done, and what the server has taken already changes nothing', () => {
  const acts: WorkActBody[] = [{ act: 'accept' }, { act: 'start' }];
  expect(withActs(testWork(), acts).state).toBe('picking');
  const packed = testWork({ state: 'packed' });
  expect(withActs(packed, acts)).toBe(packed);
  const taken = testWork({ state: 'pulled-back' });
  expect(withActs(taken, [{ act: 'reject', reason: 'other' }])).toBe(taken);
});

test('[OR8] a pick shows what was found and why not all; one that found nothing gives the work back', () => {
  const picking = testWork({ state: 'picking' });
  const short = withActs(picking, [{ act: 'pick', lines: [{ line: 1, picked: 1, short: 'damaged' }] }]);
  expect(short).toMatchObject({ state: 'picked', lines: [{ picked: 1, short: 'damaged' }, { picked: 1 }] });
  const none = picking.lines.map(({ line }) => ({ line, picked: 0, short: 'not-found' as const }));
  expect(withActs(picking, [{ act: 'pick', lines: none }]).state).toBe('rejected');
});

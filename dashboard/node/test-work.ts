import type { Work } from './next-acts.ts';

/** Two units of milk and one of bread, to be shipped. */
export function testWork(set: Partial<Work> = {}): Work {
  return {
    id: 'o1-1.1',
    order: 'o1-1',
    number: '#1001',
    node: 'S-1',
    method: 'ship',
    state: 'queued',
    lines: [
      { line: 1, orderLine: 'a', sku: '00400010821853', name: 'WHOLE MILK', units: 2 },
      { line: 2, orderLine: 'b', sku: 'RYE-1', units: 1 },
    ],
    priority: 5,
    offeredAt: 0,
    parcels: [],
    at: 0,
    version: 1,
    ...set,
  };
}

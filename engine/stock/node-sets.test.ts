import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NodeSets } from './node-sets.ts';

describe('node sets', () => {
  test('[AV2] the same nodes are the same set, in whichever order a group names them', () => {
    const sets = new NodeSets();
    expect(sets.of([3, 1, 2])).toBe(sets.of([2, 3, 1, 1]));
    expect(sets.of([])).toBe(0);
    expect(sets.of([1, 23])).not.toBe(sets.of([12, 3]));
  });

  test('[AV2] a set has its nodes and no others, also after it was saved and loaded', () => {
    const groups = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 150 }), { maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(groups, (named) => {
        const sets = new NodeSets();
        const numbers = named.map((nodes) => sets.of(nodes));
        const loaded = new NodeSets();
        loaded.load(sets.save());
        for (const [index, nodes] of named.entries()) {
          const has = Array.from({ length: 160 }, (_, node) => sets.has(numbers[index] as number, node));
          expect(has.flatMap((is, node) => (is ? [node] : []))).toEqual([...nodes].sort((a, b) => a - b));
          expect(loaded.nodes(numbers[index] as number)).toEqual(sets.nodes(numbers[index] as number));
          expect(loaded.of(nodes)).toBe(numbers[index]);
          for (const [other, outer] of named.entries()) {
            const isWithin = sets.isWithin(numbers[index] as number, numbers[other] as number);
            expect(isWithin).toBe(nodes.every((node) => outer.includes(node)));
          }
        }
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headroom } from './headroom.ts';
import { canServe } from './test-matching.ts';

const NODES = 5;
const nodesOf = fc.uniqueArray(fc.nat(NODES - 1), { minLength: 1, maxLength: NODES });
const worlds = fc.record({
  available: fc.array(fc.nat(4), { minLength: NODES, maxLength: NODES }),
  promises: fc.array(fc.record({ nodes: nodesOf, units: fc.integer({ min: 1, max: 4 }) }), { maxLength: 8 }),
  wanted: nodesOf,
});

function headroomOf(world: {
  available: number[];
  promises: { nodes: number[]; units: number }[];
  wanted: number[];
}): number {
  return headroom(
    (node) => world.wanted.includes(node),
    world.available.map((available, node) => ({ node, available })),
    world.promises.map(({ nodes, units }) => ({ units, has: (node) => nodes.includes(node) })),
  );
}

describe('headroom', () => {
  test('[AV2] what is promised to a group is not sold again at one of its nodes', () => {
    const world = { available: [5, 0], promises: [{ nodes: [0, 1], units: 5 }] };
    expect(headroomOf({ ...world, wanted: [0] })).toBe(0);
    expect(headroomOf({ ...world, wanted: [0, 1] })).toBe(0);
  });

  test('[AV2] overlapping groups share their nodes: each could take 2, both together 3', () => {
    const available = [1, 1, 1];
    expect(headroomOf({ available, promises: [], wanted: [0, 1] })).toBe(2);
    expect(headroomOf({ available, promises: [], wanted: [1, 2] })).toBe(2);
    expect(headroomOf({ available, promises: [{ nodes: [0, 1], units: 2 }], wanted: [1, 2] })).toBe(1);
  });

  test('[AV2] a feed that takes promised units leaves a headroom below zero', () => {
    expect(headroomOf({ available: [1], promises: [{ nodes: [0], units: 3 }], wanted: [0] })).toBe(-2);
  });

  test('[AV2][AV7] admits exactly what bipartite matching can serve', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        fc.pre(canServe(world.available, world.promises));
        const room = headroomOf(world);
        expect(room).toBeGreaterThanOrEqual(0);
        expect(canServe(world.available, [...world.promises, { nodes: world.wanted, units: room }])).toBe(true);
        expect(canServe(world.available, [...world.promises, { nodes: world.wanted, units: room + 1 }])).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test('[AV7] is below zero for the union of all nodes exactly when somebody cannot be served', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const everywhere = { ...world, wanted: [] };
        expect(headroomOf(everywhere) >= 0).toBe(canServe(world.available, world.promises));
      }),
      { numRuns: 1_000 },
    );
  });
});

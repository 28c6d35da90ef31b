import fc from 'fast-check';

// Random sales of a small retailer: two skus, four nodes, two channels.

export const NODES = 4;
export const GROUPS: Readonly<Record<string, readonly number[]>> = {
  all: [0, 1, 2, 3],
  west: [0, 1],
  mid: [1, 2],
  east: [2, 3],
  one: [3],
};
/** Each has the group of its name's nodes. */
export const CHANNELS = ['web', 'west'] as const;
export type Channel = (typeof CHANNELS)[number];
export const GROUP_OF: Readonly<Record<Channel, string>> = { web: 'all', west: 'west' };

const line = fc.oneof(
  fc.record({ sku: fc.nat(1), units: fc.integer({ min: 1, max: 5 }), node: fc.nat(NODES - 1) }),
  fc.record({ sku: fc.nat(1), units: fc.integer({ min: 1, max: 5 }), group: fc.constantFrom(...Object.keys(GROUPS)) }),
);
export const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      partial: fc.boolean(),
      channel: fc.constantFrom(...CHANNELS),
      holdMs: fc.constantFrom(1_000, 10_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('stock' as const),
      sku: fc.nat(1),
      node: fc.nat(NODES - 1),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      which: fc.nat(9),
      line: fc.nat(2),
      units: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      to: fc.oneof(
        fc.record({ node: fc.nat(NODES - 1) }),
        fc.record({ group: fc.constantFrom(...Object.keys(GROUPS)) }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('extend' as const), which: fc.nat(9), by: fc.constantFrom(500, 4_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(500, 1_000, 3_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pool' as const),
      channel: fc.constantFrom(...CHANNELS),
      sku: fc.nat(1),
      units: fc.nat(6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('threshold' as const),
      channel: fc.constantFrom(...CHANNELS),
      units: fc.nat(3),
    }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

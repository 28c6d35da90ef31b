import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SkuStock } from '../contract/change.ts';
import type { Fact } from '../contract/fact.ts';
import type { GroupId, NodeId, Sku } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { canServe } from '../stock/test-matching.ts';
import { PromiseBook } from './promise-book.ts';

const NODES = 4;
const SKU = 's1' as Sku;
const node = (index: number): NodeId => `N${index}` as NodeId;
const GROUPS: readonly (readonly number[])[] = [
  [0, 1],
  [1, 2],
  [0, 1, 2, 3],
  [2, 3],
];
const group = (index: number): GroupId => `g${index}` as GroupId;

const line = fc.oneof(
  fc.record({ node: fc.nat(NODES - 1), units: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ group: fc.nat(GROUPS.length - 1), units: fc.integer({ min: 1, max: 4 }) }),
);
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;

function stockOf(onHand: readonly number[], book: PromiseBook): SkuStock {
  const zero = { unavailable: 0, states: {}, departed: 0, allocated: 0, safety: 0, short: 0, inbound: 0 };
  const nodes = onHand.map((units, i) => {
    const reserved = book.reservedAt(SKU, node(i));
    const available = Math.max(0, units - reserved);
    return { ...zero, node: node(i), onHand: units, reserved, available, asOf: {}, uncertain: false };
  });
  return { sku: SKU, position: '0.1', revision: 1, channels: [], nodes, inbound: [] };
}

const reserveLine = (made: Line): ReserveLine =>
  'node' in made
    ? { sku: SKU, units: made.units, node: node(made.node) }
    : { sku: SKU, units: made.units, group: group(made.group) };

function held(id: number, lines: readonly ReserveLine[]): Fact {
  return { fact: 'PartHeld', at: 1, saga: `r16-${id}` as never, channel: 'web' as never, lines };
}

test('[AV7] on what could be served before, a promise is too much exactly when bipartite matching cannot serve it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(6), { minLength: NODES, maxLength: NODES }),
      fc.array(line, { maxLength: 12 }),
      (onHand, lines) => {
        const book = new PromiseBook();
        for (const [i, members] of GROUPS.entries()) book.setGroup(group(i), members.map(node));
        const served: { nodes: readonly number[]; units: number }[] = [];
        for (const [id, made] of lines.entries()) {
          const promised = book.apply(held(id, [reserveLine(made)])) ?? [];
          const tooMuch = book.tooMuch(promised, stockOf(onHand, book));
          const promise = { nodes: 'node' in made ? [made.node] : (GROUPS[made.group] ?? []), units: made.units };
          expect(tooMuch === undefined).toBe(canServe(onHand, [...served, promise]));
          if (tooMuch === undefined) served.push(promise);
          else book.apply({ fact: 'PartEnded', at: 2, saga: `r16-${id}` as never, end: 'abandoned' });
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('[AV7] a shortfall that a feed made elsewhere is no oversell of the next promise', () => {
  const book = new PromiseBook();
  for (const [i, members] of GROUPS.entries()) book.setGroup(group(i), members.map(node));
  book.apply(held(1, [{ sku: SKU, units: 3, node: node(0) }]));
  book.apply(held(2, [{ sku: SKU, units: 3, group: group(1) }]));
  // A count finds nodes 0 and 1 empty: both promises are short now, and what is made at node 3 has nothing to do with it.
  const promised = book.apply(held(3, [{ sku: SKU, units: 2, node: node(3) }])) ?? [];
  expect(book.tooMuch(promised, stockOf([0, 0, 1, 5], book))).toBeUndefined();
  const more = book.apply(held(4, [{ sku: SKU, units: 4, node: node(3) }])) ?? [];
  expect(book.tooMuch(more, stockOf([0, 0, 1, 5], book))).toBe('1 units of s1 at N3 more than it has');
});

test('[RS7] moved units are promised where they went, in rows as the machine has them', () => {
  const book = new PromiseBook();
  for (const [i, members] of GROUPS.entries()) book.setGroup(group(i), members.map(node));
  const move = (line: number, units: number, to: { node: NodeId } | { group: GroupId }): Fact => {
    const moved = { line, sku: SKU, from: { node: node(0) }, units, to };
    return { fact: 'PartMoved', at: 2, saga: 'r16-1' as never, move: 1, moved };
  };
  book.apply(
    held(1, [
      { sku: SKU, units: 3, node: node(0) },
      { sku: SKU, units: 1, group: group(1) },
    ]),
  );
  const seen = (): string => {
    const unplaced = book.demandsOf(SKU).map(({ units }) => units);
    return `${[0, 1].map((i) => book.reservedAt(SKU, node(i))).join(' ')} / ${unplaced.join(' ')}`;
  };
  expect(book.apply(move(0, 2, { group: group(1) }))).toEqual([{ sku: SKU, units: 2, group: group(1) }]);
  expect(seen()).toBe('1 0 / 3');
  book.apply(move(0, 1, { node: node(1) }));
  expect(seen()).toBe('0 1 / 3');
  book.apply(move(0, 3, { node: node(1) }));
  expect(seen()).toBe('0 4 / ');
  book.apply({ fact: 'PartEnded', at: 3, saga: 'r16-1' as never, end: 'released' });
  expect(seen()).toBe('0 0 / ');
});

test('[OR9] units that came are promised to the nodes the group had when they were sold', () => {
  const book = new PromiseBook();
  book.setGroup(group(0), [node(0), node(1)]);
  const about = { at: 1, id: 'o1', sku: SKU, group: group(0), step: 1 };
  book.apply({ ...about, fact: 'UnitsAwaited', units: 3 } as unknown as Fact);
  book.setGroup(group(0), [node(3)]);
  expect(book.demandsOf(SKU)).toEqual([]);
  const serve = (units: number) =>
    book.apply({ fact: 'UnitsServed', at: 2, sku: SKU, served: [{ ...about, units }] } as unknown as Fact);
  const came = serve(2) ?? [];
  expect(came).toMatchObject([{ sku: SKU, units: 2, group: group(0) }]);
  expect(book.demandsOf(SKU)).toEqual([{ nodes: [node(0), node(1)], units: 2 }]);
  expect(book.tooMuch(came, stockOf([1, 0, 0, 9], book))).toBeDefined();
  expect(book.tooMuch(came, stockOf([1, 1, 0, 0], book))).toBeUndefined();
  book.apply({ ...about, fact: 'WaitingStopped', units: 1 } as unknown as Fact);
  book.apply({ ...about, fact: 'UnitsAwaited', units: 1 } as unknown as Fact);
  serve(1);
  expect(book.demandsOf(SKU)).toContainEqual({ nodes: [node(3)], units: 1 });
});

import { describe, expect, test } from 'vitest';
import type { NodeId, Sku } from '../../contract/ids.ts';
import type { SourcingOrder, SourcingStep } from '../../contract/sourcing.ts';
import { source } from './source.ts';
import { NODES, POST, FREE_HANDS, decide, told, outs, type Asked } from './test-merchant.ts';
import { chance, CHEAPEST, network, order, rules, TUESDAY_MS, world } from './test-network.ts';

const day = (iso: string): number => Date.parse(iso);

describe('sourcing, as a merchandiser reads it', () => {
  const A_B = 'DC: A 9, B 9 | S1: A 1 | S2: B 1';
  const rows: readonly (readonly [string, Asked, string])[] = [
    ['the nearer zone is cheaper', { cart: 'A 1', stock: 'DC: A 9 | S2: A 1' }, 'S2: A 1 = 5.50'],
    ['of what costs the same the nearer is taken', { cart: 'A 1', stock: 'S2: A 9 | S1: A 1' }, 'S1: A 1 = 5.50'],
    [
      'one shipment from far beats two from near: 8 + 2 kg < 2 × 4.50 + 2 kg + 2',
      { cart: 'A 1, B 1', stock: A_B },
      'DC: A 1, B 1 = 10.00',
    ],
    [
      'a split that is free is not dearer by itself',
      { cart: 'A 1, B 1', stock: A_B, costs: { splitMinor: 0 }, step: { candidates: { kinds: ['store'] } } },
      'S1: A 1 | S2: B 1 = 11.00',
    ],
    [
      'units of a line are split where they must be',
      { cart: 'A 3', stock: 'S1: A 2 | S2: A 2' },
      'S1: A 2 | S2: A 1 = 14.00',
    ],
    [
      'whole lines are not',
      { cart: 'A 3', stock: 'S1: A 2 | S2: A 2', step: { constraints: { wholeLines: true } } },
      'queue',
    ],
    [
      'one node at most',
      { cart: 'A 1, B 1', stock: 'S1: A 1 | S2: B 1', step: { constraints: { nodesMax: 1 } } },
      'queue',
    ],
    [
      'a small order is not split',
      { cart: 'A 1, B 1', stock: 'S1: A 1 | S2: B 1', step: { constraints: { splitValueMinorMin: 5_001 } } },
      'queue',
    ],
    [
      'a larger one is',
      { cart: 'A 1, B 1', stock: 'S1: A 1 | S2: B 1', step: { constraints: { splitValueMinorMin: 5_000 } } },
      'S1: A 1 | S2: B 1 = 13.00',
    ],
    [
      'as much as there is',
      { cart: 'A 3, B 1', stock: 'S1: A 2', step: { constraints: { partial: true } } },
      'S1: A 2 without A 1 without B 1 = 6.50',
    ],
    [
      'more units come before less cost',
      { cart: 'A 3', stock: 'S1: A 2 | DC: A 3', step: { constraints: { partial: true, nodesMax: 1 } } },
      'DC: A 3 = 11.00',
    ],
    [
      'stores keep units for who walks in',
      { cart: 'A 1', stock: 'S1: A 2 | DC: A 2', step: { constraints: { leaveUnits: 2 } } },
      'DC: A 1 = 9.00',
    ],
    [
      'who collects has walked in',
      {
        cart: 'A 1',
        stock: 'S1: A 2',
        step: { constraints: { leaveUnits: 2 } },
        order: { method: 'pickup', pickupNode: 'S1' as NodeId },
      },
      'S1: A 1 = 0.00',
    ],
    [
      'a node that serves it already sends no further shipment',
      { cart: 'A 1', stock: 'DC: A 1 | S1: A 1', order: { with: ['DC' as NodeId] } },
      'DC: A 1 = 1.00',
    ],
    [
      'and it counts as one of the nodes',
      { cart: 'A 1', stock: 'S1: A 1', order: { with: ['DC' as NodeId] }, step: { constraints: { nodesMax: 1 } } },
      'queue',
    ],
    [
      'by distance first the nearest is taken, dear or not',
      {
        cart: 'A 1',
        stock: 'DC: A 1 | S3: A 1',
        step: { rank: ['distance'] },
        costs: { handlingMinor: { ...FREE_HANDS, store: 900 } },
      },
      'S3: A 1 = 14.50',
    ],
    [
      'by priority the named one',
      { cart: 'A 1', stock: 'DC: A 1 | S1: A 1', step: { rank: ['priority'], priorities: { ['DC' as NodeId]: 1 } } },
      'DC: A 1 = 9.00',
    ],
    [
      'by open work the idle one',
      {
        cart: 'A 1',
        stock: 'S1: A 1 | S2: A 1',
        step: { rank: ['open-work'] },
        loads: [
          { node: 'S1' as NodeId, open: 4, today: 4 },
          { node: 'S2' as NodeId, open: 3, today: 9 },
        ],
      },
      'S2: A 1 = 5.50',
    ],
    [
      'by balance the one that has most',
      { cart: 'A 1', stock: 'S1: A 2 | S3: A 5', step: { rank: ['balance', 'cost'] } },
      'S3: A 1 = 5.50',
    ],
    [
      'pressure on a full store sends it farther: 10 × 0.9² > 3.50',
      {
        cart: 'A 1',
        stock: 'S1: A 1 | DC: A 1',
        costs: { pressureMinor: 1_000 },
        loads: [{ node: 'S1' as NodeId, open: 0, today: 9, perDay: 10 }],
      },
      'DC: A 1 = 9.00',
    ],
    [
      'to a store for pickup: its own stock needs no carrier',
      { cart: 'A 1', stock: 'S1: A 1 | S2: A 1', order: { method: 'ship-to-store', pickupNode: 'S1' as NodeId } },
      'S1: A 1 = 0.00',
    ],
    [
      'or it comes from another',
      { cart: 'A 1', stock: 'DC: A 1 | S2: A 1', order: { method: 'ship-to-store', pickupNode: 'S1' as NodeId } },
      'S2: A 1 = 5.50',
    ],
    [
      'two lines of one sku share its units',
      { cart: 'A 2, A 2', stock: 'S1: A 3 | S2: A 1' },
      'S1: A 2, A 1 | S2: A 1 = 15.00',
    ],
    ['nothing anywhere', { cart: 'A 1', stock: 'S1: B 1', step: { otherwise: 'backorder' } }, 'backorder'],
  ];
  test.each(rows)('[OR5] %s', (_, asked, plan) => {
    expect(told(decide(asked))).toBe(plan);
  });

  test('[OR5] what is weighed costs by whole units: 1.250 kg are 1250 units, a parcel of 1.25 kg and 1.25 times handling', () => {
    const units = 1_250;
    const skus = [{ sku: 'A' as Sku, scale: 3, grams: 1_000, nodes: [{ node: 'S1' as NodeId, available: 2_000 }] }];
    const ref = rules([CHEAPEST], { handlingMinor: { ...FREE_HANDS, store: 80 } });
    const weighed = order([{ line: '1', sku: 'A' as Sku, units }]);
    const { plan } = source(world(NODES, ref, [POST]), weighed, skus, [], TUESDAY_MS);
    // 4.50, 1.00 per kg and 0.80 per kg picked.
    expect(plan).toMatchObject({ costMinor: 450 + 125 + 100, parts: [{ grams: 1_250, lines: [{ units }] }] });
  });

  test('[OR6] of more nodes than are told those of the plans come first, then the nearest', () => {
    const next = chance(3);
    const many = network(147, next);
    const [far] = many.toSorted((a, b) => b.lat - a.lat);
    const skus = [
      { sku: 'A' as Sku, nodes: many.map(({ id }) => ({ node: id, available: 1 })) },
      { sku: 'B' as Sku, nodes: [{ node: far!.id, available: 1 }] },
    ];
    const needs = skus.map(({ sku }, at) => ({ line: `${at}`, sku, units: 1 }));
    const { plan, candidates, candidatesInAll } = source(
      world(many),
      order(needs, { lat: 38.5 }),
      skus,
      [],
      TUESDAY_MS,
    );
    expect(plan!.parts.map(({ node }) => node)).toContain(far!.id);
    expect([candidates.length, candidatesInAll]).toEqual([100, 150]);
    expect(candidates.map(({ node }) => node)).toContain(far!.id);
    const rest = candidates.filter(({ node }) => !plan!.parts.some((part) => part.node === node)).map(({ km }) => km!);
    const told = rest.slice(-90);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  test('[OR6] of more candidates than are told the one that failed the order is among them', () => {
    const many = network(147, chance(3));
    const skus = [{ sku: 'A' as Sku, nodes: many.map(({ id }) => ({ node: id, available: 1 })) }];
    const [far] = many.toSorted((a, b) => b.lat - a.lat);
    const failing = { lat: 38.5, excluded: [{ node: far!.id, why: 'not-found' }] };
    const asked = order([{ line: '1', sku: 'A' as Sku, units: 1 }], failing);
    const { candidates } = source(world(many), asked, skus, [], TUESDAY_MS);
    expect(candidates).toHaveLength(100);
    expect(candidates.filter(({ out }) => out !== undefined)).toMatchObject([{ node: far!.id, out: 'excluded' }]);
  });

  test('[OR6] beside the plan stands what it would be without its node', () => {
    const { compared } = decide({ cart: 'A 1, B 1', stock: 'DC: A 9, B 9 | S1: A 1 | S2: B 1' });
    expect(compared.map((plan) => plan.parts.map(({ node }) => node))).toEqual([['DC'], ['S1', 'S2']]);
  });

  test('[OR5] the waterfall: each step says why it did not decide, the first that can does', () => {
    const steps: readonly SourcingStep[] = [
      { name: 'marketplace', match: { tags: ['marketplace'] }, rank: ['cost'] },
      { name: 'big orders', match: { valueMinorMin: 10_000 }, rank: ['cost'] },
      { name: 'abroad', match: { countries: ['CA'] }, rank: ['cost'] },
      { name: 'in town', match: { postcodes: ['43'] }, candidates: { kmMax: 10 }, rank: ['distance'] },
      { name: 'one box', rank: ['cost'], constraints: { nodesMax: 1 } },
      { name: 'any', rank: ['cost'] },
    ];
    const decision = decide({ cart: 'A 1, B 1', stock: 'S2: A 1 | S3: B 1', steps, order: { postcode: '43001' } });
    expect(decision.step).toBe('any');
    expect(decision.tried).toEqual([
      { step: 'marketplace', why: 'the order has none of its tags' },
      { step: 'big orders', why: 'the order is worth less than 10000' },
      { step: 'abroad', why: 'it is not for country US' },
      { step: 'in town', why: 'no node may serve: 3 too-far, 1 no-units' },
      { step: 'one box', why: 'no plan over its 2 candidates keeps its constraints' },
    ]);
    const cancel = { name: 'any', rank: ['cost'], otherwise: { cancelAfterMs: 5 } } as const;
    expect(told(decide({ cart: 'A 1', stock: 'B: A 1', steps: [cancel] }))).toBe('cancel after 5');
    const failed = decide({ cart: 'A 1', stock: 'S1: A 1', steps, order: { failedSteps: ['one box', 'any'] } });
    expect(failed.tried.at(-1)).toEqual({ step: 'any', why: 'its plans were refused too often' });
    expect(told(failed)).toBe('queue');
  });

  test('[OR5] departments that stay together come from one node', () => {
    const needs = (['A', 'B', 'C'] as Sku[]).map((sku, at) => ({
      line: `${at}`,
      sku,
      units: 1,
      grams: 100,
      department: sku === 'C' ? 'Toys' : 'Garden',
    }));
    const skus = needs.map(({ sku }) => ({
      sku,
      nodes: [
        { node: (sku === 'B' ? 'S2' : 'S1') as NodeId, available: 5 },
        { node: 'DC' as NodeId, available: 5 },
      ],
    }));
    const planned = (keepTogether: readonly (readonly string[])[]): string => {
      const step = { ...CHEAPEST, candidates: { kinds: ['dc', 'store'] as const }, constraints: { keepTogether } };
      const ref = rules([step], { handlingMinor: { ...FREE_HANDS, dc: 500 }, splitMinor: 0 });
      return told(source(world(NODES, ref, [POST]), order(needs), skus, [], TUESDAY_MS));
    };
    expect(planned([])).toBe('S1: A 1, C 1 | S2: B 1 = 9.30');
    expect(planned([['Garden']])).toBe('DC: A 1, B 1 | S1: C 1 = 22.80');
    expect(planned([['Garden'], ['Garden', 'Toys']])).toBe('DC: A 1, B 1, C 1 = 23.30');
  });

  test('[OR6] each node that is out says the first reason', () => {
    const all = 'DC: A 1 | S1?: A 1 | S2: A 1 | S3: B 1';
    const loads = [{ node: 'S2' as NodeId, open: 0, today: 5, perDay: 5 }];
    expect(outs(decide({ cart: 'A 1', stock: all, loads }))).toEqual({
      DC: 'in',
      S1: 'stale',
      S2: 'capacity-reached',
      S3: 'no-units',
    });
    const excluded = [{ node: 'S1' as NodeId, why: 'not-found' }];
    const step = { candidates: { kmMax: 40, except: ['S2' as NodeId] } };
    expect(outs(decide({ cart: 'A 1', stock: all, order: { excluded }, step }))).toEqual({
      DC: 'too-far',
      S1: 'excluded',
      S2: 'not-a-candidate',
      S3: 'too-far',
    });
    const pickup = decide({ cart: 'A 1', stock: all, order: { method: 'pickup', pickupNode: 'DC' as NodeId } });
    expect(new Set(Object.values(outs(pickup)))).toEqual(new Set(['cannot-pick-up']));
  });

  test('[OR6] a decision keeps its candidates and the plans it compared, the chosen one first', () => {
    const decision = decide({
      cart: 'A 1',
      stock: 'DC: A 9 | S1: A 4 | S3: A 2',
      loads: [{ node: 'S1' as NodeId, open: 7, today: 7 }],
    });
    expect(decision.candidates).toEqual([
      { node: 'S1', km: 5, available: { 1: 4 }, open: 7 },
      { node: 'S3', km: 50, available: { 1: 2 } },
      { node: 'DC', km: 500, available: { 1: 9 } },
      { node: 'S2', km: 20, out: 'no-units' },
    ]);
    expect(decision.compared.map((plan) => told({ ...decision, plan }))).toEqual([
      'S1: A 1 = 5.50',
      'S3: A 1 = 5.50',
      'DC: A 1 = 9.00',
    ]);
    expect(decision.compared[0]).toEqual(decision.plan);
    expect(decision).toMatchObject({ rules: 'live', step: 'cheapest', bounded: false, candidatesInAll: 4, tried: [] });
  });

  test('[OR5] what would come too late is out, unless the step may be late and nothing comes in time', () => {
    // Ordered on Tuesday: the stores deliver on Wednesday, the distribution centre on Friday.
    const asked = { cart: 'A 1', stock: 'DC: A 1', order: { promisedAt: day('2026-11-26T12:00:00Z') } };
    expect(outs(decide(asked)).DC).toBe('too-late');
    expect(told(decide({ ...asked, step: { constraints: { mayBeLate: true } } }))).toBe('DC: A 1 = 9.00');
    expect(told(decide({ ...asked, order: { promisedAt: day('2026-11-27T12:00:00Z') } }))).toBe('DC: A 1 = 9.00');
    const dear = { handlingMinor: { ...FREE_HANDS, store: 5_000 } };
    const both = { ...asked, stock: 'DC: A 1 | S1: A 1', costs: dear, step: { constraints: { mayBeLate: true } } };
    expect(told(decide(both))).toBe('S1: A 1 = 55.50');
  });

  test('[OR5] a heavy shipment goes in several parcels, and nobody carries a unit that is too heavy', () => {
    const small = { ...POST, gramsMax: 2_000 };
    const cart = [{ line: '1', sku: 'A' as Sku, units: 5, grams: 1_000 }];
    const skus = [{ sku: 'A' as Sku, nodes: [{ node: 'S1' as NodeId, available: 9 }] }];
    const ref = rules([CHEAPEST], { handlingMinor: FREE_HANDS });
    expect(told(source(world(NODES, ref, [small]), order(cart), skus, [], TUESDAY_MS))).toBe('S1: A 5 = 18.50');
    const slab = cart.map((need) => ({ ...need, grams: 2_001 }));
    expect(outs(source(world(NODES, ref, [small]), order(slab), skus, [], TUESDAY_MS)).S1).toBe('no-carrier');
  });

  test('[OR5] without a place the farthest zone is paid, and no bound on distance holds', () => {
    const nowhere = { lat: undefined, lon: undefined } as unknown as Partial<SourcingOrder>;
    expect(told(decide({ cart: 'A 1', stock: 'S1: A 1', order: nowhere }))).toBe('S1: A 1 = 9.00');
    expect(
      outs(decide({ cart: 'A 1', stock: 'S1: A 1', order: nowhere, step: { candidates: { kmMax: 9_000 } } })).S1,
    ).toBe('too-far');
  });
});

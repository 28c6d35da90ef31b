import { expect, test } from 'vitest';
import type { NodeId } from './ids.ts';
import { validateCarrier, validateSourcing } from './sourcing-faults.ts';
import type { CarrierZone, SourcingRef, SourcingStep } from './sourcing.ts';

const costs = { splitMinor: 0, pressureMinor: 0, handlingMinor: { dc: 0, store: 0, supplier: 0, 'third-party': 0 } };
const ref = (...steps: Partial<SourcingStep>[]): SourcingRef => ({
  id: 'live',
  name: 'Live',
  costs,
  steps: steps.map((step, at) => ({ name: `step ${at + 1}`, rank: ['cost'], ...step })),
});
const S1 = 'S1' as NodeId;

test('[OR5] rules that can never decide are told in sentences before they are saved', () => {
  const rows: readonly (readonly [SourcingRef, readonly string[]])[] = [
    [ref({}), []],
    [ref({ match: { methods: ['pickup'] }, otherwise: 'queue' }, { match: { methods: ['ship'] } }), []],
    [
      ref({ name: 'a' }, { name: 'a' }),
      ['step "a" is there twice; explanations name steps, so each needs its own name'],
    ],
    [
      ref({ match: { valueMinorMin: 500, valueMinorMax: 400 } }),
      ['step "step 1" matches no order: its lowest value 500 is above its highest 400'],
    ],
    [
      ref({ candidates: { nodes: [S1], except: [S1] } }),
      ['step "step 1" has no candidates: every node it names is excepted'],
    ],
    [
      ref({ constraints: { nodesMax: 1, splitValueMinorMin: 5 } }),
      ['step "step 1" never splits an order (nodesMax 1), so the value to split from decides nothing'],
    ],
    [
      ref({ match: { valueMinorMax: 50 }, constraints: { splitValueMinorMin: 90 } }),
      ['step "step 1" splits only orders above 90, and matches none of them'],
    ],
    [ref({ rank: ['priority'] }), ['step "step 1" ranks by priority and gives none']],
    [ref({ priorities: { [S1]: 1 } }), ['step "step 1" gives priorities and does not rank by them']],
    [ref({ rank: ['cost', 'cost'] }), ['step "step 1" ranks by the same thing twice']],
    [
      ref({ match: { methods: ['pickup'] }, candidates: { kmMax: 5 } }),
      ['step "step 1" bounds the distance of orders that are picked up, which have none'],
    ],
    [
      ref({ otherwise: 'backorder' }, { match: { tags: ['vip'] } }),
      ['step "step 2" is never reached: "step 1" before it decides about all its orders'],
    ],
    [ref({ match: { tags: ['vip'] }, otherwise: 'queue' }, { match: { tags: ['vip', 'staff'] } }, {}), []],
  ];
  for (const [rules, faults] of rows) expect(validateSourcing(rules).map(({ rule }) => rule)).toEqual(faults);
});

test('[OR5] zones of a carrier ascend, or the nearer ones are never reached', () => {
  const zone = (name: string, kmMax: number): CarrierZone => ({
    zone: name,
    kmMax,
    baseMinor: 1,
    perKgMinor: 1,
    days: 1,
  });
  const carrier = (...zones: CarrierZone[]) => validateCarrier({ id: 'c', name: 'C', zones });
  expect(carrier(zone('near', 50), zone('far', 500))).toEqual([]);
  expect(carrier(zone('far', 500), zone('near', 50))).toEqual([
    { field: 'zones.1', rule: 'zone "near" ends at 50 km, "far" before it at 500: put the nearer zone first' },
  ]);
});

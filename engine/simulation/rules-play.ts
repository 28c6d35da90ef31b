import type { AutomationRef, AutomationThen, AutomationWhen } from '../contract/automation.ts';
import type { IntakeCommand } from '../contract/command.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { SourcingRef, SourcingStep } from '../contract/sourcing.ts';
import type { Chance } from './chance.ts';
import { draftKit } from './kits.ts';
import type { Sent } from './sent.ts';
import { NODES, nodeRef } from './retailer.ts';

// Rules of sourcing and of automation, which business users change while orders are under way (rules OR5, OR10).

type Change = Extract<IntakeCommand, { do: 'change' }>;

export function draftRules(chance: Chance, sent: Sent): Change {
  const batch = chance.weighted(RULES).make(chance);
  if (batch.of === 'kits') for (const kit of batch.rows) sent.kit(kit);
  return { do: 'change', by: chance.pick(['ann', 'bob']), batch };
}

const RULES: readonly { readonly weight: number; readonly make: (chance: Chance) => ReferenceBatch }[] = [
  { weight: 3, make: (chance) => ({ of: 'sourcing', rows: [sourcing(chance, 'live')] }) },
  { weight: 1, make: (chance) => ({ of: 'sourcing', rows: [sourcing(chance, 'shadow')] }) },
  { weight: 2, make: (chance) => ({ of: 'kits', rows: [draftKit(chance)] }) },
  { weight: 3, make: (chance) => ({ of: 'automations', rows: [automation(chance)] }) },
  {
    weight: 2,
    make: (chance) => {
      const perDay = chance.yes(0.5) ? { ordersPerDay: chance.below(3) } : {};
      const capabilities = chance.pick([['ship', 'pickup'], ['ship'], ['pickup']] as const);
      return { of: 'nodes', rows: [{ ...nodeRef(chance.pick(NODES)), ...perDay, capabilities }] };
    },
  },
];

function sourcing(chance: Chance, id: string): SourcingRef {
  const steps = chance.yes(0.5) ? [step(chance, 'first', 'next'), step(chance, 'last')] : [step(chance, 'only')];
  return {
    id,
    name: id,
    steps,
    costs: { splitMinor: 200, handlingMinor: { dc: 10, store: 30, supplier: 0, 'third-party': 0 }, pressureMinor: 50 },
    ...(chance.yes(0.6) && { acceptMs: chance.pick([30_000, 120_000, 3_600_000]) }),
    ...(chance.yes(0.6) && { collectMs: chance.pick([30_000, 120_000, 3_600_000]) }),
    ...(chance.yes(0.4) && { attemptsMax: 1 + chance.below(3) }),
  };
}

function step(chance: Chance, name: string, otherwise?: 'next'): SourcingStep {
  const last = chance.pick(['queue', 'queue', 'backorder', { cancelAfterMs: chance.pick([30_000, 120_000]) }] as const);
  const constraints = {
    ...(chance.yes(0.3) && { nodesMax: 1 + chance.below(2) }),
    ...(chance.yes(0.3) && { wholeLines: true }),
    ...(chance.yes(0.5) && { partial: true }),
    ...(chance.yes(0.5) && { mayBeLate: true }),
    ...(chance.yes(0.5) && { staleOut: false }),
    ...(chance.yes(0.1) && { leaveUnits: 1 }),
  };
  return {
    name,
    ...(chance.yes(0.2) && { candidates: { nodes: NODES.filter(() => chance.yes(0.7)) } }),
    rank: chance.pick([['cost'], ['distance'], ['balance', 'cost'], ['open-work']] as const),
    constraints,
    otherwise: otherwise ?? last,
  };
}

function automation(chance: Chance): AutomationRef {
  const afterMs = chance.pick([1_000, 60_000, 3_600_000]);
  const events = ['placed', 'allocated', 'unfillable', 'rejected', 'shipped', 'ready', 'cancelled'] as const;
  const when: AutomationWhen = chance.yes(0.3) ? { event: 'unfilled', afterMs } : { event: chance.pick(events) };
  const actions: readonly AutomationThen[] = [
    { do: 'hold', kind: 'review' },
    { do: 'tag', tag: 'looked-at' },
    { do: 'set-priority', priority: chance.below(3) },
    { do: 're-source' },
    { do: 'cancel' },
    { do: 'notify', text: 'look' },
  ];
  return {
    id: chance.pick(['u1', 'u2', 'u3']),
    name: 'rule',
    enabled: chance.yes(0.7),
    when,
    ...(chance.yes(0.5) && { if: { unitsMin: 1 + chance.below(6) } }),
    // oxlint-disable-next-line unicorn/no-thenable
    then: chance.yes(0.8) ? [chance.pick(actions)] : [chance.pick(actions), { do: 'notify', text: 'look' }],
  };
}

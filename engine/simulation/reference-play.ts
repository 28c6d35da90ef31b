import type { ChannelId, GroupId, PoolId, SafetyId } from '../contract/ids.ts';
import type { ReferenceBatch, SafetyRef } from '../contract/reference.ts';
import type { Chance } from './chance.ts';
import { draftKit } from './kits.ts';
import { CHANNELS, channelRef, GROUPS, groupRef, NODES, nodeRef, SKUS } from './retailer.ts';

// Reference data changes while promises stand and requests are on their way.

export function changeReference(chance: Chance, nowMs: number): ReferenceBatch {
  return chance.pick(CHANGES)(chance, nowMs);
}

const CHANGES: readonly ((chance: Chance, nowMs: number) => ReferenceBatch)[] = [
  (chance) => {
    const changes = { safety: chance.below(3), enabled: chance.yes(0.8), kind: chance.pick(['store', 'dc'] as const) };
    return { of: 'nodes', rows: [nodeRef(chance.pick(NODES), changes)] };
  },
  (chance) => {
    const nodes = NODES.filter(() => chance.yes(0.6));
    return { of: 'groups', rows: [groupRef(chance.pick(Object.keys(GROUPS)), nodes)] };
  },
  (chance) => {
    const row = { sku: chance.pick(SKUS), node: chance.pick(NODES), enabled: chance.yes(0.6) };
    return { of: 'switches', rows: [row] };
  },
  (chance, nowMs) => {
    const sku = chance.pick(SKUS);
    const first = chance.yes(0.3) ? { availableFrom: nowMs + chance.pick([1, 61_000, 3_600_000]) } : {};
    const department = chance.yes(0.5) ? { department: chance.pick(['shoes', 'hats']) } : {};
    const bound = chance.yes(0.3) ? { unitsPerCustomerMax: 2 + chance.below(4) } : {};
    return {
      of: 'items',
      rows: [{ sku, name: sku, scale: 0, enabled: chance.yes(0.7), ...department, ...bound, ...first }],
    };
  },
  (chance) => {
    const id = chance.pick(Object.keys(CHANNELS));
    const group = chance.yes(0.3) ? chance.pick(Object.keys(GROUPS)) : (CHANNELS[id] ?? '');
    const threshold = chance.pick([0, 1, 2, 5]);
    return { of: 'channels', rows: [{ ...channelRef(id, group as GroupId), ...(threshold > 0 && { threshold }) }] };
  },
  (chance) => ({ of: 'kits', rows: [draftKit(chance)] }),
  setAside,
  setAside,
  (chance, nowMs) => ({ of: 'safety', rows: [safetyRule(chance, nowMs)] }),
  (chance, nowMs) => ({ of: 'safety', rows: [safetyRule(chance, nowMs)] }),
];

/** Few rows, so that they replace each other, of few units, so that they matter. */
export function setAside(chance: Chance): ReferenceBatch {
  const rows = Array.from({ length: 1 + chance.below(2) }, () => ({
    id: chance.pick(['p1', 'p2']) as PoolId,
    channel: chance.pick(Object.keys(CHANNELS)) as ChannelId,
    sku: chance.pick(SKUS),
    units: chance.pick([0, 1, 3, 6]),
  }));
  return { of: 'pools', rows };
}

/** Dates around now, so that they come while the run lasts. */
function safetyRule(chance: Chance, nowMs: number): SafetyRef {
  const from = nowMs + chance.pick([-3_600_000, 1, 5_000, 61_000, 600_000]);
  return {
    id: chance.pick(['r1', 'r2', 'r3']) as SafetyId,
    units: chance.below(4),
    ...(chance.yes(0.5) && { sku: chance.pick(SKUS) }),
    ...(chance.yes(0.5) && { node: chance.pick(NODES) }),
    ...(chance.yes(0.2) && { department: chance.pick(['shoes', 'hats']) }),
    ...(chance.yes(0.2) && { nodeKind: chance.pick(['store', 'dc'] as const) }),
    ...(chance.yes(0.6) && { from }),
    ...(chance.yes(0.5) && { to: from + chance.pick([1, 60_000, 900_000]) }),
  };
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GroupId, NodeId } from '../engine/contract/ids.ts';
import type { NodeRef } from '../engine/contract/reference.ts';
import { kmBetween, NEAR_NODES_MAX, nearestPickups, roundPlace } from './near.ts';
import { DC, TestEngine } from './test-engine.ts';

const like = new TestEngine().reference.nodes.get(DC)!;
const place = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});

test('distances known from the map', () => {
  expect(kmBetween({ lat: 41.59, lon: -93.62 }, { lat: 41.88, lon: -87.63 })).toBeCloseTo(498, 0);
  expect(kmBetween({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })).toBeCloseTo(111.2, 0);
  expect(kmBetween({ lat: 90, lon: 0 }, { lat: -90, lon: 0 })).toBeCloseTo(20_015, 0);
});

test('[ST8] [ST15] the nearest few of the group that hand out, within the distance, nearest first, against sorting all', () => {
  const km = fc.option(fc.integer({ min: 1, max: 20_100 }), { nil: undefined });
  const spots = fc.array(fc.tuple(place, fc.boolean(), fc.boolean(), fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(place, km, spots, (at, within, list) => {
      const here = within === undefined ? at : { ...at, km: within };
      const nodes = new Map<NodeId, NodeRef>();
      const members: NodeId[] = [];
      for (const [index, [at, enabled, pickup, inGroup]] of list.entries()) {
        const id = `N${String(index).padStart(2, '0')}` as NodeId;
        nodes.set(id, { ...like, ...at, id, enabled, capabilities: pickup ? ['pickup'] : ['ship'] });
        if (inGroup) members.push(id);
      }
      const found = nearestPickups(here, nodes, { id: 'g' as GroupId, nodes: members });
      const all = members
        .map((id) => nodes.get(id)!)
        .filter((one) => one.enabled && one.capabilities.includes('pickup'))
        .map((one) => Math.round(kmBetween(here, one) * 10) / 10)
        .filter((distance) => distance <= (within ?? Infinity))
        .sort((a, b) => a - b);
      expect(found.map(({ km }) => km)).toEqual(all.slice(0, NEAR_NODES_MAX));
    }),
  );
});

test('[ST8] places are rounded to a neighbourhood', () => {
  expect(roundPlace({ lat: 41.586_42, lon: -93.625_09 })).toEqual({ lat: 41.59, lon: -93.63 });
});

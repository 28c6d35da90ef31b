import { expect, test } from 'vitest';
import type { EngineStats } from '../engine/api.ts';
import type { ChannelStock } from '../engine/contract/change.ts';
import type { NodeId, SourceId } from '../engine/contract/ids.ts';
import type { ChannelRef } from '../engine/contract/reference.ts';
import { opsState, type OpsInput } from './ops-state.ts';
import { stockState } from './stock-state.ts';
import { TestEngine } from './test-engine.ts';

test('[AV5] [ST13] a page is told that a number is stale, and since when nobody reported', () => {
  const shown = { channel: {} as ChannelRef, units: true };
  const fresh = { ats: 4, band: 'in-stock', unplaced: 0, asOf: 900 } as unknown as ChannelStock;
  expect(stockState(shown, fresh, () => 0)).toEqual({
    band: 'in-stock',
    availability: 'InStock',
    units: 4,
    asOf: 900,
  });
  const stale = stockState(shown, { ...fresh, band: 'back-order', ats: 0, silentSince: 950 }, () => 0);
  expect(stale).toEqual({
    band: 'back-order',
    availability: 'BackOrder',
    units: 0,
    asOf: 900,
    stale: true,
    silentSince: 950,
  });
});

test('[AV5] the operator sees the longest silences first, and how many there are', async () => {
  const engine = new TestEngine();
  const silent = Array.from({ length: 60 }, (_, n) => ({
    node: `S-${n}` as NodeId,
    source: 'erp' as SourceId,
    since: 1_000_000 - n,
  }));
  const stats = { ...(await engine.stats()), silent } as EngineStats;
  const none = { movers: [], low: [], reservations: [], letters: [], eventsBySource: new Map() };
  const input = { at: 2_000_000, seconds: 1, stats, before: undefined, pushes: 0, pushMs: null, sockets: 0, ...none };
  const { alerts } = opsState({ ...input, reference: engine.reference } as unknown as OpsInput);
  expect(alerts.silentNodes).toBe(60);
  expect(alerts.silent).toHaveLength(50);
  expect(alerts.silent[0]).toEqual({ source: 'erp', node: 'S-59', since: 999_941, freshMs: 0 });
});

import { expect, test } from 'vitest';
import type { EngineStats } from '../engine/api.ts';
import type { ChannelStock } from '../engine/contract/change.ts';
import type { NodeId, SourceId } from '../engine/contract/ids.ts';
import type { ChannelRef } from '../engine/contract/reference.ts';
import { opsState, type OpsInput } from './ops-state.ts';
import { stockState } from './stock-state.ts';
import { TestEngine } from './test-engine.ts';
import { onHand, startTestServer } from './test-server.ts';
import { openSocket } from './test-socket.ts';

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

test('[ST14] a page hears that its tills have fallen silent, and that they are heard again', async () => {
  const server = await startTestServer();
  const pos = server.engine.reference.sources.get('pos' as SourceId)!;
  await server.engine.apply({ of: 'sources', rows: [{ ...pos, freshMs: 200 }] });
  await server.feed([onHand('A', 5)]);
  const page = openSocket(server.url);
  await page.next('welcome');
  page.say({ type: 'subscribe', id: 1, ch: 'stock', keys: ['A'] });
  expect(await page.next('status')).toMatchObject({ ch: 'stock', state: 'stale', ageMs: expect.any(Number) });
  // With the old bound it would be silent again at once.
  await server.engine.apply({ of: 'sources', rows: [pos] });
  await server.feed([onHand('A', 6)]);
  expect(await page.next('status')).toEqual({ type: 'status', ch: 'stock', state: 'live', ageMs: 0 });
  page.close();
  await server.stop();
});

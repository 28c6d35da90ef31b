import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from './api.ts';
import type { StockChange } from './contract/change.ts';
import type { ReservationId } from './contract/ids.ts';
import type { NoticesPage, RetoldChange } from './contract/notice.ts';
import type { ReserveRequest } from './contract/reservation.ts';
import { openTestEngine, testFolder } from './shard/test-engine.ts';
import { CLIENT, counted, reserving } from './shard/test-fixture.ts';

/** Crossings and shortfalls of a shard behind a fact, each as text. */
function told(changes: readonly (StockChange | RetoldChange)[], shard: number, after: number): string[] {
  const of = changes.filter(({ position }) => position.startsWith(`${shard}.`));
  const crossed = of.flatMap(({ sku, crossings = [] }) =>
    crossings.map(({ channel, was, band, revision }) => ({ revision, text: `${sku} ${channel} ${was} ${band}` })),
  );
  const short = of.flatMap(({ revision, shortfalls = [] }) =>
    shortfalls.map(({ sku, node, units, by }) => ({ revision, text: `${sku} ${node} ${units} ${by.position}` })),
  );
  const behind = [...crossed, ...short].filter(({ revision }) => revision > after);
  return behind.map(({ revision, text }) => `${revision} ${text}`).toSorted();
}

async function retold(engine: Engine, shard: number, after: number): Promise<string[]> {
  const answer = await engine.retell(shard, after);
  expect(answer).not.toHaveProperty('status');
  return 'status' in answer ? [] : told(answer.changes, shard, after);
}

test('[AV6][AV7] what was published of bands and shortfalls is told again from the journal, from any fact on', async () => {
  const dataDir = testFolder();
  // One event a batch, so that what is published is what each fact did; snapshots often, so that replays begin with some.
  const first = await openTestEngine({ dataDir, snapshotEveryFacts: 10 });
  let at = 0;
  for (const [name, ...quantities] of [
    [1, 9, 2, 0, 7, 3, 9],
    [2, 5, 0, 5, 0, 5],
    [3, 1, 9, 1, 9, 0],
  ] as const) {
    for (const quantity of quantities) await first.engine.record([counted(name, quantity, `c${++at}`)], at);
    await first.engine.reserve(reserving(`k${name}`, [name]));
    await first.engine.record([counted(name, 0, `c${++at}`)], at);
  }
  const { lsns, position } = await first.engine.historyHead();
  expect(lsns).toHaveLength(4);
  expect(position).toBeGreaterThanOrEqual(Math.max(...lsns));
  await first.engine.close();

  const { engine } = await openTestEngine({ dataDir });
  let compared = 0;
  for (const [shard, head] of lsns.entries()) {
    for (const after of [0, 1, Math.floor(head / 2), head - 1, head]) {
      const before = told(first.changes, shard, after);
      expect({ shard, after, told: await retold(engine, shard, after) }).toEqual({ shard, after, told: before });
      compared += before.length;
    }
  }
  expect(compared).toBeGreaterThan(50);
});

async function held(engine: Engine, request: ReserveRequest): Promise<ReservationId> {
  const outcome = await engine.reserve(request);
  if (outcome.status !== 'reserved') throw new Error(outcome.code);
  return outcome.reservation.id;
}

async function noticesTo(engine: Engine, count: number, after = 0): Promise<NoticesPage> {
  for (;;) {
    const page = await engine.notices({ after, limit: 100 });
    if (!('status' in page) && page.notices.length >= count) return page;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('[RS4][FD9] expiries of holds of one and of many shards, and letters, are noticed in the order of the journal', async () => {
  const dataDir = testFolder();
  const { engine: first } = await openTestEngine({ dataDir });
  await first.record(
    [1, 2, 3, 4].map((name) => counted(name, 9)),
    1,
  );
  const one = await held(first, reserving('one', [1], 1_000));
  const many = await held(first, reserving('many', [1, 2, 3, 4], 1_000));
  const letter = { source: 'wms', receivedAt: 1, code: 'broken-json', message: 'no', place: 'line 1', format: 'json' };
  const [id] = await first.keepLetters([{ ...letter, original: '{', truncated: false }]);
  await first.release(await held(first, reserving('released', [2])), CLIENT);
  const page = await noticesTo(first, 3);
  const seen = page.notices.map(({ notice }) =>
    'reservation' in notice ? notice.reservation : 'id' in notice && notice.id,
  );
  expect(new Set(seen)).toEqual(new Set([id, one, many]));
  expect(JSON.stringify(page)).not.toContain('original');
  const positions = page.notices.map(({ position }) => position);
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  expect((await noticesTo(first, 2, positions[0])).notices).toEqual(page.notices.slice(1));
  await first.close();

  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `ledger.sqlite${suffix}`), { force: true });
  const { engine } = await openTestEngine({ dataDir });
  expect((await noticesTo(engine, 3)).notices).toEqual(page.notices);
});

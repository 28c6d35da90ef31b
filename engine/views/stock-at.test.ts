import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '../api.ts';
import type { SkuStock } from '../contract/change.ts';
import type { Sku } from '../contract/ids.ts';
import type { Moment } from '../contract/past.ts';
import { openTestEngine, testFolder } from '../shard/test-engine.ts';
import { CLIENT, counted, NODE, reserving, sku, sold } from '../shard/test-fixture.ts';
import { keepAnchors } from './anchors.ts';

// A real engine with its threads: what was answered at a moment is remembered, and asked for later. Many more histories
// play in replay.test.ts, without threads.

interface Remembered {
  readonly moment: Moment;
  readonly sku: Sku;
  readonly stock: SkuStock;
}

const NAMES = 4;
const acts = fc.array(
  fc.record({
    what: fc.constantFrom('count', 'sell', 'sell', 'reserve', 'reserve-many', 'release', 'safety'),
    name: fc.nat(NAMES - 1),
    units: fc.integer({ min: 1, max: 9 }),
    remember: fc.constantFrom('time', 'position', 'nothing'),
  }),
  { minLength: 12, maxLength: 20 },
);
type Acts = readonly { what: string; name: number; units: number; remember: string }[];

async function play(engine: Engine, run: string, drawn: Acts): Promise<Remembered[]> {
  const remembered: Remembered[] = [];
  const held: string[] = [];
  for (const [i, { what, name, units, remember }] of drawn.entries()) {
    const id = `${run}-${i}`;
    switch (what) {
      case 'count':
        await engine.record([counted(name, units, id)], 1);
        break;
      case 'sell':
        await engine.record([sold(name, id)], 1);
        break;
      case 'reserve':
      case 'reserve-many': {
        const names = what === 'reserve' ? [name] : [0, 1, 2];
        const outcome = await engine.reserve(reserving(id, names));
        if (outcome.status === 'reserved') held.push(outcome.reservation.id);
        break;
      }
      case 'release':
        for (const each of held.splice(0, 1)) await engine.release(each as never, CLIENT);
        break;
      case 'safety': {
        const node = engine.reference.nodes.get(NODE);
        if (node !== undefined) await engine.apply({ of: 'nodes', rows: [{ ...node, safety: units }] });
        break;
      }
    }
    const [stock] = await engine.stock([sku(name)]);
    if (stock === undefined || remember === 'nothing') continue;
    if (remember === 'position') remembered.push({ moment: { position: stock.position }, sku: stock.sku, stock });
    else remembered.push({ moment: { atMs: thisMoment() }, sku: stock.sku, stock });
  }
  return remembered;
}

/** A millisecond that is over: nothing that comes later is of it. */
function thisMoment(): number {
  const at = Date.now();
  while (Date.now() <= at);
  return at;
}

async function expectRemembered(engine: Engine, all: readonly Remembered[]): Promise<void> {
  for (const { moment, sku: name, stock } of all) {
    expect({ moment, past: await engine.stockAt(name, moment) }).toMatchObject({ moment, past: { stock } });
  }
}

test('[AV8] what was shown at a moment is what a replay says, now and after a restart', async () => {
  let asked = 0;
  const model = fc.asyncProperty(
    acts,
    acts,
    fc.constantFrom(5, 20, 1_000),
    async (first, second, snapshotEveryFacts) => {
      const dataDir = testFolder();
      const before = await openTestEngine({ dataDir, snapshotEveryFacts, projector: false });
      const shown = await play(before.engine, 'a', first);
      await expectRemembered(before.engine, shown);
      await before.engine.close();
      const after = await openTestEngine({ dataDir, snapshotEveryFacts, projector: false });
      shown.push(...(await play(after.engine, 'b', second)));
      await expectRemembered(after.engine, shown);
      await after.engine.close();
      asked += shown.length;
    },
  );
  await fc.assert(model, { numRuns: 2, endOnFailure: true });
  expect(asked).toBeGreaterThan(4);
});

test('[AV8] a sku over a whole history: every position gives the number it was answered with', async () => {
  const dataDir = testFolder();
  const { engine } = await openTestEngine({ dataDir, journal: 'sqlite', projector: false });
  const shown: Remembered[] = [];
  for (let i = 0; i < 25; i++) {
    await engine.record([i % 7 === 0 ? counted(1, 50 + i, `c${i}`) : sold(1, `s${i}`)], 1);
    const [stock] = await engine.stock([sku(1)]);
    if (stock !== undefined) shown.push({ moment: { position: stock.position }, sku: sku(1), stock });
  }
  expect(shown).toHaveLength(25);
  await expectRemembered(engine, shown);
});

test('[AV8] moments that cannot be answered are refused with a reason', async () => {
  const { engine } = await openTestEngine({ dataDir: testFolder(), projector: false });
  const beforeAll = thisMoment();
  await engine.record([counted(1, 5)], 1);
  const [stock] = await engine.stock([sku(1)]);
  const [shard, lsn] = (stock?.position ?? '').split('.').map(Number) as [number, number];
  const code = async (moment: Moment, of = sku(1)) => {
    const answer = await engine.stockAt(of, moment);
    return 'status' in answer ? answer.code : 'answered';
  };
  expect(await code({ position: 'here' })).toBe('malformed-position');
  expect(await code({ position: `${(shard + 1) % 4}.1` })).toBe('position-of-another-shard');
  expect(await code({ position: `${shard}.${lsn + 1_000}` })).toBe('not-yet');
  expect(await code({ atMs: Date.now() + 60_000 })).toBe('not-yet');
  expect(await code({ atMs: beforeAll })).toBe('unknown-sku');
  expect(await code({ position: `${shard}.${lsn}` })).toBe('answered');
});

test('[AV8] more replays than may wait are refused as overloaded, the others are answered', async () => {
  const { engine } = await openTestEngine({ dataDir: testFolder(), projector: false });
  await engine.record([counted(1, 5)], 1);
  const [stock] = await engine.stock([sku(1)]);
  const asked = Array.from({ length: 9 }, () => engine.stockAt(sku(1), { position: stock?.position ?? '' }));
  const settled = await Promise.allSettled(asked);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as object] : []));
  expect(refused).toEqual(Array.from({ length: 5 }, () => expect.objectContaining({ code: 'overloaded' })));
});

test('[AV8] beyond the last snapshot kept and the journal, a question says that it reaches too far', async () => {
  const dataDir = testFolder();
  const { engine } = await openTestEngine({ dataDir, journal: 'sqlite', snapshotEveryFacts: 10, projector: false });
  await engine.record([counted(1, 5)], 1);
  const [old] = await engine.stock([sku(1)]);
  // SQLite deletes what every shard keeps in two snapshots; nothing keeps it for the past.
  for (let i = 0; i < 400; i++) await engine.record([sold(i % 40, `s${i}`)], 1);
  expect(await engine.stockAt(sku(1), { position: old?.position ?? '' })).toMatchObject({ code: 'beyond-history' });
  const [now] = await engine.stock([sku(1)]);
  expect(await engine.stockAt(sku(1), { position: now?.position ?? '' })).toMatchObject({ stock: now });
});

test('[AV8] one snapshot a day and shard is kept for the past, as long as the history', async () => {
  const dataDir = testFolder();
  const { engine } = await openTestEngine({ dataDir, projector: false });
  for (let i = 0; i < 20; i++) await engine.record([counted(i, 5)], 1);
  await engine.close();
  const dirs = { snapshotsDir: join(dataDir, 'snapshots'), anchorsDir: join(dataDir, 'anchors') };
  const day = 86_400_000;
  const keep = (nowMs: number): string[] => {
    keepAnchors({ ...dirs, shards: 15, keepMs: 30 * day }, nowMs);
    return readdirSync(dirs.anchorsDir).toSorted();
  };
  const first = keep(Date.now());
  expect(first).toEqual(readdirSync(dirs.snapshotsDir).toSorted());
  expect(keep(Date.now()), 'nothing new').toEqual(first);

  // The next day's snapshots: the first ones are a day older than they were.
  const yesterday = new Date(Date.now() - 1.5 * day);
  for (const name of first) utimesSync(join(dirs.anchorsDir, name), yesterday, yesterday);
  const again = await openTestEngine({ dataDir, projector: false });
  for (let i = 0; i < 20; i++) await again.engine.record([counted(i, 6, `later ${i}`)], 1);
  await again.engine.close();
  const both = keep(Date.now());
  expect(both.length).toBeGreaterThan(first.length);
  expect(both).toEqual(expect.arrayContaining(first));
  expect(keep(Date.now() + 29 * day)).not.toEqual(expect.arrayContaining(first));
});

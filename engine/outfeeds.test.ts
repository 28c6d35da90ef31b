import { expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './api.ts';
import type { OutfeedId } from './contract/ids.ts';
import type { OutfeedPage, OutfeedState } from './contract/outfeed.ts';
import { openTestEngine, testFolder } from './shard/test-engine.ts';
import { counted, sku } from './shard/test-fixture.ts';

const ID = 'wms' as OutfeedId;
const row = { id: ID, skus: [sku(1)] };

/** Asks until the outfeed reaches the offset: the ledger follows the journal. */
async function pageTo(engine: Engine, head: number): Promise<OutfeedPage> {
  for (;;) {
    const page = await engine.outfeed({ id: ID, from: 1, limit: 100 });
    if (!('status' in page) && page.head >= head) return page;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('[OF1][OF2] an outfeed has what happens from its definition on, is told of, and goes on after a restart', async () => {
  const dataDir = testFolder();
  const told: OutfeedState[] = [];
  const publishOutfeeds = (moved: readonly OutfeedState[]): void => void told.push(...moved);
  const { engine: first } = await openTestEngine({ dataDir, publishOutfeeds });
  await first.record([counted(1, 3)], 1);
  expect(await first.apply({ of: 'outfeeds', rows: [row] })).toMatchObject({ status: 'applied' });
  first.followOutfeeds(true);
  await first.record([counted(1, 5), counted(2, 9)], 2);
  const before = await pageTo(first, 1);
  expect(before).toMatchObject({ first: 1, head: 1, events: [{ o: 1, movement: { sku: sku(1), units: 5 } }] });
  expect(told.at(-1)).toEqual({ id: ID, e: before.e, first: 1, head: 1 });
  await first.close();

  rmSync(join(dataDir, 'ledger.sqlite'));
  const { engine } = await openTestEngine({ dataDir });
  expect(await pageTo(engine, 1)).toEqual(before);
  await engine.record([counted(1, 4)], 3);
  expect((await pageTo(engine, 2)).events[1]).toMatchObject({ o: 2, movement: { units: 4 } });
});

test('[OF1] an outfeed names what there is, stands in the audit log, and is no more once retired', async () => {
  const { engine } = await openTestEngine({ dataDir: testFolder() });
  const bad = { id: ID, nodes: ['nowhere' as never] };
  expect(await engine.apply({ of: 'outfeeds', rows: [bad] })).toMatchObject({
    code: 'names-unknown',
    refusedRows: [{ row: ID, field: 'nodes', value: 'nowhere' }],
  });
  const many = Array.from({ length: 101 }, (_, index) => ({ id: `f${index}` as OutfeedId }));
  expect(await engine.apply({ of: 'outfeeds', rows: many })).toMatchObject({ code: 'too-many-outfeeds' });
  await engine.apply({ of: 'outfeeds', rows: [row] }, { by: 'anna' });
  expect(await engine.referenceAudit({ of: 'outfeeds', limit: 5 })).toMatchObject({
    entries: [{ key: ID, by: 'anna' }],
  });
  await engine.apply({ of: 'outfeeds', rows: [] }, { retire: [ID] });
  expect(engine.reference.outfeeds.size).toBe(0);
  await engine.referenceAudit({ of: 'outfeeds', limit: 5 });
  expect(await engine.outfeed({ id: ID, from: 1, limit: 1 })).toMatchObject({ code: 'unknown-outfeed' });
});

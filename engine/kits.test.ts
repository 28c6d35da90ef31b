import { expect, test } from 'vitest';
import type { Sku } from './contract/ids.ts';
import { createPartition, shardOfSku } from './shard/partition.ts';
import { openTestEngine, testFolder } from './shard/test-engine.ts';
import { CLIENT, counted, NODE, sku } from './shard/test-fixture.ts';

const partition = createPartition({ stockShards: 4, promiseShards: 4, orderShards: 4, nodeShards: 2 });
const OTHER = Array.from({ length: 50 }, (_, i) => i + 1).find(
  (name) => shardOfSku(partition, sku(name)) !== shardOfSku(partition, sku(0)),
)!;
const PAIR = 'pair' as Sku;

test('[AV9][AV8] a kit is sold, pushed, explained and asked for as it was, also after a restart', async () => {
  const dataDir = testFolder();
  const { engine: first, changes } = await openTestEngine({ dataDir });
  const components = [sku(0), sku(OTHER)].map((part) => ({ sku: part, units: 1 }));
  expect(await first.apply({ of: 'kits', rows: [{ sku: PAIR, components }] })).toMatchObject({ status: 'applied' });
  await first.record([counted(0, 5), counted(OTHER, 7)], 1);
  const [before] = await first.stock([PAIR]);
  expect(before).toMatchObject({ sku: PAIR, channels: [{ channel: 'web', ats: 5 }], nodes: [{ available: 5 }] });

  const lines = [{ sku: PAIR, units: 2, node: NODE }];
  const [channel] = first.reference.channels.keys();
  const request = { key: 'k', client: CLIENT, channel: channel as never, lines, holdMs: 60_000, partial: false };
  expect(await first.reserve(request)).toMatchObject({
    status: 'reserved',
    reservation: { kits: [{ sku: PAIR, units: 2 }] },
  });
  const [after] = await first.stock([PAIR]);
  expect(after?.channels[0]?.ats).toBe(3);
  expect(changes.findLast((change) => change.sku === PAIR)).toMatchObject({ channels: after?.channels });
  expect(after!.revision).toBeGreaterThan(before!.revision);
  expect(await first.explain(PAIR, { channel: 'web' })).toMatchObject({ kit: { channels: [{ limitedBy: [sku(0)] }] } });
  await first.close();

  const { engine } = await openTestEngine({ dataDir });
  const [again] = await engine.stock([PAIR]);
  expect(again).toEqual(after);
  expect(await engine.stockAt(PAIR, { position: before!.position })).toMatchObject({ stock: before });
  const all = [];
  for await (const chunk of engine.allStock()) all.push(...chunk.map((one) => one.sku));
  expect(all.filter((each) => each === PAIR)).toHaveLength(1);
  await engine.close();
});

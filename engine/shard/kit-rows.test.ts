import { expect, test } from 'vitest';
import { COMPONENTS_MAX } from '../contract/kit.ts';
import type { Sku } from '../contract/ids.ts';
import { REFERENCE_REFUSALS } from '../contract/outcome.ts';
import type { KitRef } from '../contract/reference.ts';
import { retailer, skuId, delta } from '../stock/test-retailer.ts';
import { TestShards } from './test-shards.ts';

const START_MS = 1_767_600_000_000;

const kit = (sku: string, ...components: (readonly [sku: string, units: number])[]): KitRef => ({
  sku: sku as Sku,
  components: components.map(([part, units]) => ({ sku: part as Sku, units })),
});

const many = Array.from({ length: COMPONENTS_MAX + 1 }, (_, part) => [`p${part}`, 1] as const);
const pair = kit('pair', ['left', 1], ['right', 1]);

test.each<[code: string, before: KitRef[], rows: KitRef[]]>([
  ['components-out-of-bounds', [], [kit('pair')]],
  ['components-out-of-bounds', [], [kit('pair', ...many)]],
  ['components-out-of-bounds', [], [kit('pair', ['left', 0])]],
  ['component-twice', [], [kit('pair', ['shoe', 1], ['shoe', 1])]],
  ['kit-of-itself', [], [kit('pair', ['left', 1], ['pair', 1])]],
  ['kit-of-kits', [], [pair, kit('box', ['pair', 2])]],
  ['kit-of-kits', [pair], [kit('box', ['pair', 2])]],
  ['kit-of-kits', [kit('box', ['pair', 2])], [pair]],
])('[AV9] a kit that cannot be is refused and changes nothing: %s', (code, before, rows) => {
  const shards = new TestShards(START_MS, { stockShards: 2 }).apply(...retailer({ nodes: 1, skus: 1 }));
  if (before.length > 0) shards.apply({ of: 'kits', rows: before });
  const digests = shards.digests();
  const { intake } = shards.partition;
  const outcome = shards.run(intake, { do: 'change', by: 'ann', batch: { of: 'kits', rows } });
  expect(outcome).toMatchObject({ status: 'refused', code });
  expect(REFERENCE_REFUSALS).toHaveProperty(code);
  expect(shards.digests()).toEqual(digests);
});

test('[AV9] a kit is never retired, and what was stock becomes none', () => {
  const shards = new TestShards(START_MS, { stockShards: 2 }).apply(...retailer({ nodes: 1, skus: 1 }));
  shards.apply({ of: 'kits', rows: [pair] });
  shards.record(delta({ id: 'e', at: START_MS, quantity: 1 }));
  const change = { do: 'change', by: 'ann' } as const;
  const { intake } = shards.partition;
  expect(shards.run(intake, { ...change, batch: { of: 'kits', rows: [] }, retire: ['pair'] })).toMatchObject({
    code: 'kit-stays',
  });
  const rows = [kit(skuId(0), ['left', 1])];
  expect(shards.settled(shards.run(intake, { ...change, batch: { of: 'kits', rows } }))).toMatchObject({
    status: 'applied',
    refusedRows: [{ row: skuId(0), code: 'kit-has-stock' }],
  });
});

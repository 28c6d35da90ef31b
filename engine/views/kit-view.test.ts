import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SkuStock, StockChange } from '../contract/change.ts';
import type { Sku } from '../contract/ids.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import { channelRef, delta, itemRef, nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { TestShards } from '../shard/test-shards.ts';
import { explainKit } from './kit-questions.ts';
import { KitView } from './kit-view.ts';
import { LiveReference } from './reference-view.ts';

const START_MS = 1_767_600_000_000;
const SKUS = 4;
const NODES = 2;
const KIT = 'kit' as Sku;

/** Shards, main's reference data and its view of kits, with what it published. */
function newWorld(shards = new TestShards(START_MS, { stockShards: 3 })) {
  const reference = new LiveReference();
  for (const batch of shards.reference()) reference.apply(batch);
  const published: StockChange[] = [];
  /** Reads that have been asked and not answered. */
  const reads: (() => void)[] = [];
  const read = async (skus: readonly Sku[]): Promise<SkuStock[]> => {
    await new Promise<void>((resolve) => reads.push(resolve));
    return skus.flatMap((sku) => shards.stock(sku) ?? []);
  };
  const view = new KitView(reference, { read, publish: (changes) => void published.push(...changes) });
  const flush = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) {
      for (const answer of reads.splice(0)) answer();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  const take = (): void => view.take(shards.changes());
  const apply = async (batch: ReferenceBatch): Promise<void> => {
    shards.apply(batch);
    take();
    reference.apply(batch);
    view.learn([{ batch }]);
    await flush();
  };
  const stock = async (): Promise<SkuStock> => {
    const asked = view.stock([KIT]);
    await flush();
    return (await asked)[0] as SkuStock;
  };
  return { shards, reference, published, view, take, apply, stock, flush };
}

const define = (...components: (readonly [sku: number, units: number])[]): ReferenceBatch => ({
  of: 'kits',
  rows: [{ sku: KIT, components: components.map(([sku, units]) => ({ sku: skuId(sku), units })) }],
});

async function retailerWith(batch: ReferenceBatch): Promise<ReturnType<typeof newWorld>> {
  const world = newWorld();
  for (const each of retailer({ nodes: NODES, skus: SKUS })) await world.apply(each);
  await world.apply({ of: 'items', rows: [itemRef(KIT)] });
  await world.apply(batch);
  return world;
}

function sell(
  world: ReturnType<typeof newWorld>,
  id: string,
  [sku, node, quantity]: readonly [number, number, number],
): void {
  world.shards.record(delta({ id, at: START_MS, quantity, sku: skuId(sku), node: nodeId(node) }));
}

describe('the live stock of a kit', () => {
  test('[AV9] is the smallest quotient of its components, per channel and node, and follows each of them', async () => {
    const world = await retailerWith(define([0, 1], [1, 2]));
    expect(await world.stock()).toMatchObject({ channels: [{ ats: 0 }, { ats: 0 }, { ats: 0 }], nodes: [] });
    // sku, node, units, then ATS in web and till (node 0 alone), and what each node can put together
    const rows: [number, number, number, number, number, number[]][] = [
      [0, 0, 5, 0, 0, [0]],
      [1, 0, 7, 3, 3, [3]],
      [1, 1, 4, 5, 3, [3]],
      [0, 1, 1, 5, 3, [3, 1]],
      [0, 0, -4, 2, 1, [1, 1]],
    ];
    for (const [index, [sku, node, units, web, till, nodes]] of rows.entries()) {
      sell(world, `e${index}`, [sku, node, units]);
      world.take();
      const stock = await world.stock();
      expect(stock.channels.map(({ ats }) => ats)).toEqual([web, web, till]);
      expect(stock.nodes.map(({ available }) => available)).toEqual(nodes);
      const last = world.published.at(-1);
      expect([last?.revision, last?.channels]).toEqual([stock.revision, stock.channels]);
      expect(stock.kit?.components).toEqual([
        { sku: skuId(0), units: 1 },
        { sku: skuId(1), units: 2 },
      ]);
    }
  });

  test('[AV9][AV6] its band keeps to the limits of the channel, and between them to its components', async () => {
    const world = await retailerWith(define([0, 1]));
    await world.stock();
    const bands: string[] = [];
    // web: low at 5, clear above 8
    for (const [index, units] of [9, -2, -2, 2, 2, -9].entries()) {
      sell(world, `e${index}`, [0, 0, units]);
      world.take();
      bands.push((await world.stock()).channels[0]?.band ?? '');
    }
    expect(bands).toEqual(['in-stock', 'in-stock', 'low-stock', 'low-stock', 'in-stock', 'out-of-stock']);
    sell(world, 'more', [0, 0, 9]);
    await world.apply({ of: 'channels', rows: [channelRef('web', 'all', { lowAt: 20, clearAt: 30 })] });
    expect((await world.stock()).channels[0]?.band).toBe('low-stock');
    expect(world.published.at(-1)?.channels[0]?.band).toBe('low-stock');
  });

  test('[AV9] an item that is switched off sells no kit, and says so to who watches', async () => {
    const world = await retailerWith(define([0, 1]));
    sell(world, 'e', [0, 0, 9]);
    world.take();
    await world.stock();
    await world.apply({ of: 'items', rows: [itemRef(KIT, { enabled: false })] });
    expect(world.published.at(-1)).toMatchObject({ sku: KIT, channels: [{ ats: 0 }, { ats: 0 }, { ats: 0 }] });
  });

  test('[AV9][AV8] an explanation names the component that limits it', async () => {
    const world = await retailerWith(define([0, 1], [1, 2]));
    sell(world, 'a', [0, 0, 5]);
    sell(world, 'b', [1, 0, 7]);
    world.take();
    await world.stock();
    const parts = await world.view.parts(KIT);
    const { channels } = explainKit(parts, { channel: 'web' });
    expect(channels).toMatchObject([
      {
        channel: 'web',
        ats: 3,
        limitedBy: [skuId(1)],
        components: [
          { ats: 5, kits: 5 },
          { ats: 7, kits: 3 },
        ],
      },
    ]);
  });

  test('[AV9] against division: one revision is one content and each is greater, over redefinitions and restarts', async () => {
    const sale = fc.tuple(fc.nat(SKUS - 1), fc.nat(NODES - 1), fc.integer({ min: -3, max: 9 }));
    const step = fc.oneof(
      { weight: 5, arbitrary: sale },
      { weight: 1, arbitrary: fc.constantFrom(define([0, 1], [1, 2]), define([2, 1]), define([1, 1], [2, 1], [3, 2])) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('read' as const, 'restart' as const, 'switch' as const, 'late' as const),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), async (steps) => {
        let world = await retailerWith(define([0, 1], [1, 2]));
        const contents = new Map<number, string>();
        let newest = 0;
        const see = ({ revision, channels }: Pick<SkuStock, 'revision' | 'channels'>): void => {
          expect(revision).toBeGreaterThanOrEqual(newest);
          newest = revision;
          expect(contents.get(revision) ?? JSON.stringify(channels)).toBe(JSON.stringify(channels));
          contents.set(revision, JSON.stringify(channels));
        };
        let late: Promise<SkuStock[]> | undefined;
        for (const [index, each] of steps.entries()) {
          if (each === 'late') late ??= world.view.stock([KIT]);
          else if (each === 'read') see(await world.stock());
          else if (each === 'switch')
            await world.apply({ of: 'items', rows: [itemRef(KIT, { enabled: index % 2 === 0 })] });
          else if (each === 'restart') {
            await world.flush();
            await late;
            late = undefined;
            world = restarted(world);
          } else if (Array.isArray(each)) {
            sell(world, `e${index}`, each);
            world.take();
          } else await world.apply(each as ReferenceBatch);
          for (const change of world.published.splice(0)) if (change.sku === KIT) see(change);
        }
        await world.flush();
        await late;
        const stock = await world.stock();
        see(stock);
        const off = world.reference.items.get(KIT)?.enabled === false;
        const web = world.reference.kits.get(KIT)!.components.map(({ sku, units }) => {
          return Math.floor((world.shards.stock(sku)?.channels[0]?.ats ?? 0) / units);
        });
        expect(stock.channels[0]?.ats).toBe(off ? 0 : Math.min(...web));
      }),
      { numRuns: 60 },
    );
  });
});

/** The process ends; main learns from the shards what they hold. */
const restarted = ({ shards }: ReturnType<typeof newWorld>): ReturnType<typeof newWorld> => newWorld(shards);

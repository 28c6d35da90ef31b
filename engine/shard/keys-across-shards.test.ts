import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelId, ClientId } from '../contract/ids.ts';
import type { Outcome } from '../contract/command.ts';
import type { ReserveOutcome, ReserveRequest } from '../contract/reservation.ts';
import { delta, nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { shardOfSku } from './partition.ts';
import { TestShards } from './test-shards.ts';

const START_MS = 1_767_600_000_000;
const SKUS = 6;

function newShards(onHand = 100): TestShards {
  const shards = new TestShards(START_MS, { stockShards: 3 }).apply(...retailer({ nodes: 2, skus: SKUS }));
  for (let sku = 0; sku < SKUS; sku++) {
    shards.record(delta({ id: `e${sku}`, at: START_MS, quantity: onHand, sku: skuId(sku) }));
  }
  return shards;
}

interface Asked {
  readonly skus: readonly number[];
  readonly units?: number;
  readonly key?: string;
  readonly partial?: boolean;
  readonly channel?: string;
}

function request({ skus, units = 1, key = 'k', partial = false, channel = 'web' }: Asked): ReserveRequest {
  const lines = skus.map((sku) => ({ sku: skuId(sku), units, node: nodeId(0) }));
  const holdMs = 60_000;
  return { key, client: 'shop' as ClientId, channel: channel as ChannelId, lines, holdMs, partial };
}

/** One sku of each shard, then another of the first one's. */
function skusApart(shards: TestShards): { x: number; y: number; z: number; beside: number } {
  const of = (shard: number): number[] =>
    Array.from({ length: SKUS }, (_, sku) => sku).filter((sku) => shardOfSku(shards.partition, skuId(sku)) === shard);
  const [x = 0, beside = x] = of(shardOfSku(shards.partition, skuId(0)));
  const others = [0, 1, 2].filter((shard) => shard !== shardOfSku(shards.partition, skuId(x)));
  return { x, beside, y: of(others[0] as number)[0] as number, z: of(others[1] as number)[0] as number };
}

const said = (outcome: Outcome): string => ('code' in outcome ? outcome.code : outcome.status);

describe('a key over several shards', () => {
  test('[RS2] a key used in one shard is reused by other content that spans it, and the other way round', () => {
    const shards = newShards();
    const { x, y, z, beside } = skusApart(shards);
    // key, skus, what is said
    const rows: [string, number[], string][] = [
      ['a', [x], 'reserved'],
      ['a', [x, y], 'key-reused'],
      ['a', [y, x, z], 'key-reused'],
      ['a', [x], 'reserved'],
      ['b', [x, y], 'reserved'],
      ['b', [x], 'key-reused'],
      ['b', [y], 'key-reused'],
      ['b', [beside], 'key-reused'],
      ['b', [x, z], 'key-reused'],
      ['b', [x, y], 'reserved'],
    ];
    for (const [key, skus, should] of rows) {
      expect(said(shards.reserve(request({ key, skus }))), `${key} ${skus.join()}`).toBe(should);
    }
    expect(shards.replayed()).toEqual([shards.digests(), shards.digests()]);
  });

  test('[RS2] a no about stock keeps the key over shards; any other no leaves it free', () => {
    const shards = newShards(1);
    const { x, y } = skusApart(shards);
    expect(said(shards.reserve(request({ skus: [x, y], units: 2 })))).toBe('units-exceed-available');
    expect(said(shards.reserve(request({ skus: [x] })))).toBe('key-reused');
    expect(said(shards.reserve(request({ key: 'other', skus: [x, y], channel: 'nowhere' })))).toBe('unknown-channel');
    expect(said(shards.reserve(request({ key: 'other', skus: [x] })))).toBe('reserved');
  });

  test('[RS2] a part under a used key ends the whole, also where only stock may fall short', () => {
    const shards = newShards();
    const { x, y } = skusApart(shards);
    shards.reserve(request({ skus: [x] }));
    expect(said(shards.reserve(request({ skus: [x, y], partial: true })))).toBe('key-reused');
    expect(said(shards.reserve(request({ skus: [y], key: 'new', units: 100 })))).toBe('reserved');
  });

  test('[RS2] a key is free again a day after its reservation has ended, over shards too', () => {
    const shards = newShards();
    const { x, y } = skusApart(shards);
    shards.reserve(request({ skus: [x, y] }));
    shards.pass(60_000);
    shards.pass(86_400_000);
    shards.record(...[x, y].map((sku) => delta({ id: 'next', at: START_MS, quantity: 0, sku: skuId(sku) })));
    expect(said(shards.reserve(request({ skus: [x] })))).toBe('reserved');
  });

  test('[RS2] whatever is sent under few keys, of contents that share a sku one is reserved at most', () => {
    const ask = fc.record({
      key: fc.constantFrom('a', 'b'),
      skus: fc.uniqueArray(fc.integer({ min: 0, max: SKUS - 1 }), { minLength: 1, maxLength: 3 }),
      units: fc.constantFrom(1, 3),
      partial: fc.boolean(),
      channel: fc.constantFrom('web', 'web', 'web', 'nowhere'),
    });
    const step = fc.oneof(ask, ask, fc.nat(3));
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 14, size: 'max' }), (steps) => {
        const shards = newShards(8);
        const begun: { asked: ReserveRequest; outcome: Outcome }[] = [];
        for (const each of steps) {
          if (typeof each === 'number') shards.deliver(each);
          else begun.push({ asked: request(each), outcome: shards.begin(request(each)) });
        }
        const ended = begun.map(({ asked, outcome }) => ({
          asked,
          outcome: shards.settled(outcome) as ReserveOutcome,
        }));
        requireOneEach(ended);
        const digests = shards.digests();
        // Every answer that sticks is the answer to the same again; nothing of that makes another fact.
        const stuck = ended.filter(({ outcome }) => sticks(outcome));
        expect(stuck.map(({ asked }) => shards.reserve(asked))).toEqual(stuck.map(({ outcome }) => outcome));
        expect(shards.digests()).toEqual(digests);
        expect(shards.replayed()).toEqual([digests, digests]);
      }),
      { numRuns: 150 },
    );
  });
});

const sticks = (outcome: ReserveOutcome): boolean => ['reserved', 'units-exceed-available'].includes(said(outcome));

function requireOneEach(ended: readonly { asked: ReserveRequest; outcome: ReserveOutcome }[]): void {
  const reserved = ended.filter(({ outcome }) => outcome.status === 'reserved');
  for (const [index, one] of reserved.entries()) {
    for (const other of reserved.slice(0, index)) {
      const same = JSON.stringify(one.asked) === JSON.stringify(other.asked);
      const shared = one.asked.lines.some(({ sku }) => other.asked.lines.some((line) => line.sku === sku));
      if (one.asked.key !== other.asked.key || !shared) continue;
      expect(same, `${one.asked.key} is reserved twice`).toBe(true);
      expect(one.outcome).toEqual(other.outcome);
    }
  }
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sku } from '../contract/ids.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { createPartition, kindOf, placeReserve, shardOfSku, splitEvents, splitReference } from './partition.ts';

const partition = createPartition({ stockShards: 16, promiseShards: 4, orderShards: 2, nodeShards: 2 });
const head = { source: 'wms', id: 'e', at: 1, node: 'N' } as const;
const anEvent = fc.oneof(
  fc.nat(500).map((n) => ({ ...head, kind: 'delta', sku: `s${n}`, quantity: 1, reason: 'sale' }) as never),
  fc.constant({ ...head, kind: 'complete', covers: 'book' } as never),
  fc.constant({ ...head, kind: 'heartbeat' } as never),
) as fc.Arbitrary<StockEvent>;

function deciding(event: StockEvent): number[] {
  if (event.kind === 'heartbeat') return [20];
  return event.kind === 'complete' ? [...Array(16).keys()] : [shardOfSku(partition, event.sku)];
}

test('every event reaches exactly the shards that decide about it, in the order given', () => {
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 100 }), (events) => {
      const parts = splitEvents(partition, events);
      for (const { indexes } of parts) expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
      events.forEach((event, index) => {
        const shards = parts.filter((part) => part.indexes.includes(index)).map(({ shard }) => shard);
        expect(shards.toSorted((a, b) => a - b)).toEqual(deciding(event));
      });
      for (const part of parts) expect(part.events).toEqual(part.indexes.map((index) => events[index]));
    }),
  );
});

test('kinds of shards come in the order stock, promise, intake, order, node', () => {
  const kinds = Array.from({ length: partition.shards }, (_, shard) => kindOf(partition, shard));
  expect(kinds.join(' ')).toBe(`${'stock '.repeat(16)}${'promise '.repeat(4)}intake order order node node`);
});

const request = (key: string, ...skus: string[]): ReserveRequest =>
  ({ key, client: 'c', channel: 'web', lines: skus.map((sku) => ({ sku, units: 1, node: 'N' })) }) as never;

test('[RS2] a reservation of one shard is decided there, a wider one by the promise shard of its client and key', () => {
  const sku = 'a' as Sku;
  const other = Array.from({ length: 100 }, (_, i) => `s${i}` as Sku).find(
    (each) => shardOfSku(partition, each) !== shardOfSku(partition, sku),
  )!;
  expect(placeReserve(partition, request('k', sku, sku))).toMatchObject({
    shard: shardOfSku(partition, sku),
    command: { do: 'reserve' },
  });
  const wide = placeReserve(partition, request('k', sku, other));
  const shards = [shardOfSku(partition, sku), shardOfSku(partition, other)];
  expect(wide.command).toMatchObject({ do: 'reserve', shards });
  expect(kindOf(partition, wide.shard)).toBe('promise');
  expect(placeReserve(partition, request('k', sku, other)).shard).toBe(wide.shard);
});

test('rows of skus go to the shard of their sku, also what is retired; other rows go to every shard that looks at them', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({ sku: `s${i}` as Sku }));
  const items = splitReference(partition, { batch: { of: 'items', rows: rows as never }, retire: ['t1', 't2'] });
  for (const { shard, batch, retire = [] } of items) {
    const skus = (batch as Extract<ReferenceBatch, { of: 'items' }>).rows.map(({ sku }) => sku);
    for (const sku of [...skus, ...retire]) expect(shardOfSku(partition, sku as Sku)).toBe(shard);
  }
  expect(items.reduce((sum, { batch }) => sum + batch.rows.length, 0)).toBe(200);
  expect(items.flatMap(({ retire = [] }) => retire).toSorted()).toEqual(['t1', 't2']);

  const pools = splitReference(partition, { batch: { of: 'pools', rows: [] }, retire: ['s7\np'] });
  expect(pools.map(({ shard }) => shard)).toEqual([shardOfSku(partition, 's7' as Sku)]);

  const nodes = splitReference(partition, { batch: { of: 'nodes', rows: [{ id: 'N' }] as never } });
  const { stockShards, orders, shards } = partition;
  const behind = Array.from({ length: shards - orders }, (_, index) => orders + index);
  expect(nodes.map(({ shard }) => shard)).toEqual([...Array(stockShards).keys(), ...behind]);

  const sourcing = splitReference(partition, { batch: { of: 'sourcing', rows: [{ id: 'live' }] as never } });
  expect(sourcing.map(({ shard }) => kindOf(partition, shard))).toEqual(['order', 'order']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChannelId, ClientId } from '../contract/ids.ts';
import {
  newestPage,
  type Reservation,
  type ReservationsAfter,
  type ReservationsAsked,
} from '../contract/reservation.ts';
import { delta, nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { TestShards } from './test-shards.ts';

const START_MS = 1_767_600_000_000;
const SKUS = 4;

/** What the engine asks of its shards, without threads. */
function page(shards: TestShards, asked: ReservationsAsked): Reservation[] {
  const numbers = Array.from({ length: shards.partition.intake }, (_, shard) => shard);
  const all = numbers.flatMap((shard) => {
    const answer = shards.shard(shard).machine.answer({ ask: 'reservations', ...asked }, shards.nowMs);
    return answer.answer === 'reservations' ? answer.reservations : [];
  });
  return newestPage(all, asked);
}

function pages(shards: TestShards, asked: ReservationsAsked): Reservation[] {
  const seen: Reservation[] = [];
  for (let after: ReservationsAfter | undefined; ;) {
    const held = page(shards, { ...asked, ...(after !== undefined && { after }) });
    seen.push(...held);
    after = held.at(-1);
    if (held.length < asked.limit || after === undefined) return seen;
  }
}

const reserve = fc.record({
  client: fc.constantFrom('shop', 'app'),
  skus: fc.uniqueArray(fc.integer({ min: 0, max: SKUS - 1 }), { minLength: 1, maxLength: 2 }),
  holdMs: fc.constantFrom(1_000, 60_000),
  passMs: fc.constantFrom(0, 0, 400),
});

test('[RS3] pages hold every held reservation of a client once, newest first, whoever else has how many', () => {
  const steps = fc.array(reserve, { minLength: 1, maxLength: 30, size: 'max' });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), fc.nat(), (asked, limit, pick) => {
      const shards = new TestShards(START_MS, { stockShards: 2 }).apply(...retailer({ nodes: 1, skus: SKUS }));
      const made: Reservation[] = [];
      for (let sku = 0; sku < SKUS; sku++)
        shards.record(delta({ id: 'e', at: START_MS, quantity: 99, sku: skuId(sku) }));
      for (const [index, { client, skus, holdMs, passMs }] of asked.entries()) {
        const lines = skus.map((sku) => ({ sku: skuId(sku), units: 1, node: nodeId(0) }));
        const whose = { client: client as ClientId, channel: 'web' as ChannelId };
        const outcome = shards.reserve({ key: `k${index}`, ...whose, lines, holdMs, partial: false });
        if (outcome.status === 'reserved') made.push(outcome.reservation);
        shards.pass(passMs);
      }
      const gone = made[pick % made.length];
      if (gone !== undefined && pick % 2 === 0) {
        shards.release(gone.id, gone.client);
      }
      const held = made.filter((one) => one.expiresAt > shards.nowMs && !(one === gone && pick % 2 === 0));
      for (const client of ['shop', 'app', undefined] as (ClientId | undefined)[]) {
        const seen = pages(shards, { limit, ...(client !== undefined && { client }) });
        const should = held.filter((one) => client === undefined || one.client === client);
        expect(seen.map(({ id }) => id).toSorted()).toEqual(should.map(({ id }) => id).toSorted());
        expect(seen).toEqual(newestPage(seen, { limit: seen.length }));
      }
    }),
    { numRuns: 100 },
  );
});

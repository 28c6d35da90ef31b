import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelId, ClientId, GroupId, ReservationId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { StockPortCommand, StockPortReply } from '../contract/stock-port.ts';
import { delta, nodeId, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SAGA = 'r20-1' as ReservationId;

function newShard(): TestShard {
  const shard = new TestShard(START_MS).apply(...retailer({ nodes: 2, skus: 2 }));
  for (const [index, sku] of [skuId(0), skuId(1)].entries()) {
    shard.record(delta({ id: `e${index}`, at: START_MS, quantity: 5, sku }));
  }
  shard.changes();
  return shard;
}

const atNode = (sku: number, units: number): ReserveLine => ({ sku: skuId(sku), units, node: nodeId(0) });

function holdPart(
  lines: readonly ReserveLine[],
  changes?: { saga?: ReservationId; partial?: boolean; keyDigest?: string; startedAt?: number },
): StockPortCommand {
  const whose = { client: 'shop' as ClientId, keyDigest: `key of ${changes?.saga ?? SAGA}` };
  const asked = { channel: 'web' as ChannelId, lines, partial: false };
  return { do: 'hold-part', saga: SAGA, replyTo: 20, startedAt: START_MS, ...whose, ...asked, ...changes };
}

const endPart = (reason: 'released' | 'expired' | 'abandoned', saga = SAGA): StockPortCommand => {
  return { do: 'end-part', saga, replyTo: 20, reason };
};

/** Gives the command and returns its only answer. */
function ask(shard: TestShard, command: StockPortCommand): StockPortReply {
  const { outcome, requests } = shard.decide(command);
  expect(outcome).toEqual({ status: 'applied' });
  expect(requests.map((request) => request.shard)).toEqual([20]);
  return requests[0]?.command as StockPortReply;
}

const available = (shard: TestShard): (number | undefined)[] =>
  [0, 1].map((sku) => shard.stock(skuId(sku))?.nodes[0]?.available);

describe("a participant's part of a hold over several shards", () => {
  test('[RS1] is held, all lines or none, and answered to the coordinator', () => {
    const shard = newShard();
    const lines = [atNode(0, 2), atNode(1, 3)];
    expect(ask(shard, holdPart(lines))).toEqual({
      do: 'part-held',
      saga: SAGA,
      shard: 7,
      outcome: { status: 'held', lines },
    });
    expect(available(shard)).toEqual([3, 2]);
    const second = 'r20-2' as ReservationId;
    const refused = { status: 'refused', code: 'units-exceed-available', field: 'lines[1].units', units: 2 };
    expect(ask(shard, holdPart([atNode(0, 3), atNode(1, 3)], { saga: second }))).toMatchObject({ outcome: refused });
    expect(available(shard)).toEqual([3, 2]);
  });

  test('the same request again gets the same answer and no fact', () => {
    const shard = newShard();
    const second = 'r20-2' as ReservationId;
    for (const command of [holdPart([atNode(0, 2)]), holdPart([atNode(0, 9)], { saga: second }), endPart('released')]) {
      const first = ask(shard, command);
      const digest = shard.digest();
      expect(ask(shard, command)).toEqual(first);
      expect(shard.digest()).toBe(digest);
    }
    // A hold asked for once more after it was given back stays given back.
    expect(ask(shard, holdPart([atNode(0, 2)]))).toMatchObject({ outcome: { status: 'held' } });
    expect(available(shard)).toEqual([5, 5]);
  });

  test('[RS5] keeps its units and nothing else from others while the coordinator is silent', () => {
    const shard = newShard();
    ask(shard, holdPart([atNode(0, 2), atNode(1, 5)]));
    const asked = { client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
    const outcomes = [atNode(0, 3), atNode(1, 1)].map((line, index) => {
      shard.nowMs += DAY_MS;
      return shard.run({ do: 'reserve', request: { ...asked, key: `k${index}`, lines: [line] } });
    });
    expect(outcomes).toMatchObject([{ status: 'reserved' }, { status: 'refused', code: 'units-exceed-available' }]);
    expect(shard.record(delta({ id: 'more', at: START_MS, quantity: 1, sku: skuId(1) })).status).toBe('recorded');
    expect(available(shard)).toEqual([0, 1]);
  });

  test('[RS5] whoever stays silent, each command is answered at once, as if the held units were simply gone', () => {
    const step = fc.record({
      act: fc.constantFrom('hold-part', 'end-part', 'reserve'),
      saga: fc.integer({ min: 1, max: 4 }),
      sku: fc.constantFrom(0, 1),
      units: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const shard = newShard();
        const left = [5, 5];
        const answers: [answer: unknown, expected: unknown][] = [];
        const parts = new Map<number, { sku: number; units: number } | 'over'>();
        for (const [index, { act, saga, sku, units }] of steps.entries()) {
          shard.nowMs += 1_000;
          const id = `r20-${saga}` as ReservationId;
          const fits = units <= (left[sku] ?? 0);
          const known = parts.get(saga);
          if (act === 'reserve') {
            const asked = { client: 'shop' as ClientId, channel: 'web' as ChannelId, holdMs: HOUR_MS, partial: false };
            const request = { ...asked, key: `k${index}`, lines: [atNode(sku, units)] };
            answers.push([shard.run({ do: 'reserve', request }).status, fits ? 'reserved' : 'refused']);
            if (fits) left[sku] = (left[sku] ?? 0) - units;
          } else if (act === 'end-part') {
            answers.push([ask(shard, endPart('released', id)).do, 'part-ended']);
            if (typeof known === 'object') left[known.sku] = (left[known.sku] ?? 0) + known.units;
            parts.set(saga, 'over');
          } else if (known === undefined) {
            const answer = ask(shard, holdPart([atNode(sku, units)], { saga: id }));
            answers.push([answer.do === 'part-held' && answer.outcome.status, fits ? 'held' : 'refused']);
            parts.set(saga, fits ? { sku, units } : 'over');
            if (fits) left[sku] = (left[sku] ?? 0) - units;
          }
          answers.push([available(shard), [...left]]);
        }
        expect(answers.map(([answer]) => answer)).toEqual(answers.map(([, expected]) => expected));
      }),
    );
  });

  test('[RS4] never expires on its own: only the coordinator ends it', () => {
    const shard = newShard();
    ask(shard, holdPart([atNode(0, 2)]));
    expect(shard.machine.dueAt()).toBe(Infinity);
    shard.nowMs += 30 * DAY_MS;
    expect(shard.decide({ do: 'tick' }).facts).toEqual([]);
    expect(available(shard)).toEqual([3, 5]);
    expect(ask(shard, endPart('expired'))).toEqual({ do: 'part-ended', saga: SAGA, shard: 7 });
    expect(available(shard)).toEqual([5, 5]);
  });

  test('[RS1] a repetition that comes a day late, when its part is over and forgotten, holds nothing', () => {
    const shard = newShard();
    ask(shard, holdPart([atNode(0, 2)]));
    ask(shard, endPart('released'));
    shard.nowMs += DAY_MS;
    // Any fact makes the shard look what it may forget.
    shard.record(delta({ id: 'more', at: shard.nowMs, quantity: 1, sku: skuId(1) }));
    const { facts, requests } = shard.decide(holdPart([atNode(0, 2)]));
    expect(facts).toEqual([]);
    expect(requests).toMatchObject([{ shard: 20, command: { do: 'part-held', outcome: { status: 'refused' } } }]);
    expect(available(shard)).toEqual([5, 6]);
  });

  test('a saga given up before its request arrives leaves that request without effect', () => {
    const shard = newShard();
    expect(ask(shard, endPart('abandoned'))).toEqual({ do: 'part-ended', saga: SAGA, shard: 7 });
    expect(ask(shard, holdPart([atNode(0, 2)]))).toMatchObject({ do: 'part-held', outcome: { status: 'refused' } });
    expect(available(shard)).toEqual([5, 5]);
  });

  test('parts that ended are forgotten a day later, held ones never', () => {
    const shard = newShard();
    const second = 'r20-2' as ReservationId;
    ask(shard, holdPart([atNode(0, 2)]));
    ask(shard, holdPart([atNode(1, 2)], { saga: second }));
    ask(shard, endPart('released', second));
    shard.nowMs += DAY_MS;
    shard.record(delta({ id: 'later', at: START_MS, quantity: 0 }));
    expect(shard.decide(holdPart([atNode(0, 2)])).facts).toEqual([]);
    const anew = { saga: second, startedAt: shard.nowMs };
    expect(shard.decide(holdPart([atNode(1, 2)], anew)).facts).toHaveLength(1);
  });

  test('[RS1] partly: what there is; unknown names are refused like anywhere', () => {
    const shard = newShard();
    const partly = ask(
      shard,
      holdPart([atNode(0, 9), { sku: skuId(1), units: 9, group: 'all' as GroupId }], { partial: true }),
    );
    const lines = [atNode(0, 5), { sku: skuId(1), units: 5, group: 'all' }];
    expect(partly).toMatchObject({ outcome: { status: 'held', lines } });
    const bad = holdPart([{ sku: skuId(9), units: 1, node: nodeId(0) }], { saga: 'r20-3' as ReservationId });
    expect(ask(shard, bad)).toMatchObject({ outcome: { code: 'unknown-sku', field: 'lines[0].sku' } });
  });

  test('[RS4] units of a hold that is over are there for a part although nobody ticked', () => {
    const shard = newShard();
    const request = {
      key: 'k',
      client: 'shop' as ClientId,
      channel: 'web' as ChannelId,
      lines: [atNode(0, 5)],
      holdMs: 1_000,
      partial: false,
    };
    shard.run({ do: 'reserve', request });
    shard.nowMs += 1_000;
    expect(ask(shard, holdPart([atNode(0, 5)]))).toMatchObject({ outcome: { status: 'held' } });
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({ reserved: 5, short: 0 });
  });
});

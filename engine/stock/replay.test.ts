import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeStock, SkuStock } from '../contract/change.ts';
import type { StockCommand } from '../contract/command.ts';
import type {
  AllocationId,
  ChannelId,
  ClientId,
  GroupId,
  NodeId,
  PoolId,
  ReservationId,
  SafetyId,
  Sku,
} from '../contract/ids.ts';
import type { NodeHealth } from '../contract/query.ts';
import type { PoolRef, SafetyRef } from '../contract/reference.ts';
import type { RecordedEvent } from './event-identity.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from './test-history.ts';
import { channelRef, delta, nodeId, nodeRef, retailer, skuId } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

// Same facts, same state: by replay, and by an image with the facts behind it. Reservations, parts, reference data and
// feeds are mixed, so that every part of the state takes part.

const CLIENT = 'shop' as ClientId;

/** Turns a history into commands: every second event brings something else along. */
function commandsOf(events: readonly RecordedEvent[], picks: readonly number[]): StockCommand[] {
  return events.flatMap((event, index) => {
    const recorded: StockCommand = { do: 'record', event, receivedAt: HISTORY_END_MS };
    return index % 2 === 0 ? [recorded, otherCommand(picks[index % picks.length] ?? 0, index)] : [recorded];
  });
}

function otherCommand(pick: number, index: number): StockCommand {
  const sku = skuId(index % HISTORY_SKUS);
  const node = nodeId(index % HISTORY_NODES);
  const lines = [
    { sku, units: 1, node },
    { sku, units: 1, group: 'all' as GroupId },
  ];
  const channel = 'web' as ChannelId;
  const all = { group: 'all' as GroupId };
  const saga = `r99-${(pick % 3) + 1}` as ReservationId;
  const request = { key: `k${index % 17}`, client: CLIENT, channel, lines, holdMs: 1_000 + 100 * pick, partial: true };
  const step = { allocation: `o${pick % 2}` as AllocationId, step: index };
  const places = pick % 2 === 0 ? { from: { node }, to: all } : { from: all, to: { node } };
  const choices: readonly StockCommand[] = [
    { do: 'reserve', request },
    { do: 'release', id: NEWEST, client: CLIENT },
    {
      do: 'hold-part',
      saga,
      replyTo: 1,
      startedAt: HISTORY_END_MS,
      client: CLIENT,
      keyDigest: `key of ${saga}`,
      channel,
      lines,
      partial: true,
    },
    { do: 'end-part', saga, replyTo: 1, reason: 'released' },
    { do: 'extend', request: { id: NEWEST, client: CLIENT, holdMs: 5_500 + pick } },
    {
      do: 'move',
      shard: 7,
      request: { key: `m${index}`, id: NEWEST, client: CLIENT, sku, ...places },
    },
    { do: 'move-part', saga, replyTo: 1, channel, move: index, sku, units: 1, ...places },
    { do: 'allocate', ...step, channel, lines, partial: true },
    { do: 'allocate-held', ...step, id: NEWEST, client: CLIENT, lines: lines.slice(pick % 2) },
    { do: 'move-allocated', ...step, sku, ...places },
    { do: 'reduce-allocated', ...step, lines: lines.slice(pick % 2) },
    { do: 'ship-allocated', ...step, as: 'shipped', lines: lines.slice(0, 1), happenedAt: HISTORY_END_MS - pick },
    { do: 'tick' },
    { do: 'apply', batch: { of: 'pools', rows: [poolRef(sku, pick)] } },
    { do: 'apply', batch: { of: 'safety', rows: [safetyRef(node, pick)] } },
    { do: 'apply', batch: { of: 'channels', rows: [channelRef('till', 'first', { threshold: pick % 4 })] } },
    { do: 'apply', batch: { of: 'nodes', rows: [nodeRef(node, { safety: pick % 3, enabled: pick % 5 !== 0 })] } },
  ];
  return choices[pick % choices.length] as StockCommand;
}

/** Stands for the reservation that a script made last. */
const NEWEST = 'r7-0' as ReservationId;

function poolRef(sku: Sku, pick: number): PoolRef {
  const channel = (['web', 'app', 'till'] as ChannelId[])[pick % 3] as ChannelId;
  return { id: `p${pick % 4}` as PoolId, channel, sku, units: pick % 5 };
}

/** Begins and ends within a script, which goes on 100 ms at a step. */
function safetyRef(node: NodeId, pick: number): SafetyRef {
  const from = HISTORY_END_MS + 100 * (pick % 20);
  const about = pick % 2 === 0 ? { node } : { nodeKind: 'store' as const };
  return { id: `s${pick % 3}` as SafetyId, units: pick % 4, from, to: from + 700, ...about };
}

const scripts = fc
  .tuple(histories, fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }))
  .map(([events, picks]) => [...receipts(), ...commandsOf(events, picks)]);

/** Something to promise at every position. */
function receipts(): StockCommand[] {
  return [0, 1].flatMap((sku) =>
    [0, 1].map((node): StockCommand => {
      const place = { sku: skuId(sku), node: nodeId(node) };
      const event = delta({ id: `r${sku}-${node}`, at: HISTORY_END_MS, quantity: 20, reason: 'receipt', ...place });
      return { do: 'record', event, receivedAt: HISTORY_END_MS };
    }),
  );
}

function shardAfter(commands: readonly StockCommand[]): TestShard {
  const shard = new TestShard(HISTORY_END_MS).apply(...retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS }));
  runAll(shard, commands);
  return shard;
}

function runAll(shard: TestShard, commands: readonly StockCommand[]): void {
  for (const command of commands) {
    shard.nowMs += 100;
    shard.run(ofNewest(shard, command));
  }
}

function ofNewest(shard: TestShard, command: StockCommand): StockCommand {
  const isNamed = command.do === 'release' || command.do === 'allocate-held';
  if (!isNamed && command.do !== 'extend' && command.do !== 'move') return command;
  const made = shard.facts.findLast((fact) => fact.fact === 'UnitsReserved');
  const id = made?.fact === 'UnitsReserved' ? made.reservation.id : NEWEST;
  if (isNamed) return { ...command, id };
  return { ...command, request: { ...command.request, id } } as StockCommand;
}

function healthOf(id: string, stock: readonly SkuStock[]): NodeHealth {
  const here = stock.flatMap(({ nodes }) => nodes.filter(({ node }) => node === id));
  const count = (test: (node: NodeStock) => boolean): number => here.filter(test).length;
  return {
    node: id as NodeId,
    positions: here.length,
    stocked: count(({ available }) => available > 0),
    low: count(({ available }) => available > 0 && available <= 3),
    short: count(({ short }) => short > 0),
  };
}

describe('state', () => {
  test('same facts give the same state, byte for byte', () => {
    fc.assert(
      fc.property(scripts, (commands) => {
        const shard = shardAfter(commands);
        expect(shard.replayed().digest()).toBe(shard.digest());
      }),
      { numRuns: 150 },
    );
  });

  test('an image taken while writes go on is the state at its beginning, and the facts behind it lead to the same end', () => {
    fc.assert(
      fc.property(scripts, fc.nat(80), (commands, cut) => {
        const at = Math.min(cut, commands.length);
        const shard = shardAfter(commands.slice(0, at));
        const { digest, image, length } = {
          digest: shard.digest(),
          image: shard.machine.beginImage(),
          length: shard.facts.length,
        };
        const pages: { page: number; bytes: Uint8Array }[] = [];
        for (const command of commands.slice(at)) {
          runAll(shard, [command]);
          const page = image.next();
          if (page !== undefined) pages.push(page);
        }
        for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
        expect(pages.length).toBe(image.pageCount);
        const restored = shard.newMachine();
        restored.restore(image.header, pages);
        expect(restored.digest()).toBe(digest);
        expect(restored.dueAt()).toBe(shard.replayed(shard.facts.slice(0, length)).dueAt());
        for (const [index, fact] of shard.facts.entries()) if (index >= length) restored.evolve(fact, index + 1);
        expect(restored.digest()).toBe(shard.digest());
        const ask = { ask: 'all-stock', limit: 100 } as const;
        expect(restored.answer(ask, shard.nowMs)).toEqual(shard.machine.answer(ask, shard.nowMs));
      }),
      { numRuns: 100 },
    );
  });

  test('an image may be given up, and another begun', () => {
    const shard = shardAfter([]);
    const image = shard.machine.beginImage();
    image.next();
    image.abandon();
    expect(image.next()).toBeUndefined();
    const second = shard.machine.beginImage();
    expect(second.next()).toBeDefined();
    expect(() => shard.machine.beginImage()).toThrow('one image at a time');
    second.abandon();
  });

  test('a decision changes nothing until its facts are applied', () => {
    fc.assert(
      fc.property(scripts, (commands) => {
        const shard = shardAfter(commands);
        const before = shard.digest();
        for (const command of commands) shard.machine.decide(command, shard.nowMs + 60_000);
        expect(shard.digest()).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  test('[AV1][AV2][AV5] sums and counts kept along the way are what counting anew gives', () => {
    fc.assert(
      fc.property(scripts, (commands) => {
        const shard = shardAfter(commands);
        const answer = shard.machine.answer({ ask: 'all-stock', limit: 100 }, shard.nowMs);
        const stock = answer.answer === 'stock' ? answer.stock : [];
        for (const { channels, nodes } of stock) {
          const newest = Math.max(0, ...nodes.flatMap(({ asOf }) => Object.values(asOf)));
          const all = nodes.reduce((sum, node) => sum + node.available, 0);
          const [web] = channels;
          expect(web?.asOf).toBe(newest);
          expect(web?.ats).toBe(Math.max(0, all - (web?.unplaced ?? 0) - (web?.pools ?? 0)));
        }
        const stats = shard.machine.answer({ ask: 'stats' }, shard.nowMs);
        const health = stats.answer === 'stats' ? stats.stats.health : [];
        expect(health).toEqual(health.map(({ node }) => healthOf(node, stock)));
      }),
      { numRuns: 150 },
    );
  });

  test('an image of another shard is not taken', () => {
    const shard = shardAfter([]);
    const image = shard.machine.beginImage();
    const other = new TestShard(0, { shard: 8 });
    expect(() => other.machine.restore(image.header, [])).toThrow('image is of shard 7, not 8');
    image.abandon();
  });
});

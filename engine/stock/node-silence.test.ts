import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelId, ClientId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { Silence } from '../contract/silence.ts';
import { DAY_MS, delta, itemRef, nodeId, nodeRef, POS, retailer, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const INTAKE = 20;
const MINUTE_MS = 60_000;

/** Ten of sku-0 at n0 and n1, one of them safety stock; n2 has nothing. `till` is n0 alone. */
function newShard(): TestShard {
  const nodes = [0, 1, 2].map((n) => nodeRef(nodeId(n), { safety: 1 }));
  const shard = new TestShard(START_MS).apply(...retailer({ nodes: 3, skus: 1 }), { of: 'nodes', rows: nodes });
  for (const n of [0, 1]) receive(shard, n);
  return shard;
}

let receipts = 0;
function receive(shard: TestShard, node: number, source = WMS): readonly ShardRequest[] {
  const about = { source, at: START_MS, quantity: 10, reason: 'receipt', node: nodeId(node) } as const;
  return shard.decide({ do: 'record', event: delta({ id: `r${receipts++}`, ...about }), receivedAt: shard.nowMs })
    .requests;
}

function tell(shard: TestShard, node: number, number: number, silence: Partial<Silence> | null) {
  const whole = silence && { source: WMS, since: START_MS - 1, widenUnits: 0, switchedOff: false, ...silence };
  return shard.decide({ do: 'node-silence', node: nodeId(node), number, replyTo: INTAKE, silence: whole });
}

/** `safety available off` of n0, then ATS and staleness of web and till. */
function shown(shard: TestShard): string {
  const stock = shard.stock(skuId(0));
  const [node] = stock?.nodes ?? [];
  const of = (id: string): string => {
    const channel = stock?.channels.find((one) => one.channel === id);
    return `${id} ${channel?.ats}${channel?.silentSince === undefined ? '' : ' stale'}`;
  };
  const { safety, available, off = 'on', silentSince } = node ?? {};
  return [safety, available, off, ...(silentSince === undefined ? [] : ['stale']), of('web'), of('till')].join(' ');
}

describe('a silent node', () => {
  test('[AV5] keeps back what silence adds, or sells nothing, and says so; its channel is stale when all its nodes are', () => {
    const shard = newShard();
    const rows: (readonly [number, Partial<Silence> | null, string])[] = [
      [0, {}, '1 9 on stale web 18 till 9 stale'],
      [0, { widenUnits: 3 }, '4 6 on stale web 15 till 6 stale'],
      [0, { switchedOff: true }, '1 0 silence stale web 9 till 0 stale'],
      [1, {}, '1 0 silence stale web 9 stale till 0 stale'],
      [2, {}, '1 0 silence stale web 9 stale till 0 stale'],
      [0, null, '1 9 on web 18 till 9'],
      [2, null, '1 9 on web 18 till 9'],
    ];
    for (const [index, [node, silence, should]] of rows.entries()) {
      tell(shard, node, index + 1, silence);
      expect([index, shown(shard)]).toEqual([index, should]);
    }
    expect(shard.facts.slice(-rows.length).map(({ fact }) => fact)).toEqual([
      'NodeWentStale',
      'SilenceStepReached',
      'SilenceStepReached',
      'NodeWentStale',
      'NodeWentStale',
      'NodeCameBack',
      'NodeCameBack',
    ]);
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test('[AV5] [AV4] the units that silence adds are said apart, and are eaten after ordinary stock like all safety stock', () => {
    const shard = newShard();
    tell(shard, 0, 1, { widenUnits: 3 });
    const hold = { key: 'k', client: 'c' as ClientId, channel: 'web' as ChannelId, holdMs: 60_000, partial: false };
    const request = { ...hold, lines: [{ sku: skuId(0), node: nodeId(0), units: 6 }] };
    expect(shard.run({ do: 'reserve', request })).toMatchObject({ status: 'reserved' });
    tell(shard, 0, 2, { widenUnits: 5 });
    expect(shard.stock(skuId(0))?.nodes[0]).toMatchObject({
      onHand: 10,
      reserved: 6,
      safety: 6,
      safetyWidened: 5,
      safetyUsed: 2,
      available: 0,
      short: 0,
      silentSince: START_MS - 1,
    });
  });

  test('[AV5] a word that comes again, or late, is answered and changes nothing', () => {
    const shard = newShard();
    tell(shard, 0, 5, { widenUnits: 2 });
    const before = shard.digest();
    for (const number of [5, 4]) {
      const { facts, requests } = tell(shard, 0, number, null);
      expect([facts, requests]).toEqual([
        [],
        [{ shard: INTAKE, command: { do: 'silence-told', node: nodeId(0), number, shard: 7 } }],
      ]);
    }
    expect(shard.digest()).toBe(before);
  });

  test('[AV5] every sku of the node is published, and again when it comes back', () => {
    const shard = newShard();
    shard.changes();
    tell(shard, 0, 1, {});
    expect(shard.changes()).toMatchObject([{ sku: skuId(0), nodes: [{ node: nodeId(0), silentSince: START_MS - 1 }] }]);
    tell(shard, 0, 2, null);
    expect(shard.changes()[0]?.nodes[0]).not.toHaveProperty('silentSince');
  });

  test('[AV5] [AV3] what can be promised for a date keeps back what silence adds', () => {
    const shard = newShard();
    tell(shard, 0, 1, { widenUnits: 3 });
    const asked = { sku: skuId(0), channel: 'till' as ChannelId, dates: [START_MS, START_MS + DAY_MS] };
    const answer = shard.machine.answer({ ask: 'atp', ...asked }, START_MS);
    expect(answer).toMatchObject({ outcome: { dates: [{ units: 6 }, { units: 6 }] } });
  });

  test('[AV5] [AV8] an explanation knows why the safety stock is what it is', () => {
    const shard = newShard();
    tell(shard, 0, 1, { widenUnits: 3 });
    const answer = shard.machine.answer({ ask: 'terms', sku: skuId(0) }, START_MS);
    expect(answer).toMatchObject({ terms: { nodes: [{ silence: { source: WMS, widenUnits: 3 } }, {}] } });
  });
});

describe('hearing the owner', () => {
  test('[AV5] the first event of a grain is told to the intake shard, one of another source is not', () => {
    const shard = newShard().apply({ of: 'sources', rows: [sourceRef(WMS, { freshMs: 16 * MINUTE_MS })] });
    const heardAt = (): number[] =>
      receive(shard, 0).map(({ command }) => (command.do === 'owner-heard' ? command.heardAt - START_MS : -1));
    const rows: (readonly [number, readonly number[]])[] = [
      [MINUTE_MS - 1, []],
      [MINUTE_MS, [MINUTE_MS]],
      [MINUTE_MS + 1, []],
      [3 * MINUTE_MS, [3 * MINUTE_MS]],
    ];
    for (const [ms, told] of rows) {
      shard.nowMs = START_MS + ms;
      expect(heardAt()).toEqual(told);
    }
    shard.nowMs += DAY_MS;
    const { requests } = shard.decide({
      do: 'record',
      event: delta({ id: 'sale', source: POS, at: START_MS, quantity: -1 }),
      receivedAt: shard.nowMs,
    });
    expect(requests).toEqual([]);
  });

  test('[AV5] what was told last is told again after a restart, and of a new owner nothing old', () => {
    const shard = newShard();
    const told = (): string[] =>
      shard.machine
        .outstanding()
        .map(({ command }) => (command.do === 'owner-heard' ? `${command.node} ${command.source}` : ''));
    expect(told()).toEqual([`${nodeId(0)} ${WMS}`, `${nodeId(1)} ${WMS}`]);
    const owner = sourceRef(POS);
    shard.apply({ of: 'sources', rows: [owner] }, { of: 'nodes', rows: [nodeRef(nodeId(0), { owner: POS })] });
    expect(receive(shard, 0, POS)).toMatchObject([{ shard: INTAKE, command: { source: POS } }]);
    expect(told()).toEqual([`${nodeId(0)} ${POS}`, `${nodeId(1)} ${WMS}`]);
  });

  test('[AV5] after any history image and replay give the same state', () => {
    const act = fc.record({ node: fc.nat(2), how: fc.nat(4), after: fc.nat(100_000) });
    const property = fc.property(fc.array(act, { minLength: 1, maxLength: 30, size: 'max' }), (acts) => {
      const shard = newShard();
      for (const [index, { node, how, after }] of acts.entries()) {
        shard.nowMs += after;
        if (how === 0) receive(shard, node);
        else if (how === 1) tell(shard, node, index + 1, null);
        else if (how === 2) shard.apply({ of: 'items', rows: [itemRef(skuId(0), { enabled: after % 2 === 0 })] });
        else tell(shard, node, index + 1, { widenUnits: after % 12, switchedOff: how === 4, since: shard.nowMs });
      }
      expect(shard.replayed().digest()).toBe(shard.digest());
      const image = shard.machine.beginImage();
      const pages = Array.from({ length: image.pageCount }, () => image.next()!);
      const restored = shard.newMachine();
      restored.restore(image.header, pages);
      expect(restored.digest()).toBe(shard.digest());
      const asked = { ask: 'stock', skus: [skuId(0)] } as const;
      expect(restored.answer(asked, shard.nowMs)).toEqual(shard.machine.answer(asked, shard.nowMs));
      const audit = shard.machine.answer({ ask: 'audit', limit: 10 }, shard.nowMs);
      expect(audit).toMatchObject({ audit: { violations: [] } });
    });
    fc.assert(property, { numRuns: 60 });
  });
});

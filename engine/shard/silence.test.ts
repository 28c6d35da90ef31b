import { expect, test } from 'vitest';
import type { Command } from '../contract/command.ts';
import type { EventId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { NodeRef, ReferenceBatch, SourceRef } from '../contract/reference.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { createShard } from './machines.ts';
import { createPartition, shardOfSku } from './partition.ts';
import { TurnRecords } from './turn-records.ts';

const START_MS = 1_795_478_400_000;
const MINUTE_MS = 60_000;
const WMS = 'wms' as SourceId;
const STORE = 'store' as NodeId;
const partition = createPartition({ stockShards: 2, promiseShards: 1, orderShards: 1, nodeShards: 1 });

/** Every shard, and the requests between them: those of a turn are delivered before the next, unless they are lost. */
class Shards {
  readonly shards = Array.from({ length: partition.shards }, (_, shard) =>
    createShard(partition, shard, { holdsPerClientMax: 10, unitsPerLineMax: 10 }),
  );
  minute = 0;
  #number = 0;
  readonly #records = new TurnRecords();

  run(shard: number, command: Command): readonly ShardRequest[] {
    return this.shards[shard]?.run(command, START_MS + this.minute * MINUTE_MS, this.#records).requests ?? [];
  }

  deliver(requests: readonly ShardRequest[]): void {
    for (const { shard, command } of requests) this.deliver(this.run(shard, command));
  }

  apply(batch: ReferenceBatch): void {
    this.deliver(this.run(partition.intake, { do: 'change', by: 'ann', batch }));
  }

  pass(toMinute: number, deliver = true): void {
    for (; this.minute < toMinute; this.minute++) this.tick(deliver);
    this.tick(deliver);
  }

  tick(deliver: boolean): void {
    const nowMs = START_MS + this.minute * MINUTE_MS;
    for (const { number, machine } of this.shards) {
      if (machine.dueAt() > nowMs) continue;
      const requests = this.run(number, { do: 'tick' });
      if (deliver) this.deliver(requests);
    }
  }

  receive(sku: Sku, quantity: number): void {
    const head = { source: WMS, id: `e${this.#number++}` as EventId, at: START_MS, node: STORE, sku } as const;
    const event: StockEvent = { ...head, kind: 'delta', quantity, reason: 'receipt' };
    this.deliver(this.run(shardOfSku(partition, sku), { do: 'record', event, receivedAt: 0 }));
    this.tick(true);
  }

  /** A crash: what is asked again. */
  askAgain(): void {
    for (const { machine } of this.shards) this.deliver(machine.outstanding());
  }

  /** `safety available` of each sku at the store. */
  shown(...skus: readonly Sku[]): string {
    return skus
      .map((sku) => {
        const answer = this.shards[shardOfSku(partition, sku)]?.machine.answer({ ask: 'stock', skus: [sku] }, 0);
        const node = answer?.answer === 'stock' ? answer.stock[0]?.nodes[0] : undefined;
        return `${node?.safety} ${node?.available}${node?.silentSince === undefined ? '' : ' stale'}`;
      })
      .join(', ');
  }
}

/** Two skus of different shards. */
const [A, B] = ['a', 'b', 'c', 'd', 'e', 'f'].reduce<[Sku?, Sku?]>((found, name) => {
  found[shardOfSku(partition, name as Sku)] ??= name as Sku;
  return found;
}, []) as [Sku, Sku];

function newShards(): Shards {
  const shards = new Shards();
  const grants = [{ nodes: 'all', kinds: ['delta'] }] as const;
  const whenSilent = { widen: { units: 1, everyMs: 10 * MINUTE_MS, maxUnits: 3 } };
  const source = { id: WMS, kind: 'wms', grants, unknownSku: 'create', lateMs: 86_400_000, freshMs: 16 * MINUTE_MS };
  shards.apply({ of: 'sources', rows: [{ ...source, whenSilent } as unknown as SourceRef] });
  const node = { id: STORE, owner: WMS, timeZone: 'UTC', hours: [], safety: 2, enabled: true };
  shards.apply({ of: 'nodes', rows: [node as unknown as NodeRef] });
  shards.receive(A, 10);
  shards.receive(B, 20);
  return shards;
}

test('[AV5] silence widens the safety stock in every shard step by step, and one event of one sku brings all back', () => {
  const shards = newShards();
  const rows: (readonly [number, string])[] = [
    [17, '2 8, 2 18'],
    [18, '3 7 stale, 3 17 stale'],
    [20, '4 6 stale, 4 16 stale'],
    [29, '4 6 stale, 4 16 stale'],
    [30, '5 5 stale, 5 15 stale'],
    [90, '5 5 stale, 5 15 stale'],
  ];
  for (const [minute, should] of rows) {
    shards.pass(minute);
    expect([minute, shards.shown(A, B)]).toEqual([minute, should]);
  }
  shards.receive(A, 1);
  expect(shards.shown(A, B)).toBe('2 9, 2 18');
});

test('[AV5] events of a busy node keep it fresh although only one a grain is told', () => {
  const shards = newShards();
  for (let minute = 1; minute <= 60; minute++) {
    shards.pass(minute);
    for (let i = 0; i < 3; i++) shards.receive(A, 1);
    expect(shards.shown(A)).not.toContain('stale');
  }
  expect(shards.shards[partition.intake]?.lsn).toBeLessThan(70);
  shards.pass(60 + 17);
  expect(shards.shown(A)).not.toContain('stale');
  shards.pass(60 + 18);
  expect(shards.shown(A)).toContain('stale');
});

test('[AV5] words that a crash swallowed are said again, old ones and all, and everybody agrees', () => {
  const shards = newShards();
  shards.pass(18, false);
  expect(shards.shown(A, B)).toBe('2 8, 2 18');
  shards.askAgain();
  expect(shards.shown(A, B)).toBe('3 7 stale, 3 17 stale');
  shards.pass(30, false);
  shards.askAgain();
  shards.askAgain();
  expect(shards.shown(A, B)).toBe('5 5 stale, 5 15 stale');
  const intake = shards.shards[partition.intake]?.machine;
  expect(intake?.outstanding()).toEqual([]);
});

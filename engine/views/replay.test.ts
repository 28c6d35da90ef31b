import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SkuStock } from '../contract/change.ts';
import type { Command } from '../contract/command.ts';
import type { Sku } from '../contract/ids.ts';
import { openSnapshotStore } from '../journal/snapshot-store.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { createShard } from '../shard/machines.ts';
import { createPartition, shardOfSku } from '../shard/partition.ts';
import { TurnRecords } from '../shard/turn-records.ts';
import { HISTORY_END_MS, HISTORY_NODES, HISTORY_SKUS, histories } from '../stock/test-history.ts';
import { nodeId, retailer, skuId } from '../stock/test-retailer.ts';
import { replayStock, type ReplayTask } from './replay.ts';
import { folder } from './test-ledger.ts';

// Two shards, a real journal with its archive and real snapshots: after every commit the numbers are written down, and at
// the end each is asked for, by position and by time.

const partition = createPartition({ stockShards: 2, promiseShards: 1, orderShards: 4, nodeShards: 2 });
const limits = { holdsPerClientMax: 10, unitsPerLineMax: 100 };
const skus = Array.from({ length: HISTORY_SKUS }, (_, n) => skuId(n));

const plans = fc.record({
  events: histories,
  /** Per event: ms that pass, a hold, a snapshot of a shard, a release of the journal to the archive. */
  turns: fc.array(fc.record({ passes: fc.nat(2), hold: fc.boolean(), snapshot: fc.nat(5), release: fc.nat(4) }), {
    minLength: 40,
    maxLength: 40,
  }),
  perCommit: fc.integer({ min: 1, max: 3 }),
});
type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;

interface Shown {
  readonly task: Pick<ReplayTask, 'sku' | 'until'>;
  readonly stock: SkuStock;
}

class World {
  readonly shards = [0, 1].map((shard) => createShard(partition, shard, limits));
  readonly shown: Shown[] = [];
  readonly #byTime = new Map<string, Shown>();
  readonly folder = folder();
  #nowMs = HISTORY_END_MS;
  readonly #records = new TurnRecords();
  /** Head before the newest commit. */
  #earlier = 0;

  get settings(): Omit<ReplayTask, 'sku' | 'shard' | 'until'> {
    const { dir, journal } = this.folder;
    const snapshotDirs = [join(dir, 'none'), join(dir, 'snapshots')];
    return { journalDir: join(dir, 'journal'), snapshotDirs, partition, limits, head: journal.head };
  }

  run(command: Command, to: readonly HostedShard[]): void {
    for (const shard of to) shard.run(command, this.#nowMs, this.#records);
  }

  ownerOf(sku: Sku): readonly HostedShard[] {
    return this.shards.slice(shardOfSku(partition, sku)).slice(0, 1);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  commit(): void {
    const batches = this.#records.take();
    if (batches.length === 0) return;
    this.#earlier = this.folder.journal.head;
    this.folder.journal.append(
      batches.map(({ records }) => records),
      this.#nowMs,
    );
    for (const sku of skus) this.#write(sku);
  }

  #write(sku: Sku): void {
    const answer = this.ownerOf(sku)[0]?.machine.answer({ ask: 'stock', skus: [sku] }, this.#nowMs);
    const stock = answer?.answer === 'stock' ? answer.stock[0] : undefined;
    if (stock === undefined) return;
    this.shown.push({ task: { sku, until: { lsn: stock.revision } }, stock });
    // A later commit of the same ms is what that time shows.
    this.#byTime.set(`${this.#nowMs} ${sku}`, { task: { sku, until: { atMs: this.#nowMs } }, stock });
  }

  async snapshot(shard: HostedShard | undefined): Promise<void> {
    if (shard === undefined || shard.lsn === 0) return;
    const store = openSnapshotStore({ dir: join(this.folder.dir, 'snapshots'), shard: shard.number });
    // As in the engine: where a recovery begins, which may be before the newest facts in it.
    const point = { lsn: shard.lsn, position: this.#earlier };
    const writer = store.begin(point, shard.machine.beginImage());
    while (!writer.step(100));
    await writer.finish();
  }

  everything(): readonly Shown[] {
    return [...this.shown, ...this.#byTime.values()];
  }
}

async function play({ events, turns, perCommit }: Plan): Promise<World> {
  const world = new World();
  for (const batch of retailer({ nodes: HISTORY_NODES, skus: HISTORY_SKUS }))
    world.run({ do: 'apply', batch }, world.shards);
  world.commit();
  for (const [i, event] of events.entries()) {
    const turn = turns[i % turns.length];
    if (turn === undefined) continue;
    world.run(
      { do: 'record', event, receivedAt: 1 },
      event.kind === 'complete' ? world.shards : world.ownerOf(event.sku),
    );
    if (turn.hold) world.run(reserve(i), world.ownerOf(skuId(i % HISTORY_SKUS)));
    if (i % perCommit !== 0) continue;
    world.commit();
    world.pass(turn.passes);
    await world.snapshot(world.shards[turn.snapshot]);
    if (turn.release === 0) world.folder.journal.releaseBefore(world.folder.journal.head);
  }
  world.commit();
  return world;
}

function reserve(i: number): Command {
  const lines = [{ sku: skuId(i % HISTORY_SKUS), units: 1, node: nodeId(i % HISTORY_NODES) }];
  const request = { key: `k${i}`, client: 'c', channel: 'web', lines, holdMs: 3_600_000, partial: false };
  return { do: 'reserve', request: request as never };
}

test('[AV8] every number ever shown is what a replay to its moment gives', async () => {
  let asked = 0;
  const model = fc.asyncProperty(plans, async (plan) => {
    const world = await play(plan);
    for (const { task, stock } of world.everything()) {
      const past = replayStock({ ...world.settings, ...task, shard: shardOfSku(partition, task.sku) });
      expect({ task, past }).toMatchObject({ task, past: { stock } });
      asked++;
    }
  });
  await fc.assert(model, { numRuns: 25 });
  expect(asked).toBeGreaterThan(100);
});

test('[AV8] a replay begins with the newest snapshot before the moment', async () => {
  const world = new World();
  for (const batch of retailer({ nodes: 1, skus: 1 })) world.run({ do: 'apply', batch }, world.shards);
  const owner = world.ownerOf(skuId(0));
  for (let i = 1; i <= 20; i++) {
    const event = {
      kind: 'delta',
      source: 'wms',
      id: `e${i}`,
      at: HISTORY_END_MS,
      sku: skuId(0),
      node: nodeId(0),
      quantity: 1,
      reason: 'receipt',
    };
    world.run({ do: 'record', event: event as never, receivedAt: 1 }, owner);
    world.commit();
    if (i === 10) await world.snapshot(owner[0]);
  }
  const ask = (lsn: number) =>
    replayStock({ ...world.settings, sku: skuId(0), shard: owner[0]?.number ?? 0, until: { lsn } });
  const last = owner[0]?.lsn ?? 0;
  expect(ask(last)).toMatchObject({ replayed: 10, stock: { nodes: [{ onHand: 20 }] } });
  expect(ask(last - 10)).toMatchObject({ replayed: 0, stock: { nodes: [{ onHand: 10 }] } });
  expect(ask(last - 11)).toMatchObject({ replayed: last - 11, stock: { nodes: [{ onHand: 9 }] } });
  expect(ask(last + 1)).toMatchObject({ code: 'not-yet' });
});

import { parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '../contract/assert.ts';
import { createClock } from './clock.ts';
import { readItems } from './codec/item-bytes.ts';
import { createShard } from './machines.ts';
import type { DurableMessage, FromShardThread, ToJournal, ToShardThread } from './messages.ts';
import { recoverShards } from './recovery.ts';
import { ShardHost } from './shard-host.ts';
import { SnapshotSchedule } from './snapshot-schedule.ts';
import type { ShardThreadData } from './threads.ts';

// Wiring only: ports, timer and clock to ShardHost and SnapshotSchedule. Whatever throws here ends the thread, and with
// it the process.

/** Longest sleep, in ms: Node's timers end at 2^31, and a clock that was set is noticed within a minute. */
const SLEEP_MS_MAX = 60_000;

const {
  journalPort,
  shards: numbers,
  partition,
  limits,
  snapshotEveryFacts,
  ...folder
} = workerData as ShardThreadData;
assert(parentPort !== null, () => 'the shard worker runs in a thread');
const main = parentPort;
const say = (message: FromShardThread, transfer: ArrayBuffer[] = []): void => main.postMessage(message, transfer);
const log = (line: string): void => say({ type: 'log', line });
const toJournal = (message: ToJournal, transfer: ArrayBuffer[] = []): void =>
  journalPort.postMessage(message, transfer);

const clock = createClock({ wallMs: Date.now, monotonicMs: () => performance.now(), log });
const recovered = recoverShards({
  ...folder,
  shards: numbers,
  create: (shard) => createShard(partition, shard, limits),
  log,
});
clock.notBefore(recovered.latestAtMs);

const host = new ShardHost(
  recovered.shards.map(({ shard }) => shard),
  {
    now: () => clock.now(),
    journal: (seq, count, records, atMs) =>
      toJournal({ type: 'facts', seq, count, records, atMs }, [records.buffer as ArrayBuffer]),
    main: (batches, outputs, requests) =>
      say(
        { type: 'output', batches, outputs, requests },
        outputs.map(({ buffer }) => buffer),
      ),
  },
);
const snapshots = new SnapshotSchedule({
  shards: recovered.shards,
  everyFacts: snapshotEveryFacts,
  allShards: partition.shards,
  position: folder.head,
  seq: () => host.seq,
  kept: (shard, position) => toJournal({ type: 'kept', shard, position }),
  soon: (step) => setImmediate(step),
  failed: (error) =>
    setImmediate(() => {
      throw error;
    }),
});
let draining = false;
let finishing = false;
let alarm: NodeJS.Timeout | undefined;

/** After every turn: one timer for the earliest expiry, then what else follows from it. */
function afterTurn(): void {
  clearTimeout(alarm);
  if (!draining) {
    const wait = host.dueAt() - clock.now();
    if (wait < Infinity) alarm = setTimeout(ring, Math.min(Math.max(wait, 0), SLEEP_MS_MAX));
  }
  if (!finishing) snapshots.turned();
  if (!draining || finishing || !host.idle) return;
  finishing = true;
  snapshots.finish(() => say({ type: 'drained' }));
}

function ring(): void {
  if (host.dueAt() <= clock.now()) host.tick();
  afterTurn();
}

main.on('message', (message: ToShardThread) => {
  switch (message.type) {
    case 'work':
      // After the drain nothing is taken; it was not acknowledged, so its sender asks again.
      if (draining) return;
      host.take(readItems(message.items));
      break;
    case 'begin':
      host.sendOutstanding();
      break;
    case 'drain':
      draining = true;
      break;
    default:
      unreachable(message);
  }
  afterTurn();
});

journalPort.on('message', (message: DurableMessage) => {
  snapshots.durable(message);
  host.durable(message.seq);
  afterTurn();
});

say({ type: 'recovered', facts: recovered.facts });

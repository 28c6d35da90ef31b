import { assert } from '../contract/assert.ts';
import type { Command } from '../contract/command.ts';
import type { ReferenceNews } from '../contract/reference-change.ts';
import type { Answer } from '../contract/query.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { decodeRecords } from '../journal/records.ts';
import { ByteWriter } from './codec/byte-writer.ts';
import { readItems, writeItem } from './codec/item-bytes.ts';
import { readOutput } from './codec/output-bytes.ts';
import { createShard } from './machines.ts';
import type { Item, RoutedRequest, Said } from './messages.ts';
import { createPartition } from './partition.ts';
import { ShardHost } from './shard-host.ts';
import { REFERENCE } from './test-fixture.ts';

// Two shard threads, a journal and main, all on one thread, for tests: every step between shards is a move, and so is the
// end of the process between any two of them. What was not committed is gone then, callers included.

export const partition = createPartition({ stockShards: 2, promiseShards: 1, orderShards: 1, nodeShards: 1 });
export const THREADS = 2;
const limits = { holdsPerClientMax: 1_000, unitsPerLineMax: 10_000 };

export class CrashWorld {
  now = Date.now();
  readonly journal: JournalRecord[] = [];
  readonly said = new Map<number, Said>();
  /** What main was told every shard has. */
  readonly news: ReferenceNews[] = [];
  #call = 0;
  #hosts: ShardHost[] = [];
  /** Facts each thread has sent and the journal has not committed. */
  #sent: { seq: number; records: JournalRecord[] }[][] = [];
  #routed: RoutedRequest[] = [];

  constructor() {
    this.start();
    for (const batch of REFERENCE) this.ask(partition.intake, { do: 'change', by: 'ann', batch });
    this.settle();
  }

  /** Also after a crash: from the journal alone, then what has no answer is asked again. */
  start(): void {
    this.#routed = [];
    this.#sent = Array.from({ length: THREADS }, () => []);
    this.#hosts = this.#sent.map((sent, thread) => {
      const numbers = Array.from({ length: partition.shards }, (_, shard) => shard).filter(
        (n) => n % THREADS === thread,
      );
      const shards = numbers.map((shard) => createShard(partition, shard, limits));
      for (const record of this.journal) shards.find(({ number }) => number === record.shard)?.replay(record);
      return new ShardHost(shards, {
        now: () => this.now,
        journal: (seq, _, records) => sent.push({ seq, records: [...decodeRecords(records)] }),
        main: (_, outputs, requests) => {
          this.#routed.push(...requests);
          for (const bytes of outputs) {
            const { replies, news = [] } = readOutput(bytes);
            this.news.push(...news);
            for (const { call, said } of replies) this.said.set(call, said);
          }
        },
      });
    });
    for (const host of this.#hosts) host.sendOutstanding();
  }

  ask(shard: number, command: Command): number {
    const call = this.#call++;
    const writer = new ByteWriter();
    writeItem(writer, call, { shard, command });
    this.#take(readItems(writer.take())[0]!);
    return call;
  }

  answer(shard: number, query: object): Answer {
    const call = this.#call++;
    this.#take({ call, shard, query } as Item);
    this.settle();
    return this.said.get(call) as Answer;
  }

  commit(thread: number): void {
    const batches = this.#sent[thread]!.splice(0);
    for (const { records } of batches) this.journal.push(...records);
    const newest = batches.at(-1);
    if (newest !== undefined) this.#hosts[thread]!.durable(newest.seq);
  }

  /** `twice`: participants must not mind. */
  deliver(twice = false): void {
    const request = this.#routed.shift();
    if (request === undefined) return;
    for (let times = 0; times < (twice ? 2 : 1); times++) this.#take(readItems(request.item)[0]!);
  }

  tick(): void {
    for (const host of this.#hosts) if (host.dueAt() <= this.now) host.tick();
  }

  /** Until nothing is under way and nothing is due. */
  rest(): void {
    this.settle();
    for (let rounds = 0; this.#hosts.some((host) => host.dueAt() <= this.now); rounds++) {
      assert(rounds < 1_000, () => 'shards are always due');
      this.tick();
      this.settle();
    }
  }

  /** Until nothing is under way. */
  settle(): void {
    for (let rounds = 0; this.#routed.length > 0 || this.#sent.some((sent) => sent.length > 0); rounds++) {
      assert(rounds < 1_000, () => 'shards keep asking each other');
      for (let thread = 0; thread < THREADS; thread++) this.commit(thread);
      this.deliver();
    }
  }

  #take(item: Item): void {
    this.#hosts[item.shard % THREADS]!.take([item]);
  }
}

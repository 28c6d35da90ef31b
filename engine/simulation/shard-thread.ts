import { createClock } from '../shard/clock.ts';
import type { OpenCount } from '../contract/machine.ts';
import { readItems } from '../shard/codec/item-bytes.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import type { DurableMessage, RoutedRequest, ToJournal } from '../shard/messages.ts';
import { kindOf } from '../shard/partition.ts';
import { recoverShards } from '../shard/recovery.ts';
import { ShardHost } from '../shard/shard-host.ts';
import { SnapshotSchedule } from '../shard/snapshot-schedule.ts';
import type { ProcessSettings } from './process.ts';
import { withEarlyRequests } from './planted/early-requests.ts';
import { compareAll, compareSkus } from './compare.ts';
import { compareOrders } from './compare-hub.ts';
import { HubModel } from './hub-model.ts';
import { StockModel } from './stock-model.ts';
import { require } from './violation.ts';

export type ThreadMessage =
  | { readonly type: 'work'; readonly items: Uint8Array<ArrayBuffer> }
  | { readonly type: 'begin' }
  | { readonly type: 'drain' };

export interface MainMessage {
  readonly batches: number;
  readonly outputs: readonly Uint8Array[];
  readonly requests: readonly RoutedRequest[];
}

interface ThreadSettings extends ProcessSettings {
  readonly thread: number;
  readonly head: number;
  readonly journalDir: string;
  readonly snapshotsDir: string;
  readonly toJournal: (message: ToJournal) => void;
  readonly toMain: (message: MainMessage) => void;
}

/** A shard thread: the same wiring as shard.worker.ts, with the bookkeeper looking over its shoulder after every turn. */
export class ShardThread {
  /** Steps of a snapshot that ask for a later turn. */
  readonly soon: (() => void)[] = [];
  /** The disk refused a snapshot: the process must end. */
  failure: unknown;
  drained = false;
  readonly #settings: ThreadSettings;
  readonly #shards: ReadonlyMap<number, HostedShard>;
  readonly #host: ShardHost;
  readonly #snapshots: SnapshotSchedule;
  readonly #clock: ReturnType<typeof createClock>;
  #draining = false;
  /** Batch the host was told last; a planted bug is ahead of the journal. */
  #toldDurable = 0;
  #finishing = false;
  /** What `now` said last: the time of the turn under way. */
  #atMs = 0;
  #touched = new Set<string>();

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
    const { partition, threads, thread, planted, toJournal, toMain } = settings;
    const create = (shard: number): HostedShard => {
      const hosted = settings.createShard(shard);
      const isEarly = planted.requestsBeforeDurable === true || planted.earlyRequestsOf === kindOf(partition, shard);
      return isEarly ? withEarlyRequests(hosted, toMain) : hosted;
    };
    const log = (): void => {};
    this.#clock = createClock({ ...settings, log });
    const numbers = Array.from({ length: partition.shards }, (_, shard) => shard).filter((n) => n % threads === thread);
    const recovered = recoverShards({ ...settings, nowMs: settings.wallMs, shards: numbers, create, log });
    if (planted.forgetsTime !== true) this.#clock.notBefore(recovered.latestAtMs);
    this.#shards = new Map(recovered.shards.map(({ shard }) => [shard.number, shard]));
    this.#compareRecovered();
    const host: ShardHost = new ShardHost([...this.#shards.values()], {
      now: () => (this.#atMs = this.#clock.now()),
      journal: (seq, count, records, atMs) => {
        for (const sku of settings.audit.handed(records, this.#atMs)) this.#touched.add(sku);
        toJournal({ type: 'facts', seq, count, records, atMs });
        if (planted.outputBeforeDurable === true) this.soon.push(() => this.#early(seq));
      },
      main: (batches, outputs, requests) => toMain({ batches, outputs, requests }),
    });
    this.#host = host;
    this.#snapshots = new SnapshotSchedule({
      shards: recovered.shards,
      everyFacts: settings.snapshotEveryFacts,
      allShards: partition.shards,
      position: settings.head,
      seq: () => host.seq,
      kept: (shard, position) => toJournal({ type: 'kept', shard, position: planted.kept?.(position) ?? position }),
      soon: (step) => this.soon.push(step),
      failed: (error) => (this.failure = error),
    });
  }

  /** What its shards hold for each client, as they have recovered. */
  openCounts(): { shard: number; open: readonly OpenCount[] }[] {
    const { intake } = this.#settings.partition;
    const holding = [...this.#shards.values()].filter(({ number }) => number < intake);
    return holding.map(({ number, machine }) => {
      const answer = machine.answer({ ask: 'open-counts' }, this.#atMs);
      return { shard: number, open: answer.answer === 'open-counts' ? answer.open : [] };
    });
  }

  get isDue(): boolean {
    return !this.#draining && this.#host.dueAt() <= this.#clock.now();
  }

  get dueAt(): number {
    return this.#host.dueAt();
  }

  get isIdle(): boolean {
    return this.#host.idle;
  }

  receive(message: ThreadMessage): void {
    if (message.type === 'work' && !this.#draining) this.#host.take(readItems(message.items));
    if (message.type === 'begin' && this.#settings.planted.forgetsOutstanding !== true) this.#host.sendOutstanding();
    if (message.type === 'drain') this.#draining = true;
    this.#afterTurn();
  }

  durable(message: DurableMessage): void {
    const { seq } = message;
    this.#snapshots.durable(message);
    if (seq > this.#toldDurable) this.#host.durable((this.#toldDurable = seq));
    this.#afterTurn();
  }

  ring(): void {
    this.#host.tick();
    this.#afterTurn();
  }

  compareAll(): void {
    const { audit } = this.#settings;
    for (const shard of this.#shards.values()) compareAll(shard, audit.decided(shard.number), this.#clock.now());
  }

  /** Digest for digest what a replay of every fact from the first gives (promise 8). */
  compareRestored(): void {
    const { audit } = this.#settings;
    for (const [number, { machine, lsn }] of this.#shards) {
      const shadow = audit.shadows[number] as HostedShard;
      require(lsn === shadow.lsn, () => `shard ${number} stands at ${lsn}, ${shadow.lsn} facts are durable`);
      const [is, should] = [machine.digest(), audit.shadowDigest(number)];
      require(is === should, () => `shard ${number} at ${lsn}: digest ${is}, a full replay gives ${should}`);
    }
  }

  #compareRecovered(): void {
    this.compareRestored();
    this.compareAll();
  }

  #afterTurn(): void {
    const { audit } = this.#settings;
    const touched = [...this.#touched];
    this.#touched.clear();
    if (touched.length > 0) {
      for (const shard of this.#shards.values()) {
        const model = audit.decided(shard.number);
        if (model instanceof HubModel) compareOrders(shard, model, touched);
        if (!(model instanceof StockModel)) continue;
        compareSkus(
          shard,
          model,
          touched.filter((sku) => model.skus.has(sku)),
          this.#atMs,
        );
      }
    }
    if (!this.#finishing) this.#snapshots.turned();
    if (!this.#draining || this.#finishing || !this.#host.idle) return;
    this.#finishing = true;
    this.#snapshots.finish(() => (this.drained = true));
  }

  /** Planted: output leaves although the journal has not said durable. */
  #early(seq: number): void {
    if (seq <= this.#toldDurable) return;
    this.#host.durable((this.#toldDurable = seq));
    this.#afterTurn();
  }
}

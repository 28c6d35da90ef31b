import type { SkuStock, StockChange } from '../contract/change.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { Fact } from '../contract/fact.ts';
import { shardOfReservation, type ClientId, type ReservationId, type Sku } from '../contract/ids.ts';
import type { Settled, ShardRequest } from '../contract/machine.ts';
import type { KitRef, ReferenceBatch } from '../contract/reference.ts';
import type { MoveRequest, ReserveOutcome, ReserveRequest } from '../contract/reservation.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { decodeRecords } from '../journal/records.ts';
import { readFact } from './codec/fact-bytes.ts';
import { ClientHolds } from './client-holds.ts';
import { type HostedShard, isPending } from './hosted-shard.ts';
import { createShard, type MachineLimits } from './machines.ts';
import { createPartition, type Partition, placeReserve, shardOfSku, splitEvents } from './partition.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { TurnRecords } from './turn-records.ts';

/** Every shard of an engine in one place, for tests: a request is delivered when the test says so, or at once. */
export class TestShards {
  readonly partition: Partition;
  readonly records: JournalRecord[] = [];
  readonly #turn = new TurnRecords();
  /** As main knows them. */
  readonly kits = new Map<Sku, KitRef>();
  nowMs: number;
  readonly #limits: MachineLimits;
  readonly #shards: readonly HostedShard[];
  /** Requests between shards that have not arrived yet, in the order they were made. */
  readonly #underWay: ShardRequest[] = [];
  readonly #holds = new ClientHolds();
  readonly #waiting = new Map<Settled['id'], { readonly client: ClientId; readonly shard: number }>();
  readonly #settled = new Map<Settled['id'], Outcome>();

  constructor(nowMs: number, about: { readonly stockShards: number; readonly limits?: Partial<MachineLimits> }) {
    this.nowMs = nowMs;
    this.partition = createPartition({
      stockShards: about.stockShards,
      promiseShards: 1,
      orderShards: 1,
      nodeShards: 1,
    });
    this.#limits = { holdsPerClientMax: 1_000, unitsPerLineMax: 10_000, ...about.limits };
    this.#shards = this.#newShards();
  }

  #newShards(): HostedShard[] {
    return Array.from({ length: this.partition.shards }, (_, shard) =>
      createShard(this.partition, shard, this.#limits),
    );
  }

  shard(number: number): HostedShard {
    return this.#shards[number] as HostedShard;
  }

  get facts(): Fact[] {
    return this.records.map(({ fact }) => readFact(fact));
  }

  apply(...batches: readonly ReferenceBatch[]): this {
    for (const batch of batches) {
      const outcome = this.settled(this.run(this.partition.intake, { do: 'change', by: 'ann', batch }));
      const isTaken = outcome.status === 'applied' && batch.of === 'kits';
      if (isTaken) for (const row of batch.rows) this.kits.set(row.sku, row);
    }
    return this;
  }

  record(...events: readonly StockEvent[]): Outcome[] {
    return splitEvents(this.partition, events).flatMap(({ shard, events: part }) =>
      part.map((event) => this.run(shard, { do: 'record', event: event as never, receivedAt: this.nowMs })),
    );
  }

  /** Begins it; what other shards are asked is under way. A promise shard answers `pending`. */
  begin(request: ReserveRequest): Outcome {
    const { shard, command } = placeReserve(this.partition, request, this.kits);
    const { client } = request;
    const heldElsewhere = this.#holds.elsewhere(client, shard);
    this.#holds.asked(client, shard);
    const outcome = this.run(shard, { ...command, heldElsewhere });
    if (outcome.status === 'pending') this.#waiting.set(outcome.id, { client, shard });
    else this.#holds.answered(client, shard);
    return outcome;
  }

  move(request: MoveRequest): Outcome {
    const shard = shardOfReservation(request.id) as number;
    return this.settled(this.run(shard, { do: 'move', request, shard: this.shardOf(request.sku) }));
  }

  /** Since last taken, of all stock shards. */
  changes(): StockChange[] {
    return this.#shards.flatMap(({ machine }) => machine.takeChanges(this.nowMs));
  }

  /** What the stock shards say they hold. */
  reference(): ReferenceBatch[] {
    return this.#shards.slice(0, this.partition.stockShards).flatMap(({ machine }) => {
      const answer = machine.answer({ ask: 'reference' }, this.nowMs);
      return answer.answer === 'reference' ? [...answer.batches] : [];
    });
  }

  shardOf(sku: Sku): number {
    return shardOfSku(this.partition, sku);
  }

  stock(sku: Sku): SkuStock | undefined {
    const answer = this.shard(this.shardOf(sku)).machine.answer({ ask: 'stock', skus: [sku] }, this.nowMs);
    return answer.answer === 'stock' ? answer.stock[0] : undefined;
  }

  release(id: ReservationId, client: ClientId): Outcome {
    const outcome = this.run(shardOfReservation(id) as number, { do: 'release', id, client });
    this.deliver();
    return outcome;
  }

  reserve(request: ReserveRequest): ReserveOutcome {
    return this.settled(this.begin(request)) as ReserveOutcome;
  }

  /** What a pending one came to, once all that is under way has arrived. */
  settled(outcome: Outcome): Outcome {
    this.deliver();
    return isPending(outcome) ? (this.#settled.get(outcome.id) ?? outcome) : outcome;
  }

  run(shard: number, command: Command): Outcome {
    const hosted = this.shard(shard);
    const due = hosted.tickIfDue(this.nowMs, this.#turn);
    const decision = hosted.run(command, this.nowMs, this.#turn);
    this.#keep();
    for (const { requests, settled } of due === undefined ? [decision] : [due, decision]) {
      this.#underWay.push(...requests);
      for (const { id, outcome } of settled ?? []) this.#settle(id, outcome);
    }
    this.#holds.take(shard, hosted.machine.takeOpen());
    return decision.outcome;
  }

  #settle(id: Settled['id'], outcome: Outcome): void {
    this.#settled.set(id, outcome);
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) this.#holds.answered(waiting.client, waiting.shard);
    this.#waiting.delete(id);
  }

  /** The next `count` requests arrive, and with `all` what they cause. */
  deliver(count = Infinity): void {
    for (let delivered = 0; delivered < count; delivered++) {
      const next = this.#underWay.shift();
      if (next === undefined) return;
      this.run(next.shard, next.command);
    }
  }

  /** Time passes and what is due ends. */
  pass(ms: number): void {
    this.nowMs += ms;
    for (const hosted of this.#shards) {
      const due = hosted.tickIfDue(this.nowMs, this.#turn);
      this.#underWay.push(...(due?.requests ?? []));
      this.#holds.take(hosted.number, hosted.machine.takeOpen());
    }
    this.#keep();
    this.deliver();
  }

  #keep(): void {
    for (const { records } of this.#turn.take()) this.records.push(...decodeRecords(records));
  }

  digests(): string[] {
    return this.#shards.map(({ machine }) => machine.digest());
  }

  /** Digests of new shards that saw the same facts, and of ones restored from images of these. */
  replayed(): string[][] {
    const replayed = this.#newShards();
    for (const record of this.records) replayed[record.shard]?.replay(record);
    const restored = this.#newShards();
    for (const [number, { machine }] of this.#shards.entries()) {
      const image = machine.beginImage();
      const pages = [];
      for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
      restored[number]?.machine.restore(image.header, pages);
    }
    return [replayed, restored].map((shards) => shards.map(({ machine }) => machine.digest()));
  }
}

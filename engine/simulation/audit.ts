import type { Fact } from '../contract/fact.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import type { NodeFact, OrderFact } from '../contract/order-fact.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { SilenceFact, StockFact } from '../contract/stock-fact.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import type { Sku } from '../contract/ids.ts';
import type { Positioned } from '../journal/journal.ts';
import { decodeRecords } from '../journal/records.ts';
import { readFact } from '../shard/codec/fact-bytes.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { kindOf, type Partition, shardOfSku } from '../shard/partition.ts';
import { DurableChanges } from './durable-changes.ts';
import { shardOfId } from './held-play.ts';
import { IntakeModel } from './intake-model.ts';
import { judgeIntake, requireSilenceAgreed, type KnownSilence } from './judge-silence.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import { judgePromise } from './judge-promise.ts';
import { requireFewHolds } from './quota.ts';
import { judgeStock, requireServable } from './judge-stock.ts';
import { HubModel } from './hub-model.ts';
import { judgeHub } from './judge-hub.ts';
import { judgeWork } from './judge-work.ts';
import { OrderBooks } from './order-books.ts';
import { PromiseModel } from './promise-model.ts';
import { isServable } from './room.ts';
import type { Sent } from './sent.ts';
import { StockModel } from './stock-model.ts';
import { WorkModel } from './work-model.ts';
import type { Time } from './time.ts';
import { require } from './violation.ts';

// The bookkeeper beside the engine. It sees every fact twice: when a thread hands it to its journal (decided), and when
// the journal has it (durable). A crash takes it back to what was durable, as it must the engine.

export type Model = StockModel | PromiseModel | IntakeModel | HubModel | WorkModel;

/** What a thread handed to its journal at once. */
interface Batch {
  readonly records: Uint8Array;
  readonly entries: readonly Entry[];
  /** Models of the shards in it, as it leaves them. */
  readonly after: ReadonlyMap<number, Model>;
}

export interface Entry {
  readonly shard: number;
  readonly lsn: number;
  readonly fact: Fact;
  /** As the journal has them. */
  readonly bytes: Buffer;
}

export class Audit {
  readonly partition: Partition;
  readonly sent: Sent;
  /** Everything durable, in order of the journal: position 1 first. */
  readonly log: Entry[] = [];
  readonly time: Time;
  /** Keys whose no about stock is durable, whatever was forgotten since. */
  readonly refusedKeys = new Map<string, readonly Refused<ReserveRefusal>[]>();
  readonly changes = new DurableChanges();
  readonly books: OrderBooks;
  #decided: Model[];
  #durable: Model[];
  /** Machines that replay every durable fact from the first one on and are never restored. */
  readonly shadows: readonly HostedShard[];
  /** Digest of a shadow and how many facts it had taken. */
  readonly #shadowDigests = new Map<number, { readonly lsn: number; readonly digest: string }>();
  #batches = new Map<Uint8Array, Batch>();
  /** A commit that was begun and not said to be done. */
  #attempted: Batch[] = [];

  constructor(
    partition: Partition,
    about: { readonly sent: Sent; readonly time: Time; readonly holdsPerClientMax: number },
    createShard: (shard: number) => HostedShard,
  ) {
    this.partition = partition;
    this.sent = about.sent;
    this.time = about.time;
    this.#holdsPerClientMax = about.holdsPerClientMax;
    const shards = Array.from({ length: partition.shards }, (_, shard) => shard);
    this.#decided = shards.map((shard) => newModel(partition, shard, about.sent));
    this.#durable = shards.map((shard) => newModel(partition, shard, about.sent));
    this.books = new OrderBooks(partition, (shard) => this.#durable[shard], about.time);
    this.shadows = shards.map(createShard);
  }

  decided(shard: number): Model {
    return this.#decided[shard] as Model;
  }

  durable(shard: number): Model {
    return this.#durable[shard] as Model;
  }

  /** Digest of a replay of every durable fact of a shard from the first, worked out once for each length. */
  shadowDigest(shard: number): string {
    const { lsn, machine } = this.shadows[shard] as HostedShard;
    const known = this.#shadowDigests.get(shard);
    if (known?.lsn === lsn) return known.digest;
    const digest = machine.digest();
    this.#shadowDigests.set(shard, { lsn, digest });
    return digest;
  }

  /** How a reservation ended, as far as that is durable and remembered. */
  endOf(id: ReservationId): string | undefined {
    const model = this.durable(shardOfId(id));
    if (model instanceof StockModel) {
      const state = model.holds.get(id)?.reservation.state;
      return state === 'held' ? undefined : state;
    }
    return model instanceof PromiseModel ? model.sagas.get(id)?.end : undefined;
  }

  /** A stock shard has not yet heard of all the retailer is. */
  get lacksReference(): boolean {
    return this.#durable.some((model) => model instanceof StockModel && model.channels.size === 0);
  }

  /** An item's quota was in force once. */
  get hasBounds(): boolean {
    return this.log.some(({ bytes }) => bytes.includes('"unitsPerCustomerMax"'));
  }

  durableFact(shard: number, lsn: number): Fact | undefined {
    return this.#facts.get(`${shard}.${lsn}`);
  }
  readonly #facts = new Map<string, Fact>();
  readonly #holdsPerClientMax: number;
  readonly #startedKeys = new Map<string, string>();
  /** `source node` -> newest time at which an event of it became a fact. */
  readonly #spokeAt = new Map<string, number>();
  readonly #knownSilence: KnownSilence = {
    spokeAt: (source, node) => this.#spokeAt.get(`${source} ${node}`) ?? -Infinity,
    numberAt: (shard, node) => (this.durable(shard) as StockModel).silences.get(node)?.number ?? 0,
  };

  /** A thread hands facts to its journal. Returns the skus they concern. */
  handed(records: Uint8Array, nowMs: number): Set<string> {
    const entries = [...decodeRecords(records)].map(({ shard, lsn, fact }) => {
      // A copy: what the engine does to its own bytes afterwards must show.
      return { shard, lsn, bytes: Buffer.from(fact), fact: readFact(fact) };
    });
    const touched = new Set<string>();
    for (const entry of entries) {
      require(entry.fact.at === nowMs, () => `${entry.fact.fact} says ${entry.fact.at}, it is ${nowMs}`);
      for (const sku of this.#judge(entry)) touched.add(sku);
    }
    const shards = new Set(entries.map(({ shard }) => shard));
    const after = new Map([...shards].map((shard) => [shard, this.decided(shard).clone()]));
    this.#batches.set(records, { records, entries, after });
    return touched;
  }

  #judge({ shard, lsn, fact }: Entry): readonly string[] {
    const model = this.decided(shard);
    require(lsn === model.lsn + 1, () => `shard ${shard}: fact ${lsn} follows ${model.lsn}`);
    require(fact.at >= model.lastAt, () => `shard ${shard}: time runs backwards, ${model.lastAt} then ${fact.at}`);
    if (model instanceof IntakeModel) {
      judgeIntake(model, fact as IntakeFact, this.#knownSilence);
      return model.apply(fact as IntakeFact, lsn);
    }
    if (model instanceof HubModel) {
      judgeHub(model, fact as OrderFact, this.books.known(this.sent));
      return model.apply(fact as OrderFact, lsn);
    }
    if (model instanceof WorkModel) {
      const order = (id: string) => this.books.order(id);
      judgeWork(model, fact as NodeFact, { order, sentWork: (work, digest) => this.sent.workActs(work, digest) });
      return model.apply(fact as NodeFact, lsn);
    }
    const known = {
      sentEvent: (event: object, by: Parameters<Sent['hasEvent']>[1]) => this.sent.hasEvent(event, by),
      sentRequests: (keyDigest: string) => this.sent.requests(keyDigest),
      sentSteps: (allocation: string, step: number) => [
        ...this.sent.steps(allocation, step),
        ...this.books.steps(allocation, step),
      ],
      sentExtends: (id: ReservationId) => this.sent.extends(id),
      sentMoves: (id: ReservationId) => this.sent.moves(id),
      sentRelease: (id: ReservationId) => this.sent.hasRelease(id),
      saga: (id: ReservationId) => this.#promise(id)?.sagas.get(id),
      isForgotten: (id: ReservationId) => this.#promise(id)?.forgotten.has(id) === true,
      part: (from: number, id: ReservationId) => (this.durable(from) as StockModel).parts.get(id),
      sentKit: (kit: object) => this.sent.hasKit(kit),
      silenceSaid: (number: number) => this.durableFact(this.partition.intake, number) as SilenceFact | undefined,
      paused: this.time.isLong,
    };
    if (model instanceof PromiseModel) {
      judgePromise(model, fact as PromiseFact, known);
      const touched = model.apply(fact as PromiseFact, lsn);
      if (fact.fact === 'ReservationStarted') this.#requireFewHolds(fact.request);
      return touched;
    }
    judgeStock(model, fact as StockFact, shard, known);
    const touched = this.#applyStock(model, fact as StockFact, lsn);
    if (fact.fact === 'UnitsReserved') this.#requireFewHolds(fact.reservation);
    return touched;
  }

  #requireFewHolds({ client }: { readonly client: ClientId }): void {
    requireFewHolds(this.#decided, client, this.#holdsPerClientMax);
  }

  #applyStock(model: StockModel, fact: StockFact, lsn: number): readonly string[] {
    const promised = promisedIn(fact);
    if (promised.length === 0) return model.apply(fact, lsn);
    const servable = new Set(promised.filter((sku) => isServable(model, sku)));
    const touched = model.apply(fact, lsn);
    requireServable(model, touched, servable);
    return touched;
  }

  #promise(id: ReservationId): PromiseModel | undefined {
    const model = this.#durable[shardOfId(id)];
    return model instanceof PromiseModel ? model : undefined;
  }

  /** Everybody has the newest word about every node. */
  requireBookAgreed(): void {
    const { book } = this.decided(this.partition.intake) as IntakeModel;
    for (let shard = 0; shard < this.partition.stockShards; shard++) {
      const answer = this.shadows[shard]?.machine.answer({ ask: 'reference' }, 0);
      book.requireHeld(
        answer?.answer === 'reference' ? answer.batches : [],
        (sku) => shardOfSku(this.partition, sku as Sku) === shard,
      );
    }
  }

  requireSilenceAgreed(): void {
    const models = this.#decided.filter((model) => model instanceof StockModel);
    requireSilenceAgreed(this.decided(this.partition.intake) as IntakeModel, models);
  }

  /** The journal begins to write these. */
  attempt(batches: readonly Uint8Array[]): void {
    this.#attempted = batches.map((records) => {
      const batch = this.#batches.get(records);
      require(batch !== undefined, () => 'the journal is given facts no thread handed over');
      return batch;
    });
  }

  /** The journal says it has them. */
  committed(): void {
    for (const batch of this.#attempted.splice(0)) this.#makeDurable(batch);
  }

  #makeDurable({ records, entries, after }: Batch): void {
    this.#batches.delete(records);
    for (const entry of entries) {
      this.log.push(entry);
      this.#facts.set(`${entry.shard}.${entry.lsn}`, entry.fact);
      this.changes.note(entry.fact);
      this.books.note(entry.shard, entry.fact);
      if (entry.fact.fact === 'ReservationStarted') this.#startedKeys.set(entry.fact.id, entry.fact.keyDigest);
      if (entry.fact.fact === 'StockRecorded') {
        const { source, node } = entry.fact.event;
        const key = `${source} ${node}`;
        this.#spokeAt.set(key, Math.max(entry.fact.at, this.#spokeAt.get(key) ?? 0));
      }
      const shadow = this.shadows[entry.shard] as HostedShard;
      shadow.replay({ shard: entry.shard, lsn: entry.lsn, fact: entry.bytes });
    }
    for (const [shard, model] of after) this.#durable[shard] = model;
    for (const { fact } of entries) this.#noteRefusal(fact);
    const orders = new Set(entries.flatMap(({ fact }) => ('order' in fact ? fact.order : 'id' in fact ? fact.id : [])));
    for (const id of orders) {
      const file = this.books.order(id);
      if (file !== undefined) this.books.requireStockAgrees(file);
    }
  }

  #noteRefusal(fact: Fact): void {
    if (fact.fact === 'ReservationRefused') this.#addRefusal(fact.keyDigest, fact.refusal);
    if (fact.fact !== 'ReservationDecided' || fact.outcome.status !== 'refused') return;
    const keyDigest = this.#startedKeys.get(fact.id);
    if (keyDigest !== undefined) this.#addRefusal(keyDigest, fact.outcome);
  }

  /** Of one key there may be several, each about other content in another shard. */
  #addRefusal(keyDigest: string, refusal: Refused<ReserveRefusal>): void {
    this.refusedKeys.set(keyDigest, [...(this.refusedKeys.get(keyDigest) ?? []), refusal]);
  }

  /** What a restart found: everything that was said to be durable, and the commit in flight whole or not at all. */
  recovered(records: Iterable<Positioned>, first: number, head: number): void {
    const known = this.log.length;
    const flying = this.#attempted.flatMap(({ entries }) => entries);
    const whole = known + flying.length;
    require(head === known || head === whole, () => `${known} facts were durable, ${whole} written; ${head} are found`);
    if (head > known) this.committed();
    let position = first - 1;
    for (const { position: at, record } of records) {
      position++;
      const should = this.log[position - 1];
      const same =
        at === position &&
        record.shard === should?.shard &&
        record.lsn === should.lsn &&
        should.bytes.equals(record.fact);
      require(same, () => `position ${position} holds another fact than was written`);
    }
    require(position === head, () => `the journal ends at ${position}, says ${head}`);
    this.#attempted = [];
    this.#batches.clear();
    this.#decided = this.#durable.map((model) => model.clone());
  }
}

function newModel(partition: Partition, shard: number, sent: Sent): Model {
  switch (kindOf(partition, shard)) {
    case 'stock':
      return new StockModel();
    case 'promise':
      return new PromiseModel();
    case 'intake':
      return new IntakeModel();
    case 'order':
      return new HubModel((about) => sent.messages(about));
    case 'node':
      return new WorkModel();
  }
}

/** Skus of which a fact promises units, here or elsewhere than before. */
function promisedIn(fact: StockFact): readonly string[] {
  if (fact.fact === 'UnitsReserved') return fact.reservation.lines.map(({ sku }) => sku);
  if (fact.fact === 'PartHeld' || fact.fact === 'UnitsAllocated') return fact.lines.map(({ sku }) => sku);
  if (fact.fact === 'HeldAllocated') return fact.taken.map(({ sku }) => sku);
  if (fact.fact === 'UnitsDeparted') return fact.departed.map(({ sku }) => sku);
  if (fact.fact === 'UnitsTransferred' || fact.fact === 'UnitsServed') return [fact.sku];
  return fact.fact === 'AllocationMoved' ? [fact.moved.sku] : [];
}

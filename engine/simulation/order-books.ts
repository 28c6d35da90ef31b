import type { Fact } from '../contract/fact.ts';
import type { KitRef } from '../contract/reference.ts';
import type { Partition } from '../shard/partition.ts';
import { kindOf, shardOfNode, shardOfSku } from '../shard/partition.ts';
import { shardOfOrder } from '../contract/ids.ts';
import { type FactOf, type HubFile, unitsOf } from './hub-file.ts';
import { HubModel } from './hub-model.ts';
import type { KnownHub } from './judge-hub.ts';
import type { IntakeModel } from './intake-model.ts';
import { PromiseModel } from './promise-model.ts';
import type { Sent } from './sent.ts';
import { StockModel } from './stock-model.ts';
import { requireSame } from './violation.ts';
import { type ModelWork, WorkModel } from './work-model.ts';

interface Served {
  readonly shard: number;
  readonly sku: string;
  readonly serving: number;
  readonly units: number;
}

/** What is durable of orders in all shards, and what left stock for them. */
export class OrderBooks {
  readonly #partition: Partition;
  readonly #durable: (shard: number) => unknown;
  readonly #time: { readonly isLong: boolean };
  /** Steps that order shards have written down: stock may act on no others. */
  readonly #asked = new Map<string, FactOf<'StepAsked'>>();
  readonly #served = new Map<string, readonly Served[]>();
  /** `order sku` -> units. */
  readonly #left = new Map<string, number>();
  readonly #back = new Map<string, number>();

  constructor(partition: Partition, durable: (shard: number) => unknown, time: { readonly isLong: boolean }) {
    this.#partition = partition;
    this.#durable = durable;
    this.#time = time;
  }

  /** A fact of that shard is durable now. */
  note(shard: number, fact: Fact): void {
    if (fact.fact === 'StepAsked') this.#asked.set(`${fact.order} ${fact.step}`, fact);
    if (fact.fact === 'UnitsServed') {
      for (const { id, serving, units } of fact.served) {
        this.#served.set(id, [...(this.#served.get(id) ?? []), { shard, sku: fact.sku, serving, units }]);
      }
    }
    if (fact.fact === 'UnitsDeparted') {
      for (const { sku, units } of fact.departed) add(this.#left, `${fact.id} ${sku}`, units);
    }
    // What comes to the store it was sent to is no return.
    const isReturn = fact.fact === 'UnitsCameBack' && this.#asked.get(`${fact.id} ${fact.step}`)?.why !== 'received';
    if (isReturn) add(this.#back, `${fact.id} ${fact.sku}`, fact.units);
  }

  steps(allocation: string, step: number): readonly FactOf<'StepAsked'>['what'][] {
    const asked = this.#asked.get(`${allocation} ${step}`);
    return asked === undefined ? [] : [asked.what];
  }

  left(order: string, sku: string): number {
    return this.#left.get(`${order} ${sku}`) ?? 0;
  }

  cameBack(order: string, sku: string): number {
    return this.#back.get(`${order} ${sku}`) ?? 0;
  }

  get paused(): boolean {
    return this.#time.isLong;
  }

  *files(): Generator<HubFile> {
    for (const model of this.#models()) if (model instanceof HubModel) yield* model.files.values();
  }

  *works(): Generator<ModelWork> {
    for (const model of this.#models()) if (model instanceof WorkModel) yield* model.works.values();
  }

  *#models(): Generator<unknown> {
    for (let shard = this.#partition.orders; shard < this.#partition.shards; shard++) yield this.#durable(shard);
  }

  /** Every shard of orders has heard of the channels. */
  get areReady(): boolean {
    const hubs = [...this.#models()].filter((model) => model instanceof HubModel);
    return hubs.every(({ rows }) => rows.has('channels web'));
  }

  /** As main's copy of the book has them. */
  kits(): readonly KitRef[] {
    const { book } = this.#durable(this.#partition.intake) as IntakeModel;
    return [...book.rows].flatMap(([key, row]) => (key.startsWith('kits ') ? [row as KitRef] : []));
  }

  get areStocked(): boolean {
    const shards = Array.from({ length: this.#partition.stockShards }, (_, shard) => this.#durable(shard));
    return shards.every((model) => model instanceof StockModel && model.skus.size > 0);
  }

  versions(): Record<string, number> {
    return Object.fromEntries([...this.files()].map(({ id, version }) => [id, version]));
  }

  order(id: string): HubFile | undefined {
    const shard = shardOfOrder(id);
    const isOurs = shard !== undefined && kindOf(this.#partition, shard) === 'order';
    return isOurs ? (this.#durable(shard) as HubModel).files.get(id) : undefined;
  }

  work(node: string, work: string): ModelWork | undefined {
    return this.#nodes(node).works.get(work);
  }

  #nodes(node: string): WorkModel {
    return this.#durable(shardOfNode(this.#partition, node as never)) as WorkModel;
  }

  known(sent: Sent): KnownHub {
    return {
      sentMessages: (about) => sent.messages(about),
      sentAct: (order, key) => sent.acts(order, key),
      isStepDurable: (asked, fact) => this.#isStepDurable(asked, fact),
      served: (shard, serving, order) =>
        this.#served.get(order)?.find((each) => each.shard === shard && each.serving === serving)?.units,
      work: (node, work) => this.work(node, work),
      isOfferRefused: (node, work) => this.#nodes(node).refused.has(work),
      paused: this.paused,
    };
  }

  #isStepDurable({ what, shard }: FactOf<'StepAsked'>, { outcome, order }: FactOf<'StepAnswered'>): boolean {
    const model = this.#durable(shard);
    if (model instanceof StockModel) {
      const last = model.orders.steps.get(order)?.step ?? -1;
      // Names and bounds are refused without a trace, and a day later a step that is over is forgotten.
      return last >= what.step || outcome.status === 'refused' || this.paused;
    }
    if (!(model instanceof PromiseModel) || outcome.status !== 'allocated' || what.do !== 'allocate-held') return true;
    const { allocated, closed } = model.sagas.get(what.id) ?? {};
    if (allocated === undefined) return this.paused;
    return (allocated.allocation as string) === order && allocated.takes.every((take) => closed?.has(take.shard));
  }

  /** While nothing is under way between them, stock has for an order what the order says it has, place by place. */
  requireStockAgrees(file: HubFile): void {
    if (file.open.length > 0 || this.hasUnheard(file)) return;
    const skus = new Set(file.lines.map(({ sku }) => sku));
    for (const sku of skus) {
      const model = this.#stockOf(sku);
      const rows = model.orders.orders.get(file.id)?.rows.filter((row) => row.sku === sku) ?? [];
      const is = sums(rows.map(({ place, units }) => [place, units]));
      const waits = model.orders.waiting.find(file.id, sku)?.units ?? 0;
      const should = [
        promisedBy(file, sku),
        unitsOf(piecesOf(file, sku).filter(({ state }) => state === 'backordered')),
      ];
      requireSame([is, waits], should, () => `units of ${sku} for ${file.id}, by stock and by the order`);
    }
  }

  /** Units came for it that it has not written down. */
  hasUnheard({ id, served }: HubFile): boolean {
    const given = this.#served.get(id) ?? [];
    return given.some(({ shard, sku, serving }) => serving > (served.get(`${shard} ${sku}`) ?? 0));
  }

  #stockOf(sku: string): StockModel {
    return this.#durable(shardOfSku(this.#partition, sku as never)) as StockModel;
  }
}

function add(totals: Map<string, number>, key: string, units: number): void {
  totals.set(key, (totals.get(key) ?? 0) + units);
}

const piecesOf = ({ lines }: HubFile, sku: string) =>
  lines.flatMap((line) => (line.sku === sku ? [...line.pieces] : []));

function promisedBy(file: HubFile, sku: string): Record<string, number> {
  return sums(
    piecesOf(file, sku).flatMap(({ state, node, group, units }): [string, number][] => {
      if (state === 'unplaced') return [[`group ${group}`, units]];
      return ['allocated', 'released', 'ready', 'in-transit'].includes(state) ? [[`node ${node}`, units]] : [];
    }),
  );
}

function sums(units: readonly (readonly [string, number])[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [place, some] of units) total[place] = (total[place] ?? 0) + some;
  return total;
}

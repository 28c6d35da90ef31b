import type { Command, Outcome } from '../contract/command.ts';
import type { Fact } from '../contract/fact.ts';
import { shardOf } from '../contract/digest.ts';
import type { AllocationId, ChannelId, ClientId, EventId, NodeId, OrderId, Sku, WorkOrderId } from '../contract/ids.ts';
import type { Settled, ShardRequest } from '../contract/machine.ts';
import type { Order, OrderAct } from '../contract/order.ts';
import type { KitRef, ReferenceBatch } from '../contract/reference.ts';
import type { ShopMessage, ShopOrder } from '../contract/shop-order.ts';
import type { Source } from '../contract/sourcing.ts';
import type { ShortReason, WorkEvent, WorkOrder } from '../contract/work-order.ts';
import { createOrderMachine } from '../orders/order-machine.ts';
import { createStockMachine } from '../stock/stock-machine.ts';
import { channelRef, groupRef, itemRef, nodeId, nodeRef, sourceRef, WMS } from '../stock/test-retailer.ts';
import { type AnyMachine, HostedShard } from './hosted-shard.ts';
import { nearest } from './test-supply.ts';
import { TurnRecords } from './turn-records.ts';

// Two stock shards and one of orders, all real, and nodes that do what the test says. Requests arrive when the test says so.

export const START_MS = 1_767_600_000_000;
export const CLIENT = 'shop' as ClientId;
export const WEB = 'web' as ChannelId;
const STOCK_SHARDS = 2;
export const ORDERS = 2;
export const NODES = 3;
const INTAKE = 4;

/** One sku in each stock shard, and more. */
export const SKUS = Array.from({ length: 4 }, (_, index) => `sku-${index}` as Sku);

interface NodeWork {
  work: WorkOrder;
  op: WorkEvent;
  heard: number;
}

/** The order's pieces, line by line: `2 released n0, 1 refused`. */
export function piecesOf({ lines }: Order): string[] {
  return lines.map(({ pieces }) =>
    pieces.map(({ units, state, node }) => `${units} ${state}${node === undefined ? '' : ` ${node}`}`).join(', '),
  );
}

export class TestOrders {
  nowMs = START_MS;
  /** Every request arrives once more, behind all that are under way. */
  doubles = false;
  readonly #again = new Set<ShardRequest>();
  readonly facts: { readonly shard: number; readonly fact: Fact }[] = [];
  readonly works = new Map<WorkOrderId, NodeWork>();
  /** What those were told who waited for an order. */
  readonly settled: Settled[] = [];
  readonly full = new Set<NodeId>();
  readonly shards: readonly HostedShard[];
  #underWay: ShardRequest[] = [];
  #messages = 0;
  readonly #turn = new TurnRecords();
  readonly #source: Source;

  constructor(source: Source = nearest, more: readonly ReferenceBatch[] = []) {
    this.#source = source;
    this.shards = this.newShards();
    for (const batch of [...BOOK, ...more]) this.apply(batch);
  }

  newShards(): HostedShard[] {
    const stock = [0, 1].map((shard) =>
      createStockMachine({ shard, intake: INTAKE, holdsPerClientMax: 100, unitsPerLineMax: 10_000 }),
    );
    const settings = { shard: ORDERS, stockShards: STOCK_SHARDS, nodes: NODES, nodeShards: 1, source: this.#source };
    return [...stock, createOrderMachine(settings)].map(
      (machine, shard) => new HostedShard(shard, machine as AnyMachine),
    );
  }

  apply(batch: ReferenceBatch): void {
    for (const { number } of this.shards) {
      const isTaken = number === ORDERS ? ORDER_KINDS.has(batch.of) : !ORDER_ONLY.has(batch.of);
      if (isTaken) this.run(number, { do: 'apply', batch });
    }
  }

  count(sku: Sku, node: number, quantity: number): void {
    const event = {
      kind: 'snapshot',
      source: WMS,
      id: `s${this.#messages++}` as EventId,
      sku,
      node: nodeId(node),
      quantity,
      at: this.nowMs,
      cover: 'count',
    };
    this.run(shardOf(sku, STOCK_SHARDS), { do: 'record', event: event as never, receivedAt: this.nowMs });
    this.nowMs++;
  }

  run(shard: number, command: Command): Outcome {
    const hosted = this.shards[shard]!;
    const due = hosted.tickIfDue(this.nowMs, this.#turn);
    const decision = hosted.run(command, this.nowMs, this.#turn);
    this.#turn.take();
    for (const each of due === undefined ? [decision] : [due, decision]) {
      this.facts.push(...each.facts.map((fact) => ({ shard, fact })));
      this.#underWay.push(...each.requests);
      this.settled.push(...(each.settled ?? []));
    }
    return decision.outcome;
  }

  say(message: Partial<ShopMessage> & Pick<ShopMessage, 'kind'>, id = 'A1', kits: readonly KitRef[] = []): Outcome {
    const whole = {
      channel: WEB,
      channelOrderId: id,
      message: `m${this.#messages++}`,
      at: this.nowMs,
      ...message,
    } as ShopMessage;
    const outcome = this.run(ORDERS, {
      do: 'shop-message',
      client: CLIENT,
      message: whole,
      shards: {},
      kits,
      secret: '0123456789abcdef0123456789abcdef',
    });
    this.nowMs++;
    return outcome;
  }

  act(order: OrderId, what: OrderAct, key = `k${this.#messages++}`, ifVersion?: number): Outcome {
    const by = { by: 'ann', key, ...(ifVersion !== undefined && { ifVersion }) };
    return this.run(ORDERS, { do: 'order-act', order, client: CLIENT, by, what });
  }

  /** The next `count` requests arrive, and with all what they cause. */
  deliver(count = Infinity): void {
    // As the host does at once: units that came are given to who waits for them by a tick.
    for (const { number, machine } of this.shards) if (machine.dueAt() <= this.nowMs) this.run(number, { do: 'tick' });
    for (let delivered = 0; delivered < count; delivered++) {
      const next = this.#underWay.shift();
      if (next === undefined) return;
      // What stock tells of sources is nobody's business here.
      if (next.shard === INTAKE) continue;
      if (this.doubles && this.#underWay.length < 500 && !this.#again.delete(next)) {
        this.#again.add(next);
        this.#underWay.push(next);
      }
      if (next.shard === NODES) this.#atNode(next.command);
      else this.run(next.shard, next.command);
    }
  }

  shardOf(sku: Sku): number {
    return shardOf(sku, STOCK_SHARDS);
  }

  get underWay(): number {
    return this.#underWay.length;
  }

  /** All that was under way is lost; state is what facts made of it, and everybody asks again. */
  crash(): void {
    for (const [number, fresh] of this.newShards().entries()) {
      let lsn = 0;
      for (const { shard, fact } of this.facts) if (shard === number) fresh.machine.evolve(fact, ++lsn);
      fresh.lsn = lsn;
      (this.shards as HostedShard[])[number] = fresh;
    }
    this.#underWay = this.shards.flatMap(({ machine }) => [...machine.outstanding()]);
    for (const { work, op, heard } of this.works.values())
      if (heard < work.version && work.version > 1) this.#tell(op, work);
  }

  /** As after a loss that was accepted: stock still has promises of orders that nobody has written down. */
  forgetOrders(): void {
    const kept = this.facts.filter(({ shard, fact }) => shard !== ORDERS || fact.fact === 'RowsApplied');
    this.facts.splice(0, this.facts.length, ...kept);
    this.crash();
  }

  #atNode(command: Command): void {
    if (command.do === 'read-load') {
      const loads = command.nodes.map((node) => ({ node, open: 0, today: 0 }));
      const { order, ask } = command;
      this.#underWay.push({ shard: ORDERS, command: { do: 'load-read', order, ask, shard: NODES, loads } });
    } else if (command.do === 'offer-work') this.#offered(command);
    else if (command.do === 'pull-back') this.#pulled(command);
    else if (command.do === 'work-heard') {
      const known = this.works.get(command.work);
      if (known !== undefined) known.heard = Math.max(known.heard, command.version);
    }
  }

  #offered({ work: offer }: Extract<Command, { do: 'offer-work' }>): void {
    const known = this.works.get(offer.id);
    const work: WorkOrder = known?.work ?? {
      ...offer,
      state: 'queued',
      parcels: [],
      offeredAt: this.nowMs,
      at: this.nowMs,
      version: 1,
    };
    const isFull = known === undefined && this.full.has(offer.node);
    if (!isFull && known === undefined) this.works.set(offer.id, { work, op: 'accept', heard: 1 });
    const outcome = isFull
      ? ({ status: 'refused', code: 'capacity-reached' } as const)
      : ({ status: 'queued', work } as const);
    this.#underWay.push({
      shard: ORDERS,
      command: { do: 'offer-answered', order: offer.order, work: offer.id, outcome },
    });
  }

  #pulled({ work: id, ask }: Extract<Command, { do: 'pull-back' }>): void {
    const known = this.works.get(id)!;
    const { work } = known;
    const order = work.order;
    const answer = (outcome: Extract<Command, { do: 'pull-back-answered' }>['outcome']): void =>
      void this.#underWay.push({ shard: ORDERS, command: { do: 'pull-back-answered', order, work: id, ask, outcome } });
    if (work.state === 'pulled-back') return answer({ status: 'pulled-back', work });
    if (work.state === 'packed') return answer({ status: 'refused', code: 'already-packed' });
    if (isEnded(work)) return answer({ status: 'refused', code: 'already-ended' });
    known.work = { ...work, state: 'pulled-back', version: work.version + 1, at: this.nowMs };
    known.heard = known.work.version;
    answer({ status: 'pulled-back', work: known.work });
  }

  /** Somebody at the node does something. */
  work(id: WorkOrderId, op: WorkEvent, change: Partial<WorkOrder>): void {
    const known = this.works.get(id)!;
    known.work = { ...known.work, ...change, version: known.work.version + 1, at: this.nowMs };
    known.op = op;
    this.#tell(op, known.work);
  }

  #tell(op: WorkEvent, work: WorkOrder): void {
    this.#underWay.push({ shard: ORDERS, command: { do: 'work-changed', shard: NODES, op, work } });
  }

  ship(id: WorkOrderId): void {
    this.work(id, 'ship', { state: 'shipped' });
  }

  /** What another node has packed has come, and waits for the customer. */
  receive(id: WorkOrderId): void {
    this.work(id, 'receive', { state: 'ready-for-pickup' });
  }

  collect(id: WorkOrderId): void {
    this.work(id, 'collect', { state: 'collected' });
  }

  reject(id: WorkOrderId, reason: ShortReason): void {
    this.work(id, 'reject', { state: 'rejected', reason });
  }

  openWorks(): WorkOrder[] {
    return [...this.works.values()].map(({ work }) => work).filter((work) => !isEnded(work));
  }

  order(id: OrderId): Order | undefined {
    const answer = this.shards[ORDERS]!.machine.answer({ ask: 'orders', ids: [id] }, this.nowMs);
    return answer.answer === 'orders' ? answer.orders[0] : undefined;
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.run(ORDERS, { do: 'tick' });
  }

  stock(sku: Sku, node: number) {
    const answer = this.shards[shardOf(sku, STOCK_SHARDS)]!.machine.answer({ ask: 'stock', skus: [sku] }, this.nowMs);
    const found = answer.answer === 'stock' ? answer.stock[0] : undefined;
    return {
      ats: found?.channels.find(({ channel }) => channel === WEB)?.ats ?? 0,
      ...found?.nodes.find((each) => each.node === nodeId(node)),
    };
  }

  /** Units stock still has for the order, at nodes and on groups: a second book from the stock shards' facts. */
  promised(id: OrderId): number {
    const allocation = id as string as AllocationId;
    let units = 0;
    for (const { fact } of this.facts) {
      if (!('id' in fact) || fact.id !== allocation) continue;
      if (fact.fact === 'UnitsAllocated') units += sum(fact.lines);
      if (fact.fact === 'HeldAllocated') units += sum(fact.taken);
      if (fact.fact === 'AllocationReduced') units -= sum(fact.taken);
      if (fact.fact === 'UnitsDeparted') units -= sum(fact.departed);
      if (fact.fact === 'UnitsTransferred' && fact.keep !== true) units -= fact.units;
    }
    return units;
  }
}

const sum = (lines: readonly { readonly units: number }[]): number =>
  lines.reduce((total, { units }) => total + units, 0);

function isEnded({ state }: WorkOrder): boolean {
  return ['shipped', 'delivered', 'collected', 'rejected', 'pulled-back'].includes(state);
}

const ORDER_KINDS: ReadonlySet<string> = new Set([
  'nodes',
  'groups',
  'channels',
  'carriers',
  'sourcing',
  'automations',
]);
const ORDER_ONLY: ReadonlySet<string> = new Set(['carriers', 'sourcing', 'automations']);
const PLACES = [0, 1, 2].map((index) => nodeId(index));
const BOOK: readonly ReferenceBatch[] = [
  { of: 'sources', rows: [sourceRef(WMS)] },
  { of: 'nodes', rows: PLACES.map((id) => nodeRef(id)) },
  { of: 'groups', rows: [groupRef('all', PLACES)] },
  { of: 'channels', rows: [channelRef('web', 'all')] },
  { of: 'items', rows: SKUS.map((sku) => itemRef(sku)) },
];

export function shopOrder(
  lines: readonly (readonly [sku: number, units: number])[],
  more: Partial<ShopOrder> = {},
): ShopOrder {
  return {
    placedAt: START_MS,
    currency: 'USD',
    method: 'ship',
    lines: lines.map(([sku, units], index) => ({ line: `${index + 1}`, sku: SKUS[sku]!, units, unitMinor: 1_000 })),
    ...more,
  };
}

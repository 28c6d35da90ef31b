import { orderId, type ChannelId, type NodeId, type OrderId, type Sku } from '../contract/ids.ts';
import type { Order, OrderLine, PieceState } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import { evolveOrder } from '../orders/evolve-order.ts';
import type { SourcingDecision } from '../contract/sourcing.ts';

// A year of orders for benchmarks: every tenth customer orders often, few skus are most of what is sold, and most orders have
// left. Each has the facts that a life has: placed, promised, sourced, worked on.

export const CHANNELS = ['web', 'pos', 'amazon', 'b2b', 'app'] as ChannelId[];
const NODES = 120;
const SKUS = 20_000;
const YEAR_MS = 365 * 86_400_000;
const BEGIN_MS = 1_760_000_000_000;
/** Share of orders, the newest, that are still under way. */
const OPEN_SHARE = 0.03;

const FIRST = 'anna ben carla david emma frank greta hans ines jonas karla lena mara nils olga paul'.split(' ');
const STREETS = 'elm oak main park lake hill river mill church school'.split(' ');

export class BenchOrders {
  readonly count: number;
  /** Each placed as it ends: one fact, for who only wants to search them. */
  readonly #isShort: boolean;
  #state = 1_234_567;
  #lsn = 0;

  constructor(count: number, isShort = false) {
    this.#isShort = isShort;
    this.count = count;
  }

  /** Below `limit`, evenly; the same draws in every run. */
  draw(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((this.#state / 0x80000000) * limit);
  }

  sku(): Sku {
    return `SKU-${Math.floor((this.draw(1_000) / 1_000) ** 3 * SKUS) + this.draw(20)}` as Sku;
  }

  node(): NodeId {
    return `S-${this.draw(NODES)}` as NodeId;
  }

  customer(): { name: string; email: string; phone: string; city: string; street: string } {
    const number = this.draw(10) === 0 ? this.draw(this.count / 100 + 1) : this.draw(this.count / 3 + 1);
    const [first, last] = [FIRST[number % FIRST.length]!, `name${number % 7_001}`];
    return {
      name: `${first} ${last}`,
      email: `${first}.${last}.${number}@mail${number % 9}.example`,
      phone: `+1 515 ${String(number).padStart(7, '0')}`,
      city: `town${number % 900}`,
      street: `${number % 300} ${STREETS[number % STREETS.length]} street`,
    };
  }

  *lives(): Generator<{ readonly lsn: number; readonly fact: OrderFact }> {
    for (let number = 1; number <= this.count; number++) {
      const life = this.#life(number);
      for (const fact of this.#isShort ? [shortened(life)] : life) yield { lsn: ++this.#lsn, fact };
    }
  }

  *#life(number: number): Generator<OrderFact> {
    const at = BEGIN_MS + Math.floor((number / this.count) * YEAR_MS);
    const order = this.#order(number, at);
    const about = { at: at + 1, order: order.id };
    const node = this.node();
    const moved = (state: PieceState, more: object = {}): PieceChange[] =>
      order.lines.map(({ line, units }) => ({ line, from: 0, units, to: { state, ...more } }));
    const answered = (step: number, pieces: readonly PieceChange[]): OrderFact =>
      ({ fact: 'StepAnswered', ...about, step, shard: 0, outcome: { status: 'allocated' }, pieces }) as never;
    yield { fact: 'OrderPlaced', at, order: order.id, begins: order, message: 'm', shards: {}, secret: order.token };
    yield answered(1, moved('unplaced', { group: 'all' }));
    if (number % 50 === 0) yield { fact: 'QueueEntered', ...about, queue: 'unfillable', why: 'no-plan' };
    if (number % 50 === 0) return;
    yield { fact: 'OrderSourced', ...about, ask: 1, decision: this.#decision(order, node) };
    yield answered(2, moved('allocated', { node }));
    const work = `${order.id}.1` as never;
    yield { fact: 'WorkOffered', ...about, work, node, pieces: moved('released', { node, work }) };
    const isOpen = number > this.count * (1 - OPEN_SHARE);
    const ops = isOpen ? (['queued', 'accept'] as const) : (['queued', 'accept', 'pick', 'pack', 'ship'] as const);
    for (const [index, op] of ops.entries()) {
      const parcels = [{ carrier: 'parcel', tracking: `1Z${order.id.slice(3)}${number}`, lines: [] }];
      const state = op === 'ship' ? 'shipped' : 'accepted';
      const now = { id: work, node, state, parcels: op === 'ship' ? parcels : [], version: index + 1 } as never;
      yield {
        fact: 'WorkHeard',
        ...about,
        work,
        op,
        now,
        pieces: op === 'ship' ? moved('shipped', { node, work }) : [],
      };
    }
  }

  #order(number: number, at: number): Order {
    const { name, email, phone, city, street } = this.customer();
    const lines = Array.from({ length: 1 + this.draw(4) }, (_, index) => this.#line(index + 1));
    const address = { name, lines: [street], city, postcode: String(10_000 + this.draw(80_000)), country: 'US' };
    return {
      id: orderId(4, number) as OrderId,
      channel: CHANNELS[this.draw(CHANNELS.length)]!,
      channelOrderId: `G${5_000_000_000 + number * 7}`,
      number: `#${100_000 + number}`,
      client: 'shop' as never,
      placedAt: at,
      receivedAt: at,
      currency: 'USD',
      customer: { name, email, phone },
      shipTo: address,
      method: 'ship',
      group: 'all' as never,
      tags: number % 20 === 0 ? ['gift'] : [],
      priority: 5,
      lines,
      charges: [{ kind: 'shipping', name: 'Ground', amountMinor: 495 }],
      holds: number % 400 === 0 ? [{ kind: 'fraud', by: 'rule', at }] : [],
      works: [],
      returns: [],
      refunds: [],
      token: 'abcdefghijklmnopqrstuvwxyz012345',
      version: 1,
      at,
    };
  }

  #line(number: number): OrderLine {
    const sku = this.sku();
    const units = 1 + this.draw(3);
    const price = { unitMinor: 500 + this.draw(9_000), discountMinor: 0, taxMinor: 0 };
    return { line: String(number), sku, name: `Product ${sku}`, units, ...price, pieces: [{ units, state: 'asked' }] };
  }

  #decision({ lines }: Order, node: NodeId): SourcingDecision {
    const parts = [
      { node, grams: 900, costMinor: 780, lines: lines.map(({ line, sku, units }) => ({ line, sku, units })) },
    ];
    const plan = { parts, costMinor: 780, splitMinor: 0, pressureMinor: 0, missing: [] };
    const candidates = Array.from({ length: 30 }, (_, index) => ({
      node: `S-${index}` as NodeId,
      km: this.draw(4_000),
      ...(index > 4 && { out: 'no-units' as const }),
    }));
    const about = { rules: 'live', step: 'any', tried: [], candidatesInAll: NODES, bounded: false };
    return { ...about, plan, candidates, compared: [plan, plan, plan] };
  }
}

function shortened(life: Iterable<OrderFact>): OrderFact {
  let [first, order]: [OrderFact | undefined, Order | undefined] = [undefined, undefined];
  for (const fact of life) {
    first ??= fact;
    order = evolveOrder(order, fact);
  }
  return { ...first, begins: order } as OrderFact;
}

import { unreachable } from '../contract/assert.ts';
import type { OrderId } from '../contract/ids.ts';
import { orderId, orderOfWork, shardOfOrder } from '../contract/ids.ts';
import { takeRows } from '../contract/known-rows.ts';
import type { Decision, Machine, Settled, ShardRequest } from '../contract/machine.ts';
import type { OrderCommand, ShopMessageCommand } from '../contract/order-command.ts';
import { ORDER_KEEP_MS } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import { refuse } from '../contract/outcome.ts';
import type { OrderAnswer, OrderQuery } from '../contract/query.ts';
import { joinPages } from '../contract/whole-image.ts';
import { advance } from './advance.ts';
import { AdviceRead } from './advice.ts';
import { outcomeOf } from './hand-move.ts';
import { hearOffer, hearPullBack, hearWork } from './hear-node.ts';
import { hearStep } from './hear-step.ts';
import { hearUnits } from './hear-units.ts';
import { judgeMessage } from './judge-message.ts';
import { evolveFile, type OrderFile } from './order-file.ts';
import { imageOfOrders } from './order-image.ts';
import { isOver } from '../contract/order-status.ts';
import { channelKey, OrderTable } from './order-table.ts';
import { isReading, openRequests, readShards } from './requests.ts';
import { takeAct } from './take-act.ts';
import { digestOf, placeOrder, takeMessage } from './take-message.ts';
import type { OrderSettings, World } from './world.ts';

type Decided = Decision<OrderFact>;
type Of<Name extends OrderCommand['do']> = Extract<OrderCommand, { do: Name }>;

/** Accepted, nothing changed. */
const NOTHING: Decided = { outcome: { status: 'applied' }, facts: [], requests: [] };
/** Orders looked at by one tick at most; the host ticks again at once while more are due. */
const TICK_ORDERS_MAX = 200;
/** Orders heard of and not placed that are kept at once; more messages are refused. */
const EARLY_MAX = 10_000;

/** Owns orders: what channels say of them, what of them is promised where, and what is asked of stock and nodes for it. */
export function createOrderMachine(settings: OrderSettings): Machine<OrderCommand, OrderFact, OrderQuery, OrderAnswer> {
  const table = new OrderTable();
  const advice = new AdviceRead();
  const worldAt = (at: number): World => ({ rows: table.rows, settings, at });

  /** What follows from facts about one order, and who is asked for it. */
  function follow(
    before: OrderFile | undefined,
    came: readonly OrderFact[],
    at: number,
  ): Decided & { readonly file: OrderFile } {
    const start = before ?? evolveFile(undefined, came[0] as Extract<OrderFact, { fact: 'OrderPlaced' }>);
    const world = worldAt(at);
    const known = advice.of(start.order.id, start.asks, readShards(start, world));
    const { file, facts } = advance(before, came, { ...world, advice: known });
    if (!isReading(file)) advice.forget(file.order.id);
    const asked = before === undefined ? new Map<string, ShardRequest>() : openRequests(before, world);
    const requests = [...openRequests(file, world)].filter(([name]) => !asked.has(name)).map(([, request]) => request);
    const orders = facts.length === 0 ? [] : [{ order: file.order, what: facts[0]!.fact }];
    return { ...NOTHING, facts, requests, orders, settled: settledBy(file, facts), file };
  }

  function shopMessage(command: ShopMessageCommand, at: number): Decided {
    const { message } = command;
    const file = table.find(message.channel, message.channelOrderId);
    const early = table.early.get(channelKey(message.channel, message.channelOrderId));
    const same = early?.messages.find((each) => each.message.message === message.message);
    const known = file?.messages[message.message] ?? (same && digestOf(same.message));
    const count = file === undefined ? (early?.messages.length ?? 0) : Object.keys(file.messages).length;
    const no = judgeMessage(command, { digest: digestOf(message), known, count }, worldAt(at));
    if (no !== undefined) return { ...NOTHING, outcome: no };
    const id = file?.order.id ?? early?.id ?? orderId(settings.shard, table.lastNumber + 1);
    if (file !== undefined) {
      if (known !== undefined) return { ...NOTHING, outcome: { status: 'taken', order: file.order, duplicate: true } };
      const { file: now, ...decided } = follow(file, takeMessage(file, command, worldAt(at)), at);
      return { ...decided, outcome: { status: 'taken', order: now.order } };
    }
    if (message.kind === 'place') return place(id, command, at);
    if (known !== undefined) return { ...NOTHING, outcome: { status: 'kept-for-later', id } };
    if (early === undefined && table.early.size >= EARLY_MAX)
      return { ...NOTHING, outcome: refuse('too-many-messages') };
    const kept: OrderFact = { fact: 'MessageKept', at, order: id, client: command.client, message };
    return { ...NOTHING, outcome: { status: 'kept-for-later', id }, facts: [kept] };
  }

  /** With it comes all that was heard of the order before it. */
  function place(id: OrderId, command: ShopMessageCommand, at: number): Decided {
    const { message } = command;
    if (message.kind !== 'place') return NOTHING;
    const begins = placeOrder(id, { ...command, message }, worldAt(at));
    const facts: OrderFact[] = [begins];
    let file = evolveFile(undefined, begins);
    const early = table.early.get(channelKey(message.channel, message.channelOrderId))?.messages ?? [];
    for (const { message: each } of [{ message }, ...early]) {
      for (const fact of takeMessage(file, { ...command, message: each }, worldAt(at))) {
        facts.push(fact);
        file = evolveFile(file, fact as Parameters<typeof evolveFile>[1]);
      }
    }
    const { file: now, ...decided } = follow(undefined, facts, at);
    return { ...decided, outcome: { status: 'taken', order: now.order } };
  }

  function act(command: Of<'order-act'>, at: number): Decided {
    const file = table.files.get(command.order);
    if (file === undefined) return { ...NOTHING, outcome: refuse('unknown-order', { field: 'order' }) };
    const taken = takeAct(file, command, worldAt(at));
    if ('status' in taken) return { ...NOTHING, outcome: taken };
    const { file: now, ...decided } = follow(file, taken, at);
    return { ...decided, outcome: outcomeOf(now, command.by.key) };
  }

  /** Facts that a message of another shard makes of an order we have. */
  function heard(id: string, at: number, factsOf: (file: OrderFile, world: World) => readonly OrderFact[]): Decided {
    const file = table.files.get(id as OrderId);
    if (file === undefined) return NOTHING;
    const facts = factsOf(file, worldAt(at));
    if (facts.length === 0) return NOTHING;
    const { file: _now, ...decided } = follow(file, facts, at);
    return decided;
  }

  function stepAnswered({ allocation, step, shard, outcome }: Of<'allocation-answered'>, at: number): Decided {
    return heard(allocation, at, (file, world) => {
      const asked = file.steps.find((each) => each.step === step && each.shard === shard);
      return asked === undefined ? [] : hearStep(file, asked, outcome, world);
    });
  }

  /** An answer to an older question, late or twice, takes nothing from those to the newest. */
  function read({ order, ask, shard, ...said }: Of<'nodes-read' | 'load-read'>, at: number): Decided {
    const file = table.files.get(order);
    if (file === undefined || file.asks !== ask || !isReading(file)) return NOTHING;
    advice.take(order, ask, shard, said);
    const { file: _now, ...decided } = follow(file, [], at);
    return decided;
  }

  function workChanged({ op, work, shard }: Of<'work-changed'>, at: number): Decided {
    const decided = heard(orderOfWork(work.id) ?? '', at, (file, world) => hearWork(file, op, work, world));
    const { id, node, version } = work;
    const thanks: ShardRequest = { shard, command: { do: 'work-heard', work: id, node, version } };
    return { ...decided, requests: [thanks, ...decided.requests] };
  }

  function unitsCame(command: Of<'units-came'>, at: number): Decided {
    const { allocation, sku, serving, shard } = command;
    const decided = heard(command.order, at, (file, world) => hearUnits(file, command, world));
    const isOurs = shardOfOrder(command.order) === settings.shard;
    const isUnwanted = isOurs && !table.files.has(command.order);
    const heardOf = { do: 'units-heard', allocation, sku, serving } as const;
    const thanks: ShardRequest = { shard, command: { ...heardOf, ...(isUnwanted && { unwanted: true }) } };
    return { ...decided, requests: [thanks, ...decided.requests] };
  }

  function tick(at: number): Decided {
    const due = table.dueBy(at, TICK_ORDERS_MAX);
    const decisions = due.map((id): Decided => {
      const file = table.files.get(id);
      const isPast = file === undefined || (isOver(file.order) && file.order.at + ORDER_KEEP_MS <= at);
      return isPast ? { ...NOTHING, facts: [{ fact: 'OrderForgotten', at, order: id }] } : follow(file, [], at);
    });
    return {
      ...NOTHING,
      facts: decisions.flatMap(({ facts }) => facts),
      requests: decisions.flatMap(({ requests }) => requests),
      orders: decisions.flatMap(({ orders = [] }) => orders),
      settled: decisions.flatMap(({ settled = [] }) => settled),
    };
  }

  return {
    decide(command, at) {
      switch (command.do) {
        case 'shop-message':
          return shopMessage(command, at);
        case 'order-act':
          return act(command, at);
        case 'apply':
          return { ...NOTHING, ...takeRows(table.rows, command, settings.shard, at) };
        case 'allocation-answered':
          return stepAnswered(command, at);
        case 'nodes-read':
        case 'load-read':
          return read(command, at);
        case 'units-came':
          return unitsCame(command, at);
        case 'offer-answered':
          return heard(command.order, at, (file, world) => hearOffer(file, command, world));
        case 'pull-back-answered':
          return heard(command.order, at, (file, world) => hearPullBack(file, command, world));
        case 'work-changed':
          return workChanged(command, at);
        case 'tick':
          return tick(at);
        default:
          return unreachable(command);
      }
    },
    evolve: (fact, lsn) => table.evolve(fact, lsn),
    dueAt: () => table.dueAt(),
    takeChanges: () => [],
    takeOpen: () => [],
    answer: (query) => answerQuery(table, query),
    outstanding: () =>
      [...table.files.values()].flatMap((file) => [...openRequests(file, worldAt(file.order.at)).values()]),
    beginImage: () => imageOfOrders(table.header(), [...table.files.values()]),
    restore: (header, pages) => table.load(header, joinPages(pages)),
    digest: () => table.digest(),
  };
}

/** Who waits for an act is told as soon as it has ended. */
function settledBy(file: OrderFile, facts: readonly OrderFact[]): Settled[] {
  return facts.flatMap((fact) =>
    fact.fact === 'ActEnded' ? [{ id: fact.order, outcome: outcomeOf(file, fact.key) }] : [],
  );
}

function answerQuery(table: OrderTable, query: OrderQuery): OrderAnswer {
  switch (query.ask) {
    case 'orders':
      return { answer: 'orders', orders: query.ids.flatMap((id) => table.files.get(id)?.order ?? []) };
    case 'lsn':
      return { answer: 'lsn', lsn: table.facts };
    case 'stats':
      return { answer: 'stats', stats: table.stats() };
    default:
      return unreachable(query);
  }
}

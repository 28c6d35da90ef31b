import { assert, unreachable } from '../contract/assert.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { ClientId } from '../contract/ids.ts';
import type { Decision, Settled, ShardRequest } from '../contract/machine.ts';
import type { Fact } from '../contract/fact.ts';
import type { OrderChange } from '../contract/order.ts';
import type { ReferenceNews } from '../contract/reference-change.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { requestBytes } from './codec/item-bytes.ts';
import { outputBytes } from './codec/output-bytes.ts';
import { type HostedShard, isPending } from './hosted-shard.ts';
import type { Item, Output, Reply, RoutedRequest } from './messages.ts';
import { OutputQueue } from './output-queue.ts';
import { TurnRecords } from './turn-records.ts';
import { WaitingCallers } from './waiting-callers.ts';

/** Where a host's words go; the worker wires them to ports, tests keep them in arrays. */
export interface HostPorts {
  readonly now: () => number;
  /** The buffer of `records` is the receiver's from now on. `atMs`: when they were decided. */
  readonly journal: (seq: number, count: number, records: Uint8Array, atMs: number) => void;
  readonly main: (
    batches: number,
    outputs: readonly Uint8Array<ArrayBuffer>[],
    requests: readonly RoutedRequest[],
  ) => void;
}

/** What one turn collects. */
interface Turn {
  readonly atMs: number;
  readonly replies: Reply[];
  readonly requests: ShardRequest[];
  readonly settled: Settled[];
  readonly news: ReferenceNews[];
  readonly orders: OrderChange[];
  readonly touched: Set<HostedShard>;
}

/**
 * A thread's shards and their one way out. A turn decides a batch, hands its facts to the journal, and puts everything
 * else in a queue that opens only when the journal says durable (output-commit rule, refusals and reads included).
 */
export class ShardHost {
  #shards: ReadonlyMap<number, HostedShard>;
  #ports: HostPorts;
  #queue = new OutputQueue();
  #waiting = new WaitingCallers();
  #records = new TurnRecords();
  #seq = 0;
  #durable = 0;

  constructor(shards: readonly HostedShard[], ports: HostPorts) {
    this.#shards = new Map(shards.map((shard) => [shard.number, shard]));
    this.#ports = ports;
  }

  /** Number of the newest batch given to the journal. */
  get seq(): number {
    return this.#seq;
  }

  /** Nothing is waiting to become durable or to be let out. */
  get idle(): boolean {
    return this.#queue.size === 0 && this.#durable === this.#seq;
  }

  /** When the host next has something to do by itself, ms since the epoch. */
  dueAt(): number {
    let due = Infinity;
    for (const { machine } of this.#shards.values()) due = Math.min(due, machine.dueAt());
    return due;
  }

  /** One batch of main's work. */
  take(items: readonly Item[]): void {
    this.#turn(items, 1);
    this.#letOut();
  }

  /** Expiries, when nobody sends work. */
  tick(): void {
    this.#turn([], 0);
    this.#letOut();
  }

  /** After recovery: what was asked of other shards and has no durable answer. */
  sendOutstanding(): void {
    const requests = [...this.#shards.values()].flatMap(({ machine }) => machine.outstanding());
    this.#hold({ ...this.#newTurn(), requests }, 0);
    this.#letOut();
  }

  /** The journal has made everything up to this batch durable. */
  durable(seq: number): void {
    assert(seq > this.#durable && seq <= this.#seq, () => `durable ${seq} after ${this.#durable}, sent ${this.#seq}`);
    this.#durable = seq;
    this.#letOut();
  }

  #newTurn(): Turn {
    return {
      atMs: this.#ports.now(),
      replies: [],
      requests: [],
      settled: [],
      news: [],
      orders: [],
      touched: new Set(),
    };
  }

  #turn(items: readonly Item[], batches: number): void {
    const turn = this.#newTurn();
    // What is past its time ends before anything else is decided at this moment (rule RS4).
    for (const shard of this.#shards.values()) {
      const decision = shard.tickIfDue(turn.atMs, this.#records);
      if (decision !== undefined) collect(turn, shard, decision);
    }
    for (const item of items) {
      this.#work(turn, item);
      this.#settle(turn);
    }
    this.#hold(turn, batches);
  }

  /** At once: whoever asks later in this turn waits for another answer, as the next move of the same reservation does. */
  #settle(turn: Turn): void {
    if (turn.settled.length > 0) turn.replies.push(...this.#waiting.settle(turn.settled.splice(0)));
  }

  #work(turn: Turn, item: Item): void {
    const shard = this.#shards.get(item.shard);
    assert(shard !== undefined, () => `shard ${item.shard} lives in another thread`);
    if ('events' in item) {
      const said = item.events.map((event) => this.#decide(turn, shard, recordCommand(event, item)));
      turn.replies.push({ call: item.call, said });
    } else if ('query' in item) {
      turn.replies.push({ call: item.call, said: shard.machine.answer(item.query, turn.atMs) });
    } else if ('request' in item) {
      this.#decide(turn, shard, item.request);
    } else if ('command' in item) {
      const outcome = this.#decide(turn, shard, item.command);
      if (isPending(outcome)) this.#waiting.add(outcome.id, item.call);
      else turn.replies.push({ call: item.call, said: outcome });
    } else {
      unreachable(item);
    }
  }

  #decide(turn: Turn, shard: HostedShard, command: Command): Outcome {
    const decision = shard.run(command, turn.atMs, this.#records);
    collect(turn, shard, decision);
    return decision.outcome;
  }

  #hold(turn: Turn, batches: number): void {
    for (const { count, records } of this.#records.take()) {
      this.#seq++;
      this.#ports.journal(this.#seq, count, records, turn.atMs);
    }
    this.#settle(turn);
    // Encoded while the journal commits, not after.
    const { replies } = turn;
    const changes = [...turn.touched].flatMap(({ machine }) => machine.takeChanges(turn.atMs));
    const open = [...turn.touched].flatMap(({ number, machine }) => {
      const counts = machine.takeOpen();
      return counts.length === 0 ? [] : [{ shard: number, open: counts }];
    });
    const { news, orders } = turn;
    const output: Output = {
      replies,
      changes,
      ...(open.length > 0 && { open }),
      ...(news.length > 0 && { news }),
      ...(orders.length > 0 && { orders }),
    };
    const { local, routed } = this.#split(turn.requests);
    const silent = [replies, changes, open, news, orders].every(({ length }) => length === 0);
    if (silent && batches === 0 && turn.requests.length === 0) return;
    this.#queue.hold({
      seq: this.#seq,
      batches,
      output: silent ? undefined : outputBytes(output),
      requests: routed,
      local,
    });
  }

  #split(requests: readonly ShardRequest[]): { local: ShardRequest[]; routed: RoutedRequest[] } {
    const local: ShardRequest[] = [];
    const routed: RoutedRequest[] = [];
    for (const request of requests) {
      if (this.#shards.has(request.shard)) local.push(request);
      else routed.push({ shard: request.shard, item: requestBytes(request) });
    }
    return { local, routed };
  }

  /** Opens the queue as far as the journal allows; local requests are a turn of their own, which may be ready at once. */
  #letOut(): void {
    let ready = this.#queue.release(this.#durable);
    while (ready.length > 0) {
      const batches = ready.reduce((sum, { batches: each }) => sum + each, 0);
      const outputs = ready.flatMap(({ output }) => output ?? []);
      const requests = ready.flatMap(({ requests: each }) => each);
      if (batches > 0 || outputs.length > 0 || requests.length > 0) this.#ports.main(batches, outputs, requests);
      const local = ready.flatMap(({ local: each }) => each);
      if (local.length > 0) this.#turn(local.map(requestItem), 0);
      ready = this.#queue.release(this.#durable);
    }
  }
}

function recordCommand(
  event: StockEvent,
  { receivedAt, approvedBy }: { readonly receivedAt: number; readonly approvedBy?: ClientId },
): Command {
  if (event.kind === 'heartbeat') return { do: 'hear', event };
  if (approvedBy === undefined) return { do: 'record', event, receivedAt };
  return { do: 'record', event, receivedAt, approvedBy };
}

function requestItem({ shard, command }: ShardRequest): Item {
  return { shard, request: command };
}

function collect(turn: Turn, shard: HostedShard, decision: Decision<Fact>): void {
  const { facts, requests, settled, news, orders } = decision;
  if (facts.length > 0) turn.touched.add(shard);
  for (const request of requests) turn.requests.push(request);
  for (const each of settled ?? []) turn.settled.push(each);
  for (const each of news ?? []) turn.news.push(each);
  for (const each of orders ?? []) turn.orders.push(each);
}

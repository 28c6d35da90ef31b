import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assert } from '../../engine/contract/assert.ts';
import { PUBLIC } from '../caller.ts';
import { messagesIn } from '../test-frames.ts';
import type { ConsumerMark } from './log-desk.ts';
import { LogDelivery } from './log-delivery.ts';
import { LogHub } from './log-hub.ts';
import type { LogPage, LogSource } from './log-source.ts';
import type { LogStore } from './log-store.ts';

// Random histories of a log and one consumer of it against the plainest model: a list of events, and what the consumer has
// stored by its own account. Crashes of either side, lost acks, trims and new epochs in between.

class Log implements LogSource {
  readonly kind = 'feed';
  e = 'e1';
  first = 1;
  head = 0;

  names = () => ['x'];
  namedTo = () => ['x'];
  state = () => ({ e: this.e, first: this.first, head: this.head });
  isOpenTo = () => true;
  snapshotPath = () => '/snapshot';
  follow = () => undefined;
  async *snapshot(): AsyncGenerator<string> {}

  async read(_: string, from: number, limit: number): Promise<LogPage> {
    await Promise.resolve();
    const begin = Math.max(from, this.first);
    const count = Math.max(0, Math.min(limit, this.head - begin + 1));
    const events = Array.from({ length: count }, (__, index) => ({ o: begin + index, eid: 'a', t: 1, d: '{}' }));
    return { ...this.state(), events };
  }
}

/** Marks are durable a moment after they are set: a crash before that loses them. */
class Store {
  readonly durable = new Map<string, ConsumerMark>();
  #marks = new Map<string, ConsumerMark>();
  #lost = false;

  isFull = false;
  ready = async () => undefined;
  parked = async () => [];
  mark = (ch: string, consumer: string) => this.#marks.get(`${ch} ${consumer}`);

  /** This store refuses nothing. */
  begin(mark: ConsumerMark): Promise<void> {
    return this.set(mark);
  }

  async set(mark: ConsumerMark): Promise<void> {
    const key = `${mark.ch} ${mark.consumer}`;
    this.#marks.set(key, mark);
    await nextTurn();
    if (!this.#lost) this.durable.set(key, mark);
  }

  /** What a restarted server finds. */
  restart(): Store {
    this.#lost = true;
    const next = new Store();
    for (const [key, mark] of this.durable) {
      next.durable.set(key, mark);
      next.#marks.set(key, mark);
    }
    return next;
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('append'), n: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('handle'), n: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('ack'), n: fc.constant(0) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('client-crash'), n: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('server-crash'), n: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('trim'), n: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('renumber'), n: fc.constant(0) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

interface Heard {
  readonly type: string;
  readonly o: number;
  readonly e: string;
  readonly from: number;
  readonly recovered: boolean;
}

class World {
  readonly log = new Log();
  store = new Store();
  hub = this.#hub();
  delivery: LogDelivery | undefined;
  /** What the client has stored: the epoch, and the last offset, all before it being stored too. */
  stored: { e: string; o: number } | undefined;
  #frames: Heard[] = [];

  #hub(): LogHub {
    const limits = { creditMax: 4, ackMs: 1e9, acksPerSec: 1e9 };
    const store = this.store as unknown as LogStore;
    return new LogHub({ sources: [this.log], store, limits, now: () => 0, wallNow: () => 0, hit: () => undefined });
  }

  async connect(): Promise<void> {
    if (this.delivery !== undefined) this.hub.left(this.delivery);
    this.#frames = [];
    const frames = this.#frames;
    const write = (all: readonly Buffer[]): void => {
      frames.push(...(messagesIn(all) as unknown as Heard[]));
    };
    const sink = { hasRoom: true, whenRoom: async () => undefined, write };
    const about = { type: 'subscribe', id: 1, ch: 'feed:x', mode: 'log', consumer: 'c' } as const;
    const made = await this.hub.subscribe(about, PUBLIC, sink, () => (this.delivery = undefined));
    this.delivery = made instanceof LogDelivery ? made : undefined;
    const [answer] = this.#frames.splice(0, 1);
    const known = this.stored;
    if (answer?.recovered === true) {
      // Nothing that was not stored is passed over.
      const isPassed = known?.e === this.log.e && answer.from > known.o + 1;
      assert(!isPassed, () => `events from ${known?.o} to ${answer.from} were passed over in silence`);
      this.stored = { e: this.log.e, o: Math.max(answer.from - 1, known?.e === this.log.e ? known.o : 0) };
      this.#next = answer.from;
      return;
    }
    // Said to be lost: then it is, or was never acknowledged.
    const mark = this.store.mark('feed:x', 'c');
    assert(mark?.e !== this.log.e || mark.o + 1 < this.log.first, () => 'a loss is said where there is none');
    this.#next = answer!.from;
    this.stored = { e: this.log.e, o: answer!.from - 1 };
    await this.delivery?.ack(answer!.from - 1);
  }

  /** Offset that must come next on this connection. */
  #next = 1;

  handle(n: number): void {
    for (const event of this.#frames.splice(0, n)) {
      assert(event.type === 'event' && event.o === this.#next, () => `${event.o} came, not ${this.#next}`);
      this.#next += 1;
      if (event.o > this.stored!.o) this.stored = { e: this.stored!.e, o: event.o };
    }
  }

  async ack(): Promise<void> {
    const mine = Math.min(this.stored!.o, this.#next - 1);
    await this.delivery?.ack(mine);
  }

  crashServer(): void {
    this.delivery?.end();
    this.delivery = undefined;
    this.store = this.store.restart();
    this.hub = this.#hub();
  }

  settle = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn++) await nextTurn();
  };
}

async function play(world: World, step: { readonly do: string; readonly n: number }): Promise<void> {
  const { log, hub } = world;
  switch (step.do) {
    case 'append':
      log.head += step.n;
      return hub.moved('feed:x');
    case 'handle':
      return world.handle(step.n);
    case 'ack':
      // Not waited for: a crash may come before it is durable.
      return void world.ack();
    case 'client-crash':
      return world.connect();
    case 'server-crash':
      world.crashServer();
      return world.connect();
    case 'trim':
      log.first = Math.min(log.head + 1, log.first + step.n);
      return hub.moved('feed:x');
    default:
      log.e += "'";
      log.first = 1;
      log.head = 0;
      return hub.moved('feed:x');
  }
}

test('[LG2][LG3][LG5] no history of crashes, trims and lost acks leaves a gap or a wrong order that is not said', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (drawn) => {
      const world = new World();
      await world.connect();
      for (const step of drawn) {
        await play(world, step);
        await world.settle();
        if (world.delivery === undefined) await world.connect();
        // What is remembered is never more than what the client has stored.
        const mark = world.store.mark('feed:x', 'c');
        expect(mark?.e === world.stored?.e ? mark!.o : 0).toBeLessThanOrEqual(world.stored!.o);
      }
      // In the end everything comes.
      world.log.head += 1;
      world.hub.moved('feed:x');
      for (let round = 0; world.stored!.o < world.log.head || world.stored!.e !== world.log.e; round++) {
        expect(round).toBeLessThan(100);
        await world.settle();
        if (world.delivery === undefined) await world.connect();
        world.handle(10);
        await world.ack();
      }
    }),
    { numRuns: 150 },
  );
});

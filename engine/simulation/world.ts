import { createPartition, type Partition } from '../shard/partition.ts';
import { Audit } from './audit.ts';
import type { Chance } from './chance.ts';
import { Client, type Work } from './client.ts';
import { requireAtRest } from './judge-promise.ts';
import { requireOrdersAtRest } from './hub-at-rest.ts';
import { beginLife, newShard } from './life.ts';
import { isInjected, Machine } from './machine.ts';
import { MainThread } from './main-thread.ts';
import type { Planted } from './planted/planted.ts';
import type { Action, Process } from './process.ts';
import { PromiseModel } from './promise-model.ts';
import { Sent } from './sent.ts';
import type { Swarm } from './swarm.ts';
import { Time } from './time.ts';
import { Told } from './told.ts';
import { require, requireSame } from './violation.ts';

/** Longest a run may take to come to rest, in steps; an ordinary one needs a few hundred. */
const REST_STEPS_MAX = 20_000;
const BOOTS_MAX = 50;
/** Recoveries in a row that may be cut short. */
const RECOVERIES_CUT_MAX = 5;
/** Longest chain of promises that follows from one thing (a snapshot that is finished), with room to spare. */
const MICROTASKS = 12;

/** One simulated machine with its process, its clients and the bookkeeper. */
export class World {
  readonly audit: Audit;
  crashes = 0;
  /** Recoveries in a row that were cut short, at most. */
  deepest = 0;
  faults = 0;
  /** The last steps, for whoever has to find out. */
  readonly steps: { readonly name: string; readonly about: unknown }[] = [];
  readonly #chance: Chance;
  readonly #swarm: Swarm;
  readonly #planted: Planted;
  readonly #partition: Partition;
  readonly #client: Client;
  readonly #told: Told;
  readonly #machine: Machine;
  readonly #time: Time;
  #process: Process;
  #main: MainThread;
  #draining = false;

  constructor(chance: Chance, swarm: Swarm, planted: Planted) {
    this.#chance = chance;
    this.#swarm = swarm;
    this.#planted = planted;
    this.#time = new Time(swarm.longPause);
    this.#partition = createPartition(swarm);
    const sent = new Sent();
    const { holdsPerClientMax } = swarm;
    const about = { sent, time: this.#time, holdsPerClientMax };
    this.audit = new Audit(this.#partition, about, (shard) =>
      newShard({ swarm, planted, partition: this.#partition }, shard),
    );
    this.#client = new Client(chance, swarm, this.#partition, sent, this.audit.books);
    this.#told = new Told(this.audit, {
      holdsPerClientMax: swarm.holdsPerClientMax,
      learn: (reservation) => this.#client.told(reservation),
      learnOrder: (allocation) => this.#client.orders.told(allocation),
    });
    this.#machine = new Machine(chance, swarm);
    [this.#process, this.#main] = this.#boot(false);
  }

  /** One thing happens, whichever it is. */
  async step(): Promise<void> {
    const { weights } = this.#swarm;
    const actions: Action[] = [...this.#progress()];
    const add = (name: Action['name'], run: () => void): void =>
      void actions.push({ name, weight: weights[name], run });
    if (!this.#draining) {
      add('ask', () => this.#ask());
      add('drain', () => this.#drain());
    }
    add('time', () => this.#time.pass(this.#chance, this.#dueAt()));
    add('leap', () => this.#time.leap(this.#chance));
    add('kill', () => this.#crash('kill'));
    add('power-cut', () => this.#crash('power-cut'));
    add('cut-soon', () => this.#machine.cutSoon());
    await this.#take(this.#chance.weighted(actions));
  }

  /** Without further trouble: everything under way ends, every answer is what it was, and every state is the right one. */
  async rest(): Promise<void> {
    this.#crash(this.#chance.yes(0.5) ? 'kill' : 'power-cut', true);
    await this.#settle();
    for (const work of this.#client.again()) this.#main.ask(work);
    await this.#settle();
    await this.#sayAgain();
    for (let shard = 0; shard < this.#partition.shards; shard++) {
      const model = this.audit.decided(shard);
      if (model instanceof PromiseModel) requireAtRest(model);
    }
    this.audit.requireSilenceAgreed();
    this.audit.requireBookAgreed();
    for (const thread of this.#process.threads) {
      thread.compareAll();
      thread.compareRestored();
    }
    this.#drain();
    await this.#settle();
    this.#crash('kill', true);
  }

  /** What shops said before has no effect when they say it once more; what was lost of it has now. */
  async #sayAgain(): Promise<void> {
    const all = this.#client.shops.everything();
    if (all.length === 0) return;
    for (const work of all) this.#main.ask(work);
    await this.#settle();
    const before = this.audit.books.versions();
    for (const work of this.#client.shops.everything()) this.#main.ask(work);
    await this.#settle();
    requireSame(this.audit.books.versions(), before, () => 'orders after all was said twice (OR1)');
    requireOrdersAtRest(this.audit.books);
  }

  async #settle(): Promise<void> {
    for (let steps = 0; ; steps++) {
      require(steps < REST_STEPS_MAX, () => 'the engine does not come to rest');
      await flush();
      const actions = this.#progress().filter(({ name }) => name !== 'seal');
      if (actions.length === 0) break;
      await this.#take(this.#chance.pick(actions));
    }
    require(this.#main.waiting === 0, () => `${this.#main.waiting} calls are never answered`);
  }

  /** Whatever is under way goes on. */
  #progress(): Action[] {
    const { weights } = this.#swarm;
    const actions = this.#process.actions(this.#chance, weights);
    const add = (name: Action['name'], run: () => void): void =>
      void actions.push({ name, weight: weights[name], run });
    const { scheduled } = this.#machine;
    if (scheduled.waiting > 0) add('disk', () => scheduled.work(this.#chance));
    this.#process.toMain.forEach((port, thread) => {
      const next = port[0];
      if (next === undefined) return;
      add('output', () => {
        port.shift();
        this.#main.receive(thread, next, { chance: this.#chance, doubled: this.#swarm.doubled });
      });
    });
    return actions;
  }

  async #take({ name, run }: Action): Promise<void> {
    this.#note(name);
    const process = this.#process;
    try {
      run();
      await flush();
      if (this.#process === process) this.#afterwards(process);
    } catch (error) {
      if (!isInjected(error)) throw error;
      this.faults++;
      this.#note('failed', String(error));
      this.#crash(this.#chance.yes(0.5) ? 'kill' : 'power-cut');
    }
  }

  #afterwards(process: Process): void {
    for (const { failure } of process.threads) if (failure !== undefined) throw failure;
    if (!this.#draining || !process.isDrained) return;
    process.close();
    this.#note('closed');
    this.#machine.restart('kill', false);
    [this.#process, this.#main] = this.#boot(false);
  }

  #ask(): void {
    const count = 1 + this.#chance.below(3);
    for (let i = 0; i < count; i++) {
      for (const work of this.#client.next(this.#time.wallMs)) this.#askOne(work);
    }
  }

  #askOne(work: Work): void {
    this.#note('asked', work);
    this.#main.ask(work);
  }

  #dueAt(): number {
    return Math.min(...this.#process.threads.map(({ dueAt }) => dueAt));
  }

  #drain(): void {
    this.#draining = true;
    this.#process.threads.forEach((_, thread) => this.#process.post(thread, { type: 'drain' }));
  }

  /** The process ends where it stands; with the power what was not synced is old, new or garbage. */
  #crash(how: 'kill' | 'power-cut', calm = false): void {
    this.crashes++;
    this.#note(how);
    this.#machine.restart(how, calm);
    [this.#process, this.#main] = this.#boot(calm);
  }

  /** Until a life begins: a recovery may be cut short as well, and so may the next. */
  #boot(calm: boolean): [Process, MainThread] {
    for (let tries = 0; ; tries++) {
      try {
        return this.#begin();
      } catch (error) {
        if (!isInjected(error)) throw error;
        require(tries < BOOTS_MAX, () => 'the engine does not start');
        this.faults++;
        this.crashes++;
        this.deepest = Math.max(this.deepest, tries + 1);
        this.#note('failed at start', String(error));
        this.#machine.restart(this.#chance.yes(0.5) ? 'kill' : 'power-cut', calm || tries > RECOVERIES_CUT_MAX);
      }
    }
  }

  #begin(): [Process, MainThread] {
    this.#draining = false;
    const process = beginLife({
      chance: this.#chance,
      swarm: this.#swarm,
      planted: this.#planted,
      partition: this.#partition,
      machine: this.#machine,
      time: this.#time,
      audit: this.audit,
    });
    const post = (thread: number, items: Uint8Array<ArrayBuffer>): void =>
      process.post(thread, { type: 'work', items });
    const main = new MainThread(process.threads, this.#told, post);
    if (this.audit.lacksReference || this.#chance.yes(0.1)) for (const work of this.#client.reference()) main.ask(work);
    return [process, main];
  }

  #note(name: string, about?: unknown): void {
    this.steps.push({ name, about });
  }
}

/** What waits for the end of a turn has its turn: outboxes, and what follows from a disk call that ended. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < MICROTASKS; turn++) await Promise.resolve();
}

import type { Hit } from '../limits.ts';
import type { Caller } from '../caller.ts';
import { textFrame } from '../frame.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import type { LogSubscribed, SubscribeLog } from '../protocol/log-wire.ts';
import type { Mark } from './log-desk.ts';
import { LogDelivery, type LogSink } from './log-delivery.ts';
import type { LogPage, LogSource, LogState } from './log-source.ts';
import { keyOf, type LogStore } from './log-store.ts';
import { parkedReach, type ParkedReach } from './parked-reach.ts';

interface LogLimits {
  /** Events unacknowledged at most. */
  readonly creditMax: number;
  /** Longest time to acknowledge, in ms. */
  readonly ackMs: number;
  /** Acks and nacks of a socket per second; twice as many at once. */
  readonly acksPerSec: number;
}

export interface LogHubDeps {
  readonly sources: readonly LogSource[];
  readonly store: LogStore;
  readonly limits: LogLimits;
  readonly hit: Hit;
  /** Steady: for what may not take too long. */
  readonly now: () => number;
  /** Whole ms since the epoch, for what is written down and shown to people. */
  readonly wallNow: () => number;
}

export interface LogRefusal {
  readonly code: 'forbidden' | 'too-many-consumers';
  readonly msg: string;
}

/** One answer for what is not there and what is not the caller's: names are nobody's to guess. */
export function noSuchLog(ch: string): LogRefusal {
  return { code: 'forbidden', msg: `there is no log ${ch} that this key may read` };
}

/** Reads of the sources at once, over all logs: a source answers some dozens, and others ask it too. */
const READS_MAX = 8;

/** Every log and everybody who reads one. */
export class LogHub {
  readonly deps: LogHubDeps;
  /** By log and consumer: the newest connection of each. */
  readonly #deliveries = new Map<string, LogDelivery>();
  /** Who is subscribing, before there is a delivery: a newer one takes its place. */
  readonly #coming = new Map<string, object>();
  readonly #byLog = new Map<string, Set<LogDelivery>>();
  /** Reads under way by what they ask: consumers side by side share one. */
  readonly #reads = new Map<string, Promise<LogPage | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #reading = 0;
  takenOver = 0;

  constructor(deps: LogHubDeps) {
    this.deps = deps;
  }

  /** What stands before the colon of a log's name. */
  get kinds(): readonly string[] {
    return this.deps.sources.map(({ kind }) => kind);
  }

  /** Whether the caller may read the log; false also when there is none. */
  isOpenTo(caller: Caller, ch: string): boolean {
    const { source, name } = this.#find(ch);
    return source?.isOpenTo(caller, name) ?? false;
  }

  /** All logs the caller may read. */
  names(caller: Caller): string[] {
    return this.deps.sources.flatMap((source) =>
      [...source.names()].filter((name) => source.isOpenTo(caller, name)).map((name) => `${source.kind}:${name}`),
    );
  }

  /** The same as `connected` tells them: `work:*` is every node's. */
  namedTo(caller: Caller): string[] {
    return this.deps.sources.flatMap((source) => source.namedTo(caller).map((name) => `${source.kind}:${name}`));
  }

  state(ch: string): LogState | undefined {
    const { source, name } = this.#find(ch);
    return source?.state(name);
  }

  delivery(ch: string, consumer: string): LogDelivery | undefined {
    return this.#deliveries.get(keyOf(ch, consumer));
  }

  get connected(): number {
    return this.#deliveries.size;
  }

  /** Undefined: there is no such log. */
  snapshot(ch: string): AsyncIterable<string> | undefined {
    const { source, name } = this.#find(ch);
    return source?.snapshot(name);
  }

  /** Rejects with EngineBusyError. */
  read(ch: string, from: number, limit: number): Promise<LogPage | undefined> {
    const { source, name } = this.#find(ch);
    if (source === undefined) return Promise.resolve(undefined);
    const asked = `${ch} ${from} ${limit}`;
    const known = this.#reads.get(asked);
    if (known !== undefined) return known;
    const reading = this.#inTurn(() => source.read(name, from, limit)).finally(() => this.#reads.delete(asked));
    this.#reads.set(asked, reading);
    return reading;
  }

  /** Undefined: there is no such log for this caller, also when it was taken from it meanwhile. Rejects with EngineBusyError. */
  async readFor(caller: Caller, ch: string, from: number, limit: number): Promise<LogPage | undefined> {
    if (!this.isOpenTo(caller, ch)) return undefined;
    const page = await this.read(ch, from, limit);
    return this.isOpenTo(caller, ch) ? page : undefined;
  }

  /** Which parked events of the log the caller may have; undefined: there is no such log for it. */
  async parkedReach(caller: Caller, ch: string): Promise<ParkedReach | undefined> {
    const page = await this.readFor(caller, ch, 1, 0);
    return page && parkedReach(caller, ch, page.e);
  }

  /** Answers into the sink and delivers from then on; or says why not. `over`: the socket is to be closed. */
  async subscribe(
    { id, ch, consumer, since, begin = 'oldest', credit }: SubscribeLog,
    caller: Caller,
    sink: LogSink,
    over: (code: CloseCode, reason: string) => void,
  ): Promise<LogDelivery | LogRefusal | 'taken-over'> {
    const { store, limits, now, wallNow } = this.deps;
    const key = keyOf(ch, consumer);
    const ticket = {};
    const decided = Promise.withResolvers<void>();
    this.#coming.set(key, ticket);
    try {
      await store.ready();
      const page = await this.read(ch, 1, 0);
      if (page === undefined) return noSuchLog(ch);
      const known = store.mark(ch, consumer);
      if (known === undefined && store.isFull) {
        return { code: 'too-many-consumers', msg: 'there are as many consumers as may be; forget those nobody uses' };
      }
      if (this.#coming.get(key) !== ticket) return 'taken-over';
      // What the older connection acknowledged counts: marks are in memory before they are durable.
      this.#deliveries.get(key)?.hold(decided.promise);
      const start = startOf(page, since ?? store.mark(ch, consumer), begin);
      if (start.recovered) await store.begin({ ch, consumer, e: page.e, o: start.from - 1, at: wallNow() });
      if (this.#coming.get(key) !== ticket) return 'taken-over';
      // Asked again: it may have been taken from the caller meanwhile.
      if (!this.isOpenTo(caller, ch)) return noSuchLog(ch);
      const most = Math.min(credit ?? limits.creditMax, limits.creditMax);
      const delivery = new LogDelivery({
        ch,
        consumer,
        caller,
        e: page.e,
        from: start.from,
        isSettled: start.recovered,
        credit: most,
        sink,
        store,
        state: () => this.state(ch),
        read: (from, limit) => this.read(ch, from, limit),
        now,
        wallNow,
        over: (code, reason) => {
          this.left(delivery);
          over(code, reason);
        },
      });
      const { source, name } = this.#find(ch);
      const head = { type: 'subscribed', id, ch, e: page.e, from: start.from, head: page.head, credit: most } as const;
      const answer: LogSubscribed = start.recovered
        ? { ...head, recovered: true }
        : { ...head, recovered: false, reason: start.reason, snapshot: source?.snapshotPath(name) ?? '' };
      this.#makeWay(key, delivery);
      sink.write([textFrame(JSON.stringify(answer))]);
      this.#entered(key, delivery);
      return delivery;
    } finally {
      decided.resolve();
      if (this.#coming.get(key) === ticket) this.#coming.delete(key);
    }
  }

  /** The socket has gone, or reads it no more. */
  left(delivery: LogDelivery): void {
    delivery.end();
    const { ch, consumer } = delivery.about;
    const key = keyOf(ch, consumer);
    if (this.#deliveries.get(key) === delivery) this.#deliveries.delete(key);
    this.#byLog.get(ch)?.delete(delivery);
    if (this.#byLog.get(ch)?.size === 0) this.#byLog.delete(ch);
    if (this.#deliveries.size === 0) for (const source of this.deps.sources) source.follow(false);
  }

  /** A log has grown, or was made anew. */
  moved(ch: string): void {
    for (const delivery of this.#byLog.get(ch) ?? []) delivery.wake();
  }

  /** Logs may be no more, or be somebody else's to read: those who read them look again. */
  movedAll(): void {
    for (const delivery of this.#deliveries.values()) {
      const { ch, caller, over } = delivery.about;
      if (this.isOpenTo(caller, ch)) delivery.wake();
      else over(4007, 'there is no such log for this key any more');
    }
  }

  /** Staff wants a parked event of the consumer played again. */
  replay(ch: string, consumer: string): void {
    const delivery = this.delivery(ch, consumer);
    delivery?.replays.ask();
    delivery?.wake();
  }

  /** Once a second. */
  turn(): void {
    for (const delivery of this.#deliveries.values()) delivery.turn(this.deps.limits.ackMs);
  }

  #entered(key: string, delivery: LogDelivery): void {
    const { ch } = delivery.about;
    if (this.#deliveries.size === 0) for (const source of this.deps.sources) source.follow(true);
    this.#deliveries.set(key, delivery);
    const readers = this.#byLog.get(ch) ?? new Set();
    readers.add(delivery);
    this.#byLog.set(ch, readers);
    delivery.wake();
  }

  /** Only when nothing can fail any more. A socket's own older reading ends without a word: it asked for another. */
  #makeWay(key: string, { about: { ch, sink } }: LogDelivery): void {
    for (const other of this.#byLog.get(ch) ?? []) if (other.about.sink === sink) this.left(other);
    const older = this.#deliveries.get(key);
    if (older === undefined) return;
    this.takenOver += 1;
    older.about.over(4505, 'another connection reads as this consumer');
  }

  async #inTurn<T>(read: () => Promise<T>): Promise<T> {
    if (this.#reading >= READS_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#reading += 1;
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#reading -= 1;
      else next();
    }
  }

  #find(ch: string): { readonly source: LogSource | undefined; readonly name: string } {
    const colon = ch.indexOf(':');
    const kind = ch.slice(0, colon);
    return { source: this.deps.sources.find((each) => each.kind === kind), name: ch.slice(colon + 1) };
  }
}

type Start =
  | { readonly recovered: true; readonly from: number }
  | { readonly recovered: false; readonly from: number; readonly reason: 'trimmed' | 'epoch' | 'ahead' };

/** Where a consumer goes on: behind what it dealt with last, or, when that cannot be, with the next event, and said so. */
function startOf(
  { e, first, head }: LogState,
  last: Pick<Mark, 'e' | 'o'> | undefined,
  begin: 'oldest' | 'next',
): Start {
  if (last === undefined) return { recovered: true, from: begin === 'oldest' ? first : head + 1 };
  const lost = { recovered: false, from: head + 1 } as const;
  if (last.e !== e) return { ...lost, reason: 'epoch' };
  if (last.o > head) return { ...lost, reason: 'ahead' };
  if (last.o + 1 < first) return { ...lost, reason: 'trimmed' };
  return { recovered: true, from: last.o + 1 };
}

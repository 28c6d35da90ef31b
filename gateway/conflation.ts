import { FrameList } from './frame-list.ts';
import type { Lane, Outbox, Reader, Watch } from './lane.ts';
import type { Topic } from './topic.ts';

/**
 * When each socket is written.
 *
 * The plain way writes every change to every watcher: 11 µs of kernel each, so one core ends near 100,000 a second.
 * Here each socket has a lane per conflation time. A lane keeps which topics changed (keyed: the newest version is the
 * one sent) and is flushed at most once per that time, everything in one write.
 *
 *   change ─► topic ─► lane.waiting ─┬─ lane rested long enough ───► this turn of the loop
 *                                    └─ else ─► wheel slot of its next moment ─► one write per socket
 *
 * A lane that rested is served at once, so a lone change arrives in milliseconds. At most SERVED_AT_ONCE_MAX lanes
 * per tick are; the others wait for a phase of their own, so a change that 20,000 sockets watch is spread over the
 * conflation time instead of blocking the loop for 200 ms, and stays spread afterwards.
 */

/** Width of a slot, in ms: well below the shortest conflation time (50 ms). */
const TICK_MS = 10;
/** Slots of the wheel: 512 × 10 ms reach past the longest conflation time (5 s). */
const SLOTS = 512;
/** Lanes served without waiting per tick: 128 writes of 11 µs are 14 % of the tick. */
const SERVED_AT_ONCE_MAX = 128;

export interface ConflationDeps {
  /** ms, monotonic. */
  readonly now: () => number;
  /** Runs once after what the loop is doing now: setImmediate. */
  readonly soon: (run: () => void) => void;
  readonly later: (run: () => void, ms: number) => void;
  /** Told of each version at the moment it is written, and to how many sockets. */
  readonly written: (topic: Topic, sockets: number, nowMs: number) => void;
  /** A flush was left out: the reader had no room. */
  readonly skipped: (reader: Reader) => void;
}

export class Conflation {
  readonly #deps: ConflationDeps;
  /** Changes of topics, times their watchers: what is written less often was conflated. */
  changes = 0;
  readonly #wheel: Lane[][] = Array.from({ length: SLOTS }, () => []);
  /** Sockets with frames to write; emptied within the same turn of the loop. */
  #full: Outbox[] = [];
  #noFrames = new FrameList();
  #atOnce: Lane[] = [];
  #atOnceLeft = SERVED_AT_ONCE_MAX;
  #atOnceTick = -1;
  #waiting = 0;
  #tick: number;
  #ticking = false;
  #flushing = false;

  constructor(deps: ConflationDeps) {
    this.#deps = deps;
    this.#tick = this.#tickOf(deps.now());
  }

  /** The topic may have a new version: each lane that watches it sends it when its time comes. */
  changed(topic: Topic): void {
    const now = this.#deps.now();
    this.changes += topic.watchers;
    if (topic.everyVersion.length > 0) this.#sendAtOnce(topic, now);
    const { resting } = topic;
    for (const watch of resting) {
      watch.wait();
      if (!watch.lane.queued) this.#queue(watch.lane, now);
    }
    resting.length = 0;
  }

  /** The reader of this one watch has yet to be given the newest version. */
  owe(watch: Watch): void {
    const { lane, topic } = watch;
    const now = this.#deps.now();
    if (lane.conflateMs === 0) return this.#sendAtOnce(topic, now);
    watch.waitAlone();
    if (!lane.queued) this.#queue(lane, now);
  }

  #sendAtOnce(topic: Topic, now: number): void {
    topic.settle();
    let sockets = 0;
    for (const watch of topic.everyVersion) {
      if (watch.sent === topic.version) continue;
      watch.sent = topic.version;
      this.#put(watch.lane, topic);
      sockets += 1;
    }
    if (sockets === 0) return;
    this.#deps.written(topic, sockets, now);
    this.#flushSoon();
  }

  #queue(lane: Lane, now: number): void {
    lane.queued = true;
    const dueAt = lane.lastAt + lane.conflateMs;
    if (dueAt > now) {
      this.#enter(lane, dueAt, now);
    } else if (this.#mayServeAtOnce(now)) {
      this.#atOnce.push(lane);
      this.#flushSoon();
    } else {
      this.#enter(lane, now + lane.conflateMs * lane.phase, now);
    }
  }

  #mayServeAtOnce(now: number): boolean {
    const tick = this.#tickOf(now);
    if (tick !== this.#atOnceTick) {
      this.#atOnceTick = tick;
      this.#atOnceLeft = SERVED_AT_ONCE_MAX;
    }
    if (this.#atOnceLeft === 0) return false;
    this.#atOnceLeft -= 1;
    return true;
  }

  #enter(lane: Lane, dueAt: number, now: number): void {
    // An idle wheel stands still; it is set to the present before the first lane enters.
    if (this.#waiting === 0) this.#tick = this.#tickOf(now);
    const ticksAhead = Math.min(Math.max(1, Math.ceil(dueAt / TICK_MS) - this.#tick), SLOTS - 1);
    this.#wheel[(this.#tick + ticksAhead) % SLOTS]!.push(lane);
    this.#waiting += 1;
    this.#tickLater();
  }

  #tickLater(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#deps.later(() => {
      this.#ticking = false;
      this.#turn();
      if (this.#waiting > 0) this.#tickLater();
    }, TICK_MS);
  }

  /** Empties the slots whose time has come, then writes each socket once. */
  #turn(): void {
    const now = this.#deps.now();
    const present = this.#tickOf(now);
    const behind = Math.min(present - this.#tick, SLOTS);
    for (let step = 1; step <= behind; step++) {
      const slot = (present - behind + step) % SLOTS;
      const lanes = this.#wheel[slot]!;
      if (lanes.length === 0) continue;
      this.#wheel[slot] = [];
      this.#waiting -= lanes.length;
      for (const lane of lanes) this.#serve(lane, now);
    }
    this.#tick = Math.max(this.#tick, present);
    this.#flush();
  }

  #serve(lane: Lane, now: number): void {
    lane.queued = false;
    const { waiting } = lane;
    if (waiting.length === 0) return;
    lane.lastAt = now;
    if (!lane.outbox.reader.hasRoom) {
      this.#deps.skipped(lane.outbox.reader);
      this.#queue(lane, now);
      return;
    }
    for (const watch of waiting) {
      const { topic } = watch;
      topic.settle();
      watch.rest();
      // What became another state and back again is not said twice.
      if (watch.sent === topic.version) continue;
      watch.sent = topic.version;
      this.#put(lane, topic);
      this.#deps.written(topic, 1, now);
    }
    waiting.length = 0;
  }

  #put(lane: Lane, topic: Topic): void {
    const { outbox } = lane;
    if (outbox.frames === undefined) this.#full.push(outbox);
    outbox.frames = (outbox.frames ?? this.#noFrames).with(topic.frame());
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#deps.soon(() => {
      this.#flushing = false;
      const lanes = this.#atOnce;
      this.#atOnce = [];
      const now = this.#deps.now();
      for (const lane of lanes) this.#serve(lane, now);
      this.#flush();
    });
  }

  #flush(): void {
    const full = this.#full;
    if (full.length === 0) return;
    this.#full = [];
    // Lists lead to each other and hold their frames: those of this flush end with it.
    this.#noFrames = new FrameList();
    for (const outbox of full) outbox.flush();
  }

  #tickOf(ms: number): number {
    return Math.floor(ms / TICK_MS);
  }
}

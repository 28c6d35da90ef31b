import type { Topic } from './topic.ts';

/**
 * When each socket is written.
 *
 * The plain way writes every change to every watcher: 11 µs of kernel each, so one core ends near 100,000 a second.
 * Here each socket has a lane per conflation time. A lane keeps which topics changed (keyed: the newest version is the
 * one sent) and is flushed at most once per that time, everything in one write.
 *
 *   change ─► topic ─► lane.dirty ─┬─ lane rested long enough ───► this turn of the loop
 *                                  └─ else ─► wheel slot of its next moment ─► one write per socket
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

/** A socket, as far as sending goes. */
export interface Reader {
  /** False while too much is unsent: the flush is skipped and newer versions replace older ones. */
  readonly hasRoom: boolean;
  /** One write of whole frames. */
  write(frames: readonly Buffer[]): void;
}

export class Lane {
  readonly reader: Reader;
  /** 0: every version, at once. */
  readonly conflateMs: number;
  /** Where in its time the lane is flushed when it may not be served at once: 0 < phase <= 1. */
  readonly phase: number;
  /** Bounded by the keys the socket may watch. */
  readonly dirty = new Set<Topic>();
  /** How many topics it serves. */
  topics = 0;
  lastAt = Number.NEGATIVE_INFINITY;
  queued = false;

  constructor(reader: Reader, conflateMs: number, phase: number) {
    this.reader = reader;
    this.conflateMs = conflateMs;
    this.phase = phase;
  }
}

export interface ConflationDeps {
  /** ms, monotonic. */
  readonly now: () => number;
  /** Runs once after what the loop is doing now: setImmediate. */
  readonly soon: (run: () => void) => void;
  readonly later: (run: () => void, ms: number) => void;
  /** Told of each version at the moment it is written. */
  readonly written: (topic: Topic) => void;
}

export class Conflation {
  readonly #deps: ConflationDeps;
  readonly #wheel: Lane[][] = Array.from({ length: SLOTS }, () => []);
  /** Frames of this flush, per socket; emptied within the same turn of the loop. */
  #outbox = new Map<Reader, Buffer[]>();
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

  /** The topic has a new version: each lane that watches it sends it when its time comes. */
  changed(topic: Topic): void {
    for (const lane of topic.lanes) {
      if (lane.conflateMs === 0) {
        this.#put(lane, topic);
        this.#flushSoon();
      } else {
        lane.dirty.add(topic);
        if (!lane.queued) this.#queue(lane);
      }
    }
  }

  #queue(lane: Lane): void {
    const now = this.#deps.now();
    lane.queued = true;
    const dueAt = lane.lastAt + lane.conflateMs;
    if (dueAt > now) {
      this.#enter(lane, dueAt);
    } else if (this.#mayServeAtOnce(now)) {
      this.#atOnce.push(lane);
      this.#flushSoon();
    } else {
      this.#enter(lane, now + lane.conflateMs * lane.phase);
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

  #enter(lane: Lane, dueAt: number): void {
    // An idle wheel stands still; it is set to the present before the first lane enters.
    if (this.#waiting === 0) this.#tick = this.#tickOf(this.#deps.now());
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
    const present = this.#tickOf(this.#deps.now());
    const behind = Math.min(present - this.#tick, SLOTS);
    for (let step = 1; step <= behind; step++) {
      const slot = (present - behind + step) % SLOTS;
      const lanes = this.#wheel[slot]!;
      if (lanes.length === 0) continue;
      this.#wheel[slot] = [];
      this.#waiting -= lanes.length;
      for (const lane of lanes) this.#serve(lane);
    }
    this.#tick = Math.max(this.#tick, present);
    this.#flush();
  }

  #serve(lane: Lane): void {
    lane.queued = false;
    if (lane.dirty.size === 0) return;
    lane.lastAt = this.#deps.now();
    if (!lane.reader.hasRoom) {
      this.#queue(lane);
      return;
    }
    for (const topic of lane.dirty) this.#put(lane, topic);
    lane.dirty.clear();
  }

  #put(lane: Lane, topic: Topic): void {
    const frames = this.#outbox.get(lane.reader);
    if (frames === undefined) this.#outbox.set(lane.reader, [topic.frame()]);
    else frames.push(topic.frame());
    this.#deps.written(topic);
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#deps.soon(() => {
      this.#flushing = false;
      const lanes = this.#atOnce;
      this.#atOnce = [];
      for (const lane of lanes) this.#serve(lane);
      this.#flush();
    });
  }

  #flush(): void {
    const outbox = this.#outbox;
    if (outbox.size === 0) return;
    this.#outbox = new Map();
    for (const [reader, frames] of outbox) reader.write(frames);
  }

  #tickOf(ms: number): number {
    return Math.floor(ms / TICK_MS);
  }
}

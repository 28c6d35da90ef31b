import type { FrameList } from './frame-list.ts';
import type { Topic } from './topic.ts';

/** A socket, as far as sending goes. */
export interface Reader {
  /** False while too much is unsent: the flush is skipped and newer versions replace older ones. */
  readonly hasRoom: boolean;
  /** One write of whole frames, which are taken before it returns. */
  write(frames: readonly Buffer[]): void;
}

/** The frames of this flush for one socket. Its lanes share it, so all that is due goes in one write. */
export class Outbox {
  readonly reader: Reader;
  /** undefined: nothing to write. */
  frames: FrameList | undefined;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  /** In one write. */
  flush(): void {
    const list = this.frames;
    this.frames = undefined;
    if (list !== undefined) this.reader.write(list.frames);
  }
}

/** The keys of one socket that are sent at most once per conflation time. */
export class Lane {
  readonly outbox: Outbox;
  /** 0: every version, at once. */
  readonly conflateMs: number;
  /** Where in its time the lane is flushed when it may not be served at once: 0 < phase <= 1. */
  readonly phase: number;
  /** What changed since the last flush. Bounded by the keys the socket may watch. */
  readonly waiting: Watch[] = [];
  /** How many topics it serves. */
  topics = 0;
  lastAt = Number.NEGATIVE_INFINITY;
  queued = false;

  constructor(outbox: Outbox, conflateMs: number, phase: number) {
    this.outbox = outbox;
    this.conflateMs = conflateMs;
    this.phase = phase;
  }
}

/**
 * That a lane watches a topic.
 *
 * The plain way keeps the lanes in the topic and, per change, adds the topic to each lane's set: 20,000 sockets on one
 * product cost 20,000 look-ups a change, although all but the first find it there already. Here a watch stands in one
 * list at a time: `resting` of the topic while the reader has the newest version, `waiting` of the lane from the first
 * change until the flush. A change moves those that rest, so each is moved once per flush, however often the topic changes.
 */
export class Watch {
  readonly topic: Topic;
  readonly lane: Lane;
  /** The version that was sent last, or stood in the snapshot; 0: none was. */
  sent: number;
  #list: Watch[];
  #index: number;

  /** `isShown`: the reader is given the state as it is now. */
  constructor(topic: Topic, lane: Lane, isShown: boolean) {
    topic.settle();
    this.topic = topic;
    this.lane = lane;
    this.sent = isShown ? topic.version : 0;
    this.#list = lane.conflateMs === 0 ? topic.everyVersion : topic.resting;
    this.#index = this.#list.push(this) - 1;
    topic.watchers += 1;
    lane.topics += 1;
  }

  /** Leaves the topic's list, which the caller empties. */
  wait(): void {
    this.#enter(this.lane.waiting);
  }

  /** Leaves the lane's list, which the caller empties. */
  rest(): void {
    this.#enter(this.topic.resting);
  }

  /** Waits without a change of the topic. */
  waitAlone(): void {
    this.#leave();
    this.wait();
  }

  end(): void {
    this.#leave();
    this.topic.watchers -= 1;
    this.lane.topics -= 1;
  }

  #leave(): void {
    const last = this.#list.pop()!;
    // The last one takes the place: no list is searched.
    if (last === this) return;
    this.#list[this.#index] = last;
    last.#index = this.#index;
  }

  #enter(list: Watch[]): void {
    this.#list = list;
    this.#index = list.push(this) - 1;
  }
}

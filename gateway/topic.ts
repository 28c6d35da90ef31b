import { textFrame } from './frame.ts';
import type { Watch } from './lane.ts';
import type { Since, StateChannel } from './protocol/wire.ts';

/** One version of a state. */
export interface Version {
  readonly r: number;
  /** The state as JSON. */
  readonly d: string;
  /** When the engine published it, or it was read. */
  readonly t: number;
  /** When the oldest event in it was received, ms since the epoch; 0 when none was: start of the push latency. */
  readonly receivedAt: number;
  /** Facts folded into it. */
  readonly facts: number;
}

/** What is told of a version before it is rendered. */
export interface Told {
  /** As `t` of a version. */
  readonly at: number;
  readonly receivedAt: number;
  readonly facts: number;
}

/**
 * One state that many sockets watch: its newest version, and the frame of that version, built when the
 * first socket needs it (conflation skips most) and shared by all.
 *
 * Rendering waits as well: `move` notes that the state may differ, `settle` renders it and looks. 400,000 changes a second,
 * of which conflation sends a fifth, cost 1.5 µs of rendering each otherwise.
 */
export class Topic {
  readonly ch: StateChannel;
  readonly k: string;
  readonly e: string;
  /** Watches that have the newest version. */
  readonly resting: Watch[] = [];
  /** Those whose lane sends every version. */
  readonly everyVersion: Watch[] = [];
  /** All of them, the waiting included. */
  watchers = 0;
  /** Subscriptions, those still being read included: the topic lives while there is one. */
  pins = 0;
  /** 0 until the state is known. Counts the versions of `d`. */
  version = 0;
  receivedAt = 0;
  /** Facts since the version, then those folded into it. */
  #facts = 0;
  #n = 0;
  #r = 0;
  /** Revision at which `d` last differed: whoever has that one or a later one has this `d`. */
  #rOfD = 0;
  #t = 0;
  #d = '';
  /** The newest move that nobody has looked at. */
  #isTold = false;
  #toldAt = 0;
  #toldReceivedAt = 0;
  #head = '';
  #frame: Buffer | undefined;

  constructor(ch: StateChannel, k: string, e: string) {
    this.ch = ch;
    this.k = k;
    this.e = e;
  }

  get r(): number {
    return this.#r;
  }

  /** There is a state to show. */
  get isKnown(): boolean {
    this.settle();
    return this.version > 0;
  }

  /** Takes a version that is rendered already; true when watchers must hear of it. */
  set({ r, d, t: at, receivedAt, facts }: Version): boolean {
    this.settle();
    const before = this.version;
    if (this.#takes(r, facts)) this.#compare(d, at, receivedAt);
    return this.version !== before;
  }

  /** The state may have become another one; true when watchers must be told, each when its time comes. */
  move(r: number, told: Told): boolean {
    if (!this.#takes(r, told.facts)) return false;
    // Its numbers, not the change: 20,000 changes kept until they are rendered are copied by every collection.
    this.#isTold = true;
    this.#toldAt = told.at;
    this.#toldReceivedAt = told.receivedAt;
    return true;
  }

  /** Makes `version` count what has moved. */
  settle(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    const d = this.render();
    if (d !== undefined) this.#compare(d, this.#toldAt, this.#toldReceivedAt);
  }

  /** `{"type":"update",…}` of the newest version. */
  frame(): Buffer {
    this.settle();
    this.#frame ??= textFrame(this.#text());
    return this.#frame;
  }

  /** The same as an entry of `subscribed`. */
  entry(): string {
    this.settle();
    return `{"k":${JSON.stringify(this.k)},"e":"${this.e}","r":${this.#r},"d":${this.#d}}`;
  }

  /** The state as JSON, with the revision since which it is this one; undefined when there is none. */
  shown(): { readonly r: number; readonly d: string } | undefined {
    return this.isKnown ? { r: this.#rOfD, d: this.#d } : undefined;
  }

  isCurrent(since: Since | undefined): boolean {
    this.settle();
    return since !== undefined && since[0] === this.e && since[1] >= this.#rOfD && since[1] <= this.#r;
  }

  /** The state as JSON; undefined when there is none to show. */
  protected render(): string | undefined {
    return undefined;
  }

  /**
   * A revision that is known already has no effect: a read may hold what a change tells a moment later, and its facts
   * must not count twice. Facts that change nothing visible count with the next version, so a reader's sum misses none.
   */
  #takes(r: number, facts: number): boolean {
    if ((this.version > 0 || this.#isTold) && r <= this.#r) return false;
    this.#r = r;
    this.#facts += facts;
    return true;
  }

  #compare(d: string, at: number, receivedAt: number): void {
    if (this.version > 0 && d === this.#d) return;
    this.#rOfD = this.#r;
    this.#d = d;
    this.#t = at;
    this.receivedAt = receivedAt;
    this.version += 1;
    this.#n = this.#facts;
    this.#facts = 0;
    this.#frame = undefined;
  }

  #text(): string {
    if (this.#head === '')
      this.#head = `{"type":"update","ch":"${this.ch}","k":${JSON.stringify(this.k)},"e":"${this.e}","r":`;
    const n = this.ch === 'stock' ? `,"n":${this.#n}` : '';
    return `${this.#head}${this.#rOfD},"t":${this.#t}${n},"d":${this.#d}}`;
  }
}

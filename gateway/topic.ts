import type { Lane } from './conflation.ts';
import { textFrame } from './frame.ts';
import type { Since, StateChannel } from './protocol/wire.ts';

/** One version of a state. */
export interface Version {
  readonly r: number;
  /** The state as JSON. */
  readonly d: string;
  /** When the engine published it; 0 when it was read. */
  readonly t: number;
  /** When the oldest event in it was received, ms since the epoch; 0 when none was: start of the push latency. */
  readonly receivedAt: number;
  /** Facts folded into it. */
  readonly facts: number;
}

/**
 * One state that many sockets watch: its newest version, and the frame of that version, built when the
 * first socket needs it (conflation skips most) and shared by all.
 */
export class Topic {
  readonly ch: StateChannel;
  readonly k: string;
  readonly e: string;
  /** Lanes of the sockets that watch; each is told when `d` differs. */
  readonly lanes = new Set<Lane>();
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
  #frame: Buffer | undefined;

  constructor(ch: StateChannel, k: string, e: string) {
    this.ch = ch;
    this.k = k;
    this.e = e;
  }

  get r(): number {
    return this.#r;
  }

  /**
   * Takes a version; true when watchers must hear of it. A revision that is known already has no effect: a read may
   * hold what a change tells a moment later, and its facts must not count twice.
   */
  set({ r, d, t, receivedAt, facts }: Version): boolean {
    if (this.version > 0 && r <= this.#r) return false;
    this.#r = r;
    // Facts that changed nothing visible count with the next version, so a reader's sum misses none.
    this.#facts += facts;
    if (this.version > 0 && d === this.#d) return false;
    this.#rOfD = r;
    this.#d = d;
    this.#t = t;
    this.receivedAt = receivedAt;
    this.version += 1;
    this.#n = this.#facts;
    this.#facts = 0;
    this.#frame = undefined;
    return true;
  }

  /** `{"type":"update",…}` of the newest version. */
  frame(): Buffer {
    this.#frame ??= textFrame(this.#text());
    return this.#frame;
  }

  /** The same as an entry of `subscribed`. */
  entry(): string {
    return `{"k":${JSON.stringify(this.k)},"e":"${this.e}","r":${this.#r},"d":${this.#d}}`;
  }

  isCurrent(since: Since | undefined): boolean {
    return since !== undefined && since[0] === this.e && since[1] >= this.#rOfD && since[1] <= this.#r;
  }

  #text(): string {
    const n = this.ch === 'stock' ? `,"n":${this.#n}` : '';
    return `{"type":"update","ch":"${this.ch}","k":${JSON.stringify(this.k)},"e":"${this.e}","r":${this.#rOfD},"t":${this.#t}${n},"d":${this.#d}}`;
  }
}

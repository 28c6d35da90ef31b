import type { Chance } from './chance.ts';
import { START_MS } from './draft-event.ts';

/** Longer than anything that ended is remembered. */
const PAUSE_MS = 25 * 3_600_000;
/** Past this something may have been forgotten: a day, less what clocks may leap. */
const FORGETTING_MS = 18 * 3_600_000;
const HOLD_MS_MAX = 4 * 3_600_000;

/** The machine's two clocks: one that only runs, and one that somebody may set. */
export class Time {
  monotonicMs = 0;
  /** The earliest the wall clock ever said: no clock of the engine is behind it. */
  lowestWallMs = START_MS;
  /** The latest it ever said: no clock of the engine is ahead of it. */
  highestWallMs = START_MS;
  /** A key or an ended hold may have been forgotten. */
  isLong = false;
  #leaptMs = 0;
  #pauseLeft: boolean;

  /** `longPause`: a day passes in one step, once. */
  constructor(longPause: boolean) {
    this.#pauseLeft = longPause;
  }

  get wallMs(): number {
    return START_MS + this.monotonicMs + this.#leaptMs;
  }

  /** `dueAt`: when the engine next has something to do; often that very moment comes, or the one before. */
  pass(chance: Chance, dueAt: number): void {
    const due = dueAt - this.wallMs;
    const isNear = due > 1 && due <= HOLD_MS_MAX;
    const { ms } = chance.weighted([
      { weight: 70, ms: chance.below(20) },
      { weight: 12, ms: chance.below(1_000) },
      { weight: 6, ms: chance.below(10_000) },
      { weight: isNear ? 4 : 0, ms: due },
      { weight: isNear ? 4 : 0, ms: due - 1 },
      { weight: 6, ms: 61_000 },
      { weight: 0.5, ms: HOLD_MS_MAX },
      { weight: this.#pauseLeft ? 3 : 0, ms: PAUSE_MS },
    ]);
    if (ms === PAUSE_MS) this.#pauseLeft = false;
    this.monotonicMs += ms;
    this.#look();
  }

  /** Somebody sets the wall clock, up to an hour to either side. */
  leap(chance: Chance): void {
    this.#leaptMs += (chance.below(120) - 60) * 60_000;
    this.#look();
  }

  #look(): void {
    this.lowestWallMs = Math.min(this.lowestWallMs, this.wallMs);
    this.highestWallMs = Math.max(this.highestWallMs, this.wallMs);
    if (this.wallMs - START_MS > FORGETTING_MS || this.monotonicMs > FORGETTING_MS) this.isLong = true;
  }
}

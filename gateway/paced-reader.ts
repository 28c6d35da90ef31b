import type { Reader } from './lane.ts';

/**
 * Holds a socket to so many updates a second, however many keys it watches and however short their conflation times
 * are. A flush that begins within the bound is written whole; while it is overdrawn the socket has no room, so its lanes
 * keep the newest version of each key, as they do for one who reads slowly. Every version (conflateMs 0) goes past it.
 */
export class PacedReader implements Reader {
  readonly #reader: Reader;
  readonly #perSec: number;
  readonly #now: () => number;
  /** Updates that may still be written; below 0 after a flush of more. */
  #left: number;
  #at: number;

  constructor(reader: Reader, perSec: number, now: () => number) {
    this.#reader = reader;
    this.#perSec = perSec;
    this.#now = now;
    this.#left = perSec;
    this.#at = now();
  }

  get hasRoom(): boolean {
    return this.#reader.hasRoom && (this.#left > 0 || this.#refilled() > 0);
  }

  /** Asked when there is no room: it is the pace that holds the socket, not what is unsent. */
  get isHeldBack(): boolean {
    return this.#reader.hasRoom;
  }

  write(frames: readonly Buffer[]): void {
    this.#left -= frames.length;
    this.#reader.write(frames);
  }

  #refilled(): number {
    const now = this.#now();
    this.#left = Math.min(this.#perSec, this.#left + ((now - this.#at) * this.#perSec) / 1000);
    this.#at = now;
    return this.#left;
  }
}

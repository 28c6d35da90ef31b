/** A question that waits until the ledger has a fact. */
export interface WaitingAsk<T> {
  readonly ask: T;
  readonly shard: number;
  readonly lsn: number;
  readonly untilMs: number;
}

/** Bounded by the questions main lets be open. */
export class WaitingAsks<T> {
  #waiting: WaitingAsk<T>[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  add(ask: WaitingAsk<T>): void {
    this.#waiting.push(ask);
  }

  /** Takes out those whose fact is there, and those whose time is over. */
  take(has: (shard: number, lsn: number) => boolean, nowMs: number): { ready: T[]; late: T[] } {
    const ready: T[] = [];
    const late: T[] = [];
    this.#waiting = this.#waiting.filter((each) => {
      if (has(each.shard, each.lsn)) ready.push(each.ask);
      else if (each.untilMs <= nowMs) late.push(each.ask);
      else return true;
      return false;
    });
    return { ready, late };
  }
}

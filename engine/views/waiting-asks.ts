/** A question that waits until a read model has a fact. */
interface WaitingAsk<T> {
  readonly ask: T;
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

  /** Takes out those that may be answered, and those whose time is over. */
  take(isReady: (ask: T) => boolean, nowMs: number): { ready: T[]; late: T[] } {
    const ready: T[] = [];
    const late: T[] = [];
    this.#waiting = this.#waiting.filter((each) => {
      if (isReady(each.ask)) ready.push(each.ask);
      else if (each.untilMs <= nowMs) late.push(each.ask);
      else return true;
      return false;
    });
    return { ready, late };
  }
}

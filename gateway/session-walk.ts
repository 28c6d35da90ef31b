import type { Session } from './session.ts';

/** Sessions visited in one turn of the loop: 5 µs each. */
const VISITED_AT_ONCE = 1_000;

/** Visits every session in slices, so that 20,000 of them do not hold the loop; what comes meanwhile begins it anew. */
export class SessionWalk {
  #left: Session[] = [];
  #visit: (session: Session) => void = () => undefined;

  start(sessions: Session[], visit: (session: Session) => void): void {
    const isWalking = this.#left.length > 0;
    this.#left = sessions;
    this.#visit = visit;
    if (!isWalking) this.#walk();
  }

  #walk(): void {
    for (const session of this.#left.splice(0, VISITED_AT_ONCE)) this.#visit(session);
    if (this.#left.length > 0) setImmediate(() => this.#walk());
  }
}

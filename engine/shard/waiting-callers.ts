import type { Settled } from '../contract/machine.ts';
import type { ChangeId, OrderId, ReservationId } from '../contract/ids.ts';
import type { Reply } from './messages.ts';

/** Callers of one saga who are told when it settles; a client that retries more often than this while it runs hears its newest calls only. */
const CALLERS_PER_SAGA_MAX = 16;

/** Who was answered `pending`. Not durable: after a restart a client asks again with the same key. */
export class WaitingCallers {
  #bySaga = new Map<ReservationId | OrderId | ChangeId, number[]>();

  get sagas(): number {
    return this.#bySaga.size;
  }

  add(saga: ReservationId | OrderId | ChangeId, call: number): void {
    const calls = this.#bySaga.get(saga);
    if (calls === undefined) {
      this.#bySaga.set(saga, [call]);
      return;
    }
    calls.push(call);
    if (calls.length > CALLERS_PER_SAGA_MAX) calls.shift();
  }

  /** Replies to everyone who waited for these sagas. */
  settle(settled: readonly Settled[]): Reply[] {
    return settled.flatMap(({ id, outcome }) => {
      const calls = this.#bySaga.get(id) ?? [];
      this.#bySaga.delete(id);
      return calls.map((call) => ({ call, said: outcome }));
    });
  }
}

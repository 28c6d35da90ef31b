import type { Nack } from '../protocol/log-wire.ts';
import { eventFrame } from './event-frame.ts';
import type { DeliverySettings } from './log-delivery.ts';
import { parkedReach } from './parked-reach.ts';

/** Parked events that are played again at once. */
const AT_ONCE = 32;

/**
 * Parked events that staff sent back to the consumer: beside the stream, out of order, each acknowledged by itself. They are
 * in the store until that is durable, so a crash or a reconnect plays them once more.
 */
export class ReplayLane {
  readonly #about: DeliverySettings;
  readonly #isEnded: () => boolean;
  readonly #sent = new Map<number, number>();
  #asked = true;

  constructor(about: DeliverySettings, isEnded: () => boolean) {
    this.#about = about;
    this.#isEnded = isEnded;
  }

  /** Oldest one that is not acknowledged. */
  get oldestMs(): number {
    return Math.min(Infinity, ...this.#sent.values());
  }

  /** Staff wants something played again. */
  ask(): void {
    this.#asked = true;
  }

  async send(): Promise<void> {
    if (!this.#asked || this.#sent.size >= AT_ONCE) return;
    this.#asked = false;
    const { ch, consumer, caller, e, store, sink, now } = this.#about;
    const due = await store.parked({ ...parkedReach(caller, ch, e), consumer, state: 'replay', limit: AT_ONCE });
    const fresh = due.filter(({ id }) => !this.#sent.has(id)).slice(0, AT_ONCE - this.#sent.size);
    if (fresh.length === 0 || this.#isEnded()) return;
    for (const { id } of fresh) this.#sent.set(id, now());
    sink.write(fresh.map((event) => eventFrame(ch, event, event.id)));
  }

  /** Durable when resolved; false: no such event was played. */
  async ack(id: number): Promise<boolean> {
    if (!this.#sent.has(id)) return false;
    const { ch, store } = this.#about;
    await store.discard({ ch }, id);
    this.#done(id);
    return true;
  }

  async nack(id: number, { code, msg }: Pick<Nack, 'code' | 'msg'>): Promise<boolean> {
    if (!this.#sent.has(id)) return false;
    await this.#about.store.parkAgain(id, code, msg ?? null, this.#about.wallNow());
    this.#done(id);
    return true;
  }

  /** More may wait. */
  #done(id: number): void {
    this.#sent.delete(id);
    this.#asked = true;
  }
}

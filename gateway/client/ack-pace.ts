import type { Environment } from './environment.ts';
import { NamedTimers } from './named-timers.ts';

/** Least time between two acks, in ms: the server takes 200 a second. */
const ACK_MS_MIN = 10;
/** Longest time from one ack to the next while events are dealt with, in ms: what a crash brings again is as little. */
const ACK_MS_MAX = 1_000;

/**
 * When to acknowledge: as soon as there is nothing else to do, at half the credit, so that the stream never waits for it, and
 * each second, for whoever takes long over an event.
 */
export class AckPace {
  readonly #timers: NamedTimers<'ack'>;
  readonly #env: Pick<Environment, 'after' | 'nowMs'>;
  readonly #send: (o: number) => void;
  #handled = 0;
  #acked = 0;
  #credit = 1;
  #lastMs = -Infinity;

  constructor(env: Pick<Environment, 'after' | 'nowMs'>, send: (o: number) => void) {
    this.#timers = new NamedTimers(env);
    this.#env = env;
    this.#send = send;
  }

  /** A new subscription: everything up to `o` is acknowledged, or will be by `now`. */
  begin(o: number, credit: number): void {
    this.#timers.disarm('ack');
    this.#handled = this.#acked = o;
    this.#credit = credit;
  }

  handled(o: number, isIdle: boolean): void {
    this.#handled = o;
    const isDue = isIdle || this.#handled - this.#acked >= this.#credit / 2;
    const waitMs = this.#lastMs + (isDue ? ACK_MS_MIN : ACK_MS_MAX) - this.#env.nowMs();
    if (waitMs <= 0) this.now();
    else if (isDue || !this.#timers.isArmed('ack')) this.#timers.arm('ack', waitMs, () => this.now());
  }

  now(): void {
    this.#timers.disarm('ack');
    if (this.#handled === this.#acked) return;
    this.#acked = this.#handled;
    this.#lastMs = this.#env.nowMs();
    this.#send(this.#acked);
  }

  end(): void {
    this.#timers.disarm('ack');
  }
}

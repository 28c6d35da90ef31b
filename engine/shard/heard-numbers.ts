import type { Outcome } from '../contract/command.ts';
import type { NumbersSeen } from '../contract/number-gaps.ts';
import type { EventOutcome } from '../contract/outcome.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { NumbersCollector } from './numbers-seen.ts';

interface Batch {
  readonly numbers: NumbersCollector;
  readonly told: Promise<void>;
  readonly settle: { resolve: () => void; reject: (error: unknown) => void };
}

/**
 * Tells the intake shard which numbers arrived (rule FD5). A stream's events lie in many stock shards, so only main sees
 * all of them. Told after the stock shards have made them durable and before the sender is: after a crash in between the
 * sender, who got no answer, sends them again. One fact at a time is under way and the next collects, so a busy
 * source costs one per commit, not one per event.
 */
export class HeardNumbers {
  readonly #tell: (seen: readonly NumbersSeen[]) => Promise<Outcome>;
  #next: Batch | undefined;
  #isTelling = false;

  constructor(tell: (seen: readonly NumbersSeen[]) => Promise<Outcome>) {
    this.#tell = tell;
  }

  /** Resolves when it is durable; undefined when nothing is numbered. */
  hear(events: readonly StockEvent[], outcomes: readonly EventOutcome[]): Promise<void> | undefined {
    if (!events.some(({ seq }) => seq !== undefined)) return undefined;
    const batch = (this.#next ??= newBatch());
    batch.numbers.add(events, outcomes);
    if (!this.#isTelling) void this.#tellAll();
    return batch.told;
  }

  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    // What comes in this turn of the event loop goes along.
    await Promise.resolve();
    for (let batch = this.#take(); batch !== undefined; batch = this.#take()) {
      try {
        await this.#tell(batch.numbers.seen());
        batch.settle.resolve();
      } catch (error) {
        batch.settle.reject(error);
      }
    }
    this.#isTelling = false;
  }

  #take(): Batch | undefined {
    const batch = this.#next;
    this.#next = undefined;
    return batch;
  }
}

function newBatch(): Batch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { numbers: new NumbersCollector(), told: promise, settle: { resolve, reject } };
}

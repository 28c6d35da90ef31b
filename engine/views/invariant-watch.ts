import { EngineBusyError } from '../api.ts';
import type { Sku } from '../contract/ids.ts';
import type { Audit } from '../contract/query.ts';

/** Skus of one look: some ms of a shard, whose other work waits that long. */
const SKUS_PER_LOOK = 50;
/** Rest after a look, as many times as it took: 2 % of a shard's time at most, waiting in its queue included. */
const REST_FACTOR = 50;
const REST_MS_MIN = 50;
/** Rest between two walks, in ms; before the first the start has its second. */
const REST_MS_WALK = 10_000;
const REST_MS_START = 1_000;
/** Violations written to the log per walk; all are counted. */
const LOGGED_MAX = 20;

export interface WatchState {
  /** End of the last whole walk, ms since the epoch; null before the first. */
  readonly checkedAt: number | null;
  /** Positions of the last whole walk, and those of them that are short (rule AV7). */
  readonly positions: number;
  readonly short: number;
  /** Of the last whole walk, or of the one under way when it has found more. */
  readonly violations: number;
}

export interface WatchSettings {
  readonly shards: number;
  readonly look: (shard: number, after: Sku | undefined, limit: number) => Promise<Audit>;
  /** Resolves after so many ms, or at once when the signal aborts. */
  readonly rest: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Monotonic ms, and ms since the epoch. */
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly log: (line: string) => void;
}

/** Walks over every position for ever, slowly, and works out again what the shards keep beside its terms. */
export class InvariantWatch {
  readonly #settings: WatchSettings;
  readonly #stop = new AbortController();
  #state: WatchState = { checkedAt: null, positions: 0, short: 0, violations: 0 };
  #done: Promise<void> | undefined;

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  get state(): WatchState {
    return this.#state;
  }

  start(): void {
    this.#done ??= this.#run();
  }

  /** Resolves when no look is under way any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { rest, log } = this.#settings;
    const { signal } = this.#stop;
    await rest(REST_MS_START, signal);
    while (!signal.aborted) {
      // The watch must not end the process it watches: a walk that failed is begun again.
      await this.#walk().catch((error: unknown) => log(`invariant watch: a walk failed: ${String(error)}`));
      await rest(REST_MS_WALK, signal);
    }
  }

  async #walk(): Promise<void> {
    const { shards, wallMs } = this.#settings;
    const found = { positions: 0, short: 0, violations: 0 };
    for (let shard = 0; shard < shards; shard++) {
      for (let after: Sku | undefined, last = false; !last;) {
        const audit = await this.#look(shard, after);
        if (audit === undefined) return;
        found.positions += audit.positions;
        found.short += audit.short;
        for (const line of audit.violations) this.#report(shard, line, ++found.violations);
        after = audit.last;
        last = after === undefined;
      }
    }
    this.#state = { checkedAt: wallMs(), ...found };
  }

  #report(shard: number, line: string, count: number): void {
    const remedy = 'POST /v1/stock/{sku}/repairs works it out again';
    if (count <= LOGGED_MAX) this.#settings.log(`INVARIANT BROKEN in shard ${shard}: ${line}; ${remedy}`);
    this.#state = { ...this.#state, violations: Math.max(this.#state.violations, count) };
  }

  /** Undefined when the watch was stopped. A busy shard is asked again after a rest. */
  async #look(shard: number, after: Sku | undefined): Promise<Audit | undefined> {
    const { look, rest, nowMs } = this.#settings;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const began = nowMs();
      const audit = await look(shard, after, SKUS_PER_LOOK).catch(busy);
      if (audit !== undefined && signal.aborted) return undefined;
      await rest(Math.max(REST_MS_MIN, REST_FACTOR * (nowMs() - began)), signal);
      if (audit !== undefined) return signal.aborted ? undefined : audit;
    }
    return undefined;
  }
}

function busy(error: unknown): undefined {
  if (error instanceof EngineBusyError) return undefined;
  throw error;
}

/** The rest of a real watch; it keeps no process alive. */
export function timerRest(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end, { once: true });
  });
}

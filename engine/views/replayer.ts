import { Piscina } from 'piscina';
import { EngineBusyError } from '../api.ts';
import type { HistoryRefusal } from '../contract/ledger.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { PastStock } from '../contract/past.ts';
import type { Retold } from '../contract/notice.ts';
import type { ReplayTask } from './replay.ts';
import type { RetellTask } from './retell.ts';

/** Replays that may be asked at once: one runs, the others wait for it. */
const ASKED_MAX = 4;
/** Longest replay, in ms, waiting included: some 2 million facts of one shard. */
const REPLAY_MS_MAX = 30_000;
const RETRY_AFTER_MS = 2_000;

const RETELL = new URL('./retell.worker.ts', import.meta.url).href;

/** A thread for the past, started when somebody asks: a replay takes a core for seconds, and memory like the shard itself. */
export class Replayer {
  readonly #pool = new Piscina({
    filename: new URL('./replay.worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 1_000,
  });
  readonly #msMax: number;
  #asked = 0;

  constructor(msMax = REPLAY_MS_MAX) {
    this.#msMax = msMax;
  }

  /** Rejects with EngineBusyError when too many are asked. */
  run(task: ReplayTask): Promise<PastStock | Refused<HistoryRefusal>> {
    return this.#replay<PastStock>(task, {});
  }

  /** Changes told again, in the same thread and under the same bounds. */
  retell(task: RetellTask): Promise<Retold | Refused<HistoryRefusal>> {
    return this.#replay<Retold>(task, { filename: RETELL });
  }

  async #replay<T>(
    task: ReplayTask | RetellTask,
    by: { readonly filename?: string },
  ): Promise<T | Refused<HistoryRefusal>> {
    if (this.#asked >= ASKED_MAX) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    this.#asked++;
    const signal = AbortSignal.timeout(this.#msMax);
    try {
      return (await this.#pool.run(task, { ...by, signal })) as T | Refused<HistoryRefusal>;
    } catch (error) {
      if (!signal.aborted) throw error;
      return refuse('too-far-to-replay', { field: 'at' });
    } finally {
      this.#asked--;
    }
  }

  /** What runs is cut: it changes nothing. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

import { type MessagePort, Worker } from 'node:worker_threads';
import { EngineBusyError } from '../api.ts';
import type { OutfeedState } from '../contract/outfeed.ts';
import type { WorkLogState } from '../contract/work-log.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { After, AnswerTo, FromProjector, Question, ToProjector } from './messages.ts';
import type { ProjectorThreadData } from './projector.worker.ts';

/** Questions open at once: each takes the projector some ms, so more would only wait for each other. */
const ASKS_MAX = 64;
/** Longest wait for an answer, in ms, beyond what the question itself waits. */
const ANSWER_MS_MAX = 10_000;
/** Longest wait for a position that is on its way, in ms. */
const WAIT_MS = 2_000;
const RETRY_AFTER_MS = 500;

export interface LedgerSettings extends Omit<ProjectorThreadData, 'journalPort'> {
  readonly journalPort: MessagePort;
  readonly log: (line: string) => void;
  readonly publishOutfeeds: (moved: readonly OutfeedState[]) => void;
  readonly publishWork: (moved: readonly WorkLogState[]) => void;
}

interface Open {
  readonly settle: (message: FromProjector) => void;
  readonly reject: (error: Error) => void;
}

/** Main's end of the projector. When that thread fails the engine goes on: nothing it acknowledges rests on a read model. */
export class Ledger {
  readonly #worker: Worker;
  readonly #log: (line: string) => void;
  readonly #publishOutfeeds: LedgerSettings['publishOutfeeds'];
  readonly #publishWork: LedgerSettings['publishWork'];
  readonly #open = new Map<number, Open>();
  readonly #closed = Promise.withResolvers<void>();
  #asked = 0;
  #position = 0;
  #failed: string | undefined;
  #closing = false;

  constructor({ log, publishOutfeeds, publishWork, ...data }: LedgerSettings) {
    this.#log = log;
    this.#publishOutfeeds = publishOutfeeds;
    this.#publishWork = publishWork;
    this.#worker = new Worker(new URL('./projector.worker.ts', import.meta.url), {
      workerData: data satisfies ProjectorThreadData,
      transferList: [data.journalPort],
      name: 'projector thread',
    });
    this.#worker.on('message', (message: FromProjector) => this.#receive(message));
    this.#worker.on('error', (error) => this.#ended(String(error)));
    this.#worker.on('messageerror', (error) => this.#ended(String(error)));
    this.#worker.on('exit', (code) => this.#ended(`it ended with code ${code}`));
  }

  /** Newest position that is in the ledger, and why there will be no newer one. */
  get state(): { readonly position: number; readonly failed?: string } {
    return { position: this.#position, ...(this.#failed !== undefined && { failed: this.#failed }) };
  }

  /** Once, when reference data is known: from then on it reads. */
  begin(batches: readonly ReferenceBatch[]): void {
    this.#post({ type: 'begin', batches });
  }

  /** What is new in outfeeds is wanted soon, or no longer. */
  follow(on: boolean): void {
    this.#post({ type: 'follow', on });
  }

  /** Undefined when the ledger did not reach `after` in time. Rejects with EngineBusyError. */
  async ask<Q extends Question>(question: Q, after?: After): Promise<AnswerTo<Q['want']> | undefined> {
    if (this.#closing) throw new EngineBusyError('draining', RETRY_AFTER_MS);
    if (this.#failed !== undefined || this.#open.size >= ASKS_MAX) {
      throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    }
    const ask = this.#asked++;
    const { promise, resolve, reject } = Promise.withResolvers<FromProjector>();
    const timer = setTimeout(() => reject(new EngineBusyError('overloaded', RETRY_AFTER_MS)), ANSWER_MS_MAX + WAIT_MS);
    this.#open.set(ask, { settle: resolve, reject });
    try {
      this.#post({ type: 'ask', ask, question, waitMs: WAIT_MS, ...(after !== undefined && { after }) });
      const message = await promise;
      if (message.type === 'failed') throw new Error(`the ledger cannot answer: ${message.why}`);
      return message.type === 'answer' ? (message.said as AnswerTo<Q['want']>) : undefined;
    } finally {
      clearTimeout(timer);
      this.#open.delete(ask);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#failed === undefined) {
      this.#post({ type: 'close' });
      const late = setTimeout(this.#closed.resolve, ANSWER_MS_MAX);
      await this.#closed.promise;
      clearTimeout(late);
    }
    await this.kill();
  }

  async kill(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #post(message: ToProjector): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromProjector): void {
    switch (message.type) {
      case 'progress':
        this.#position = message.position;
        if (message.outfeeds.length > 0) this.#publishOutfeeds(message.outfeeds);
        if (message.work.length > 0) this.#publishWork(message.work);
        return;
      case 'log':
        return this.#log(message.line);
      case 'closed':
        return this.#closed.resolve();
      case 'answer':
      case 'behind':
      case 'failed':
        return this.#open.get(message.ask)?.settle(message);
    }
  }

  #ended(why: string): void {
    this.#closed.resolve();
    for (const { reject } of this.#open.values()) reject(new EngineBusyError('draining', RETRY_AFTER_MS));
    if (this.#closing || this.#failed !== undefined) return;
    this.#failed = why;
    this.#log(`ledger: the projector ended (${why}); explain and ledger answer 503 until a restart, nothing else does`);
  }
}

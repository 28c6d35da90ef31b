import { Worker } from 'node:worker_threads';
import { EngineBusyError } from '../../engine/api.ts';
import type { AnswerMessage, CallMessage, FromThread, Given, Said } from './answer-calls.ts';

export interface CallThreadSettings {
  readonly script: URL;
  readonly data: unknown;
  /** For a person who reads a list of threads or the log. */
  readonly name: string;
  /** What no longer happens once it has failed, for the log. */
  readonly without: string;
  /** Calls open at once; more are answered busy. */
  readonly callsMax: number;
  /** Longest wait for an answer, in ms. */
  readonly answerMsMax: number;
  readonly log: (line: string) => void;
}

interface Open {
  readonly settle: (message: AnswerMessage) => void;
  readonly reject: (error: Error) => void;
}

const RETRY_AFTER_MS = 1_000;

/**
 * Main's end of a thread that answers calls by one object's functions, `D`: the desk, which owns a file, so that main waits
 * for no disk. When the thread fails everything else goes on, and it is not started again.
 */
export class CallThread<D extends { close(): unknown }> {
  readonly #worker: Worker;
  readonly #settings: CallThreadSettings;
  readonly #open = new Map<number, Open>();
  #calls = 0;
  #failed: string | undefined;
  #closing = false;

  constructor(settings: CallThreadSettings) {
    this.#settings = settings;
    this.#worker = new Worker(settings.script, { workerData: settings.data, name: settings.name });
    this.#worker.on('message', (message: FromThread) => {
      if ('line' in message) settings.log(message.line);
      else this.#open.get(message.call)?.settle(message);
    });
    this.#worker.on('error', (error) => this.#ended(String(error)));
    this.#worker.on('messageerror', (error) => this.#ended(String(error)));
    this.#worker.on('exit', (code) => this.#ended(`it ended with code ${code}`));
  }

  /** Why it answers no more. */
  get failed(): string | undefined {
    return this.#failed;
  }

  /** Rejects with EngineBusyError when the thread has ended or too much is asked, and with its own error when that failed. */
  async ask<K extends keyof D>(name: K & string, ...args: Given<D, K>): Promise<Said<D, K>> {
    return (await this.#call(name, args)) as Said<D, K>;
  }

  /** Lets the desk close, whatever runs there first, then ends the thread. */
  async close(): Promise<void> {
    this.#closing = true;
    const { log } = this.#settings;
    if (this.#failed === undefined) await this.#call('close', []).catch((error: unknown) => log(String(error)));
    await this.#worker.terminate();
  }

  async #call(name: string, args: readonly unknown[]): Promise<unknown> {
    const { callsMax, answerMsMax } = this.#settings;
    if (this.#failed !== undefined || this.#open.size >= callsMax) throw busy();
    const call = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<AnswerMessage>();
    const late = setTimeout(() => reject(busy()), answerMsMax);
    this.#open.set(call, { settle: resolve, reject });
    try {
      this.#worker.postMessage({ call, name, args } satisfies CallMessage);
      const message = await promise;
      if ('failed' in message) throw new Error(`${this.#settings.name}: ${message.failed}`);
      return message.said;
    } finally {
      clearTimeout(late);
      this.#open.delete(call);
    }
  }

  #ended(why: string): void {
    for (const { reject } of this.#open.values()) reject(busy());
    if (this.#failed !== undefined) return;
    this.#failed = why;
    const { name, without, log } = this.#settings;
    if (!this.#closing) log(`${name} ended (${why}): ${without}`);
  }
}

function busy(): EngineBusyError {
  return new EngineBusyError('overloaded', RETRY_AFTER_MS);
}

import { Worker } from 'node:worker_threads';
import { EngineBusyError } from '../engine/api.ts';
import type { AnswerMessage, CallMessage, Given, Said } from './webhooks/thread-calls.ts';

export interface CallThreadSettings {
  readonly script: URL;
  readonly data: unknown;
  /** For a person who reads a list of threads or a log. */
  readonly name: string;
  /** Calls open at once; more are answered busy. */
  readonly callsMax: number;
  /** Longest wait for an answer, in ms. */
  readonly answerMsMax: number;
  readonly ended: (why: string) => void;
}

interface Open {
  readonly settle: (message: AnswerMessage) => void;
  readonly reject: (error: Error) => void;
}

const RETRY_AFTER_MS = 1_000;

/** Main's end of a thread that answers calls by one object's functions, `D`. */
export class CallThread<D extends object> {
  readonly #worker: Worker;
  readonly #settings: CallThreadSettings;
  readonly #open = new Map<number, Open>();
  #calls = 0;
  #failed = false;
  #closing = false;

  constructor(settings: CallThreadSettings) {
    this.#settings = settings;
    this.#worker = new Worker(settings.script, { workerData: settings.data, name: settings.name });
    this.#worker.on('message', (message: AnswerMessage) => this.#open.get(message.call)?.settle(message));
    this.#worker.on('error', (error) => this.#ended(String(error)));
    this.#worker.on('messageerror', (error) => this.#ended(String(error)));
    this.#worker.on('exit', (code) => this.#ended(`it ended with code ${code}`));
  }

  /** Rejects with EngineBusyError when the thread has ended or too much is asked, and with its own error when that failed. */
  async ask<K extends keyof D>(name: K & string, ...args: Given<D, K>): Promise<Said<D, K>> {
    const { callsMax, answerMsMax } = this.#settings;
    if (this.#failed || this.#open.size >= callsMax) throw busy();
    const call = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<AnswerMessage>();
    const late = setTimeout(() => reject(busy()), answerMsMax);
    this.#open.set(call, { settle: resolve, reject });
    try {
      this.#worker.postMessage({ call, name, args } satisfies CallMessage);
      const message = await promise;
      if ('failed' in message) throw new Error(`${this.#settings.name}: ${message.failed}`);
      return message.said as Said<D, K>;
    } finally {
      clearTimeout(late);
      this.#open.delete(call);
    }
  }

  async end(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #ended(why: string): void {
    for (const { reject } of this.#open.values()) reject(busy());
    if (this.#closing || this.#failed) return;
    this.#failed = true;
    this.#settings.ended(why);
  }
}

function busy(): EngineBusyError {
  return new EngineBusyError('overloaded', RETRY_AFTER_MS);
}

import { Worker } from 'node:worker_threads';
import { EngineBusyError } from '../../engine/api.ts';
import type { AnswerMessage, CallMessage, FromThread, Given, Said } from './thread-calls.ts';
import type { Desk } from './webhook-desk.ts';
import type { WebhookSettings } from './webhook-settings.ts';

/** Calls open at once; more are answered 503. */
const CALLS_MAX = 1_000;
/** Longest wait for an answer, in ms: a test delivery may take as long as an attempt. */
const ANSWER_MS_MAX = 150_000;
const RETRY_AFTER_MS = 1_000;

interface Open {
  readonly settle: (message: AnswerMessage) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Main's end of the webhook thread, which owns webhooks.sqlite and sends what is to be delivered: main itself waits for no
 * disk, no DNS and no TLS. When it fails everything but webhooks goes on.
 */
export class WebhookThread {
  readonly #worker: Worker;
  readonly #log: (line: string) => void;
  readonly #open = new Map<number, Open>();
  #calls = 0;
  #failed: string | undefined;
  #closing = false;

  constructor(settings: WebhookSettings, log: (line: string) => void) {
    this.#log = log;
    this.#worker = new Worker(new URL('./webhooks.worker.ts', import.meta.url), {
      workerData: settings,
      name: 'webhook thread',
    });
    this.#worker.on('message', (message: FromThread) => {
      if ('line' in message) log(message.line);
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

  /** Rejects with EngineBusyError when it has ended or too much is asked, and with the thread's error when that failed. */
  async ask<K extends keyof Desk>(name: K, ...args: Given<Desk, K>): Promise<Said<Desk, K>> {
    if (this.#failed !== undefined || this.#open.size >= CALLS_MAX) throw busy();
    const call = this.#calls++;
    const { promise, resolve, reject } = Promise.withResolvers<AnswerMessage>();
    const late = setTimeout(() => reject(busy()), ANSWER_MS_MAX);
    this.#open.set(call, { settle: resolve, reject });
    try {
      this.#worker.postMessage({ call, name, args } satisfies CallMessage);
      const message = await promise;
      if ('failed' in message) throw new Error(`webhooks: ${message.failed}`);
      return message.said as Said<Desk, K>;
    } finally {
      clearTimeout(late);
      this.#open.delete(call);
    }
  }

  /** Lets running attempts end, then closes the file. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#failed === undefined) await this.ask('close').catch((error: unknown) => this.#log(String(error)));
    await this.#worker.terminate();
  }

  #ended(why: string): void {
    for (const { reject } of this.#open.values()) reject(busy());
    if (this.#closing || this.#failed !== undefined) return;
    this.#failed = why;
    this.#log(`webhooks: their thread ended (${why}); they are answered 503 and none is sent until a restart`);
  }
}

function busy(): EngineBusyError {
  return new EngineBusyError('overloaded', RETRY_AFTER_MS);
}

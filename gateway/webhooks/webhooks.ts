import { existsSync } from 'node:fs';
import type { Given, Said } from '../desk/answer-calls.ts';
import { CallThread } from '../desk/call-thread.ts';
import type { Desk } from './webhook-desk.ts';
import type { WebhookSettings } from './webhook-settings.ts';

/** Calls open at once; more are answered 503. */
const CALLS_MAX = 1_000;
/** Longest wait for an answer, in ms: a test delivery may take as long as an attempt. */
const ANSWER_MS_MAX = 150_000;

/**
 * The webhook thread, which owns webhooks.sqlite and sends what is to be delivered: main waits for no DNS and no TLS either.
 * It begins when there is something for it: a server that nobody gave a webhook has neither thread nor file.
 */
export class Webhooks {
  readonly #settings: WebhookSettings;
  readonly #log: (line: string) => void;
  #thread: CallThread<Desk> | undefined;
  #closed = false;

  constructor(settings: WebhookSettings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    if (existsSync(settings.path)) this.#start();
  }

  /** Whether somebody uses webhooks, or did. */
  get isInUse(): boolean {
    return this.#thread !== undefined;
  }

  /** Why webhooks are neither taken nor sent; undefined while they are. */
  get failed(): string | undefined {
    return this.#thread?.failed;
  }

  async ask<K extends keyof Desk>(name: K, ...args: Given<Desk, K>): Promise<Said<Desk, K>> {
    return (this.#thread ?? this.#start()).ask(name, ...args);
  }

  /** Undefined when nobody uses webhooks: then there is nothing to be asked. */
  async askIfInUse<K extends keyof Desk>(name: K, ...args: Given<Desk, K>): Promise<Said<Desk, K> | undefined> {
    return this.#thread?.ask(name, ...args);
  }

  /** Lets running attempts end, then closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close();
  }

  #start(): CallThread<Desk> {
    if (this.#closed) throw new Error('webhooks are closed');
    return (this.#thread = new CallThread<Desk>({
      script: new URL('./webhooks.worker.ts', import.meta.url),
      data: this.#settings,
      name: 'webhook thread',
      without: 'webhooks are answered 503 and none is sent until a restart',
      callsMax: CALLS_MAX,
      answerMsMax: ANSWER_MS_MAX,
      log: this.#log,
    }));
  }
}

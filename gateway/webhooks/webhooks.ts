import { existsSync } from 'node:fs';
import type { Given, Said } from './thread-calls.ts';
import type { Desk } from './webhook-desk.ts';
import type { WebhookSettings } from './webhook-settings.ts';
import { WebhookThread } from './webhook-thread.ts';

/** The webhook thread, started when there is something for it: a server that nobody gave a webhook has neither thread nor file. */
export class Webhooks {
  readonly #settings: WebhookSettings;
  readonly #log: (line: string) => void;
  #thread: WebhookThread | undefined;
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

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close();
  }

  #start(): WebhookThread {
    if (this.#closed) throw new Error('webhooks are closed');
    return (this.#thread = new WebhookThread(this.#settings, this.#log));
  }
}

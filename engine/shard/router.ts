import { EngineBusyError, type Publish } from '../api.ts';
import type { Command } from '../contract/command.ts';
import type { Query } from '../contract/query.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import type { ClientHolds } from './client-holds.ts';
import type { FromShardThread, Output, Said } from './messages.ts';
import type { OpenCalls } from './open-calls.ts';
import { Outbox } from './outbox.ts';

/** What a busy caller is told to wait, in ms: several commits even on a slow disk, short enough not to idle. */
const RETRY_AFTER_MS = 200;

/** What is asked of one shard. */
export type Work =
  | { readonly shard: number; readonly events: readonly StockEvent[]; readonly receivedAt: number }
  | { readonly shard: number; readonly command: Command }
  | { readonly shard: number; readonly query: Query };

export interface RouterSettings {
  readonly threads: number;
  /** Bytes that may wait per thread (see admit). */
  readonly creditBytes: number;
  readonly callsMax: number;
  readonly calls: OpenCalls;
  readonly post: (thread: number, items: string) => void;
  readonly publish: Publish;
  readonly holds: ClientHolds;
}

/** Main's end of the shard threads: work goes to the thread of its shard, replies to who waits, changes to the world. */
export class Router {
  #settings: RouterSettings;
  #outboxes: Outbox[];

  constructor(settings: RouterSettings) {
    this.#settings = settings;
    this.#outboxes = Array.from(
      { length: settings.threads },
      (_, thread) => new Outbox((items) => settings.post(thread, items)),
    );
  }

  get undurableBytes(): number {
    return this.#outboxes.reduce((sum, { undurableBytes }) => sum + undurableBytes, 0);
  }

  threadOf(shard: number): number {
    return shard % this.#settings.threads;
  }

  /** Sends all of it or, when a thread has no credit for its part, nothing (EngineBusyError). Answers in the order asked. */
  ask(works: readonly Work[]): Promise<Said[]> {
    const { calls, callsMax } = this.#settings;
    if (calls.size + works.length > callsMax) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    // The call number is set in front of the rest, so that bytes are known before a call is opened.
    const encoded = works.map((work) => ({ thread: this.threadOf(work.shard), text: JSON.stringify(work).slice(1) }));
    this.#admit(encoded);
    const answers = encoded.map(({ thread, text }) => {
      const { call, said } = calls.open();
      this.#outboxes[thread]!.add(`{"call":${call},${text}`);
      return said;
    });
    return Promise.all(answers);
  }

  /** A shard thread has let something out. */
  receive(thread: number, message: Extract<FromShardThread, { type: 'output' }>): void {
    for (const { shard, item } of message.requests) this.#outboxes[this.threadOf(shard)]!.add(item);
    for (const text of message.outputs) {
      const { replies, changes, open = [] } = JSON.parse(text) as Output;
      // Before the replies: a request is no longer under way once its shard has counted it.
      for (const { shard, open: counts } of open) this.#settings.holds.take(shard, counts);
      if (changes.length > 0) this.#settings.publish(changes);
      for (const reply of replies) this.#settings.calls.settle(reply);
    }
    this.#outboxes[thread]!.finished(message.batches);
  }

  /** A call larger than the credit passes when nothing else waits, or it never could. */
  #admit(encoded: readonly { thread: number; text: string }[]): void {
    const wanted = new Map<number, number>();
    for (const { thread, text } of encoded) wanted.set(thread, (wanted.get(thread) ?? 0) + text.length);
    for (const [thread, bytes] of wanted) {
      const waiting = this.#outboxes[thread]!.undurableBytes;
      if (waiting > 0 && waiting + bytes > this.#settings.creditBytes) {
        throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
      }
    }
  }
}

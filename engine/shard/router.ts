import { EngineBusyError, type Publish, type PublishOrders } from '../api.ts';
import type { ReferenceNews } from '../contract/reference-change.ts';
import type { ClientHolds } from './client-holds.ts';
import { ByteWriter } from './codec/byte-writer.ts';
import { writeItem } from './codec/item-bytes.ts';
import { readOutput } from './codec/output-bytes.ts';
import type { FromShardThread, Said, Work } from './messages.ts';
import type { OpenCalls } from './open-calls.ts';
import { Outbox } from './outbox.ts';

/** What a busy caller is told to wait, in ms: several commits even on a slow disk, short enough not to idle. */
const RETRY_AFTER_MS = 200;

export interface RouterSettings {
  readonly threads: number;
  /** Bytes that may wait per thread (see admit). */
  readonly creditBytes: number;
  readonly callsMax: number;
  readonly calls: OpenCalls;
  readonly post: (thread: number, items: Uint8Array<ArrayBuffer>) => void;
  readonly publish: Publish;
  readonly holds: ClientHolds;
  /** The reference book has a change; told before what the shards make of it. */
  readonly learn: (news: readonly ReferenceNews[]) => void;
  readonly publishOrders: PublishOrders;
}

/** Main's end of the shard threads: work goes to the thread of its shard, replies to who waits, changes to the world. */
export class Router {
  #settings: RouterSettings;
  #outboxes: Outbox[];
  readonly #encoded = new ByteWriter();

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
    const ends = this.#encode(works);
    this.#admit(works, ends);
    const said = this.#settings.calls.openMany(works.length);
    works.forEach((work, i) => {
      this.#outboxOf(work).add(this.#encoded.bytes, i === 0 ? 0 : ends[i - 1], ends[i]);
    });
    return said;
  }

  /** The same for one, which is asked most and needs no lists. */
  askOne(work: Work): Promise<Said> {
    const [end = 0] = this.#encode([work]);
    const outbox = this.#outboxOf(work);
    this.#requireCredit(outbox, end);
    const said = this.#settings.calls.open();
    outbox.add(this.#encoded.bytes, 0, end);
    return said;
  }

  /** A shard thread has let something out. */
  receive(thread: number, message: Extract<FromShardThread, { type: 'output' }>): void {
    for (const { shard, item } of message.requests) this.#outboxes[this.threadOf(shard)]!.add(item);
    for (const bytes of message.outputs) {
      const { replies, changes, open = [], news, orders } = readOutput(bytes);
      // Before the replies: a request is no longer under way once its shard has counted it.
      for (const { shard, open: counts } of open) this.#settings.holds.take(shard, counts);
      if (news !== undefined) this.#settings.learn(news);
      if (changes.length > 0) this.#settings.publish(changes);
      if (orders !== undefined) this.#settings.publishOrders(orders);
      for (const reply of replies) this.#settings.calls.settle(reply);
    }
    this.#outboxes[thread]!.finished(message.batches);
  }

  /** Encoded before a call is opened, so that its bytes are known; returns where each ends. */
  #encode(works: readonly Work[]): number[] {
    const { calls, callsMax } = this.#settings;
    if (calls.size + works.length > callsMax) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    this.#encoded.at = 0;
    return works.map((work, i) => {
      writeItem(this.#encoded, calls.next + i, work);
      return this.#encoded.at;
    });
  }

  #outboxOf({ shard }: Work): Outbox {
    return this.#outboxes[this.threadOf(shard)]!;
  }

  #admit(works: readonly Work[], ends: readonly number[]): void {
    const wanted = new Map<Outbox, number>();
    works.forEach((work, i) => {
      const outbox = this.#outboxOf(work);
      wanted.set(outbox, (wanted.get(outbox) ?? 0) + ends[i]! - (i === 0 ? 0 : ends[i - 1]!));
    });
    for (const [outbox, bytes] of wanted) this.#requireCredit(outbox, bytes);
  }

  /** A call larger than the credit passes when nothing else waits, or it never could. */
  #requireCredit({ undurableBytes: waiting }: Outbox, bytes: number): void {
    const exceeds = waiting > 0 && waiting + bytes > this.#settings.creditBytes;
    if (exceeds) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
  }
}

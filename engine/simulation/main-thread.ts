import { ClientHolds } from '../shard/client-holds.ts';
import { ByteWriter } from '../shard/codec/byte-writer.ts';
import { writeItem } from '../shard/codec/item-bytes.ts';
import { readOutput } from '../shard/codec/output-bytes.ts';
import type { RoutedRequest, Said } from '../shard/messages.ts';
import { Outbox } from '../shard/outbox.ts';
import type { Chance } from './chance.ts';
import type { Work } from './client.ts';
import type { MainMessage, ShardThread } from './shard-thread.ts';
import type { Mark } from './history.ts';
import type { Told } from './told.ts';
import { require } from './violation.ts';

/** How likely one of the late ones comes with a message. */
const LATE = 0.3;

/** Main's end: the same outboxes as the router's, who waits for what, and what they are told. */
export class MainThread {
  readonly #outboxes: Outbox[];
  readonly #calls = new Map<number, { readonly work: Work; readonly asked: Mark }>();
  readonly #told: Told;
  readonly #holds = new ClientHolds();
  readonly #writer = new ByteWriter();
  /** Requests that were delivered and will be once more. */
  readonly #late: RoutedRequest[] = [];
  #next = 1;

  constructor(
    threads: readonly ShardThread[],
    told: Told,
    post: (thread: number, items: Uint8Array<ArrayBuffer>) => void,
  ) {
    this.#told = told;
    this.#holds.begin(threads.flatMap((thread) => thread.openCounts()));
    this.#outboxes = Array.from({ length: threads.length }, (_, thread) => new Outbox((items) => post(thread, items)));
  }

  get waiting(): number {
    return this.#calls.size;
  }

  ask(work: Work): void {
    const call = this.#next++;
    this.#calls.set(call, { work, asked: this.#told.history.mark });
    this.#writer.at = 0;
    writeItem(this.#writer, call, this.#counted(work));
    this.#box(work.shard).add(this.#writer.bytes, 0, this.#writer.at);
  }

  /** A new reservation is told what other shards hold for its client, as by engine.ts. */
  #counted(work: Work): Work {
    if (!('command' in work) || work.command.do !== 'reserve') return work;
    const { client } = work.command.request;
    const heldElsewhere = this.#holds.elsewhere(client, work.shard);
    this.#holds.asked(client, work.shard);
    return { ...work, command: { ...work.command, heldElsewhere } };
  }

  /** `doubled`: how likely a request between shards is delivered again, at once or late; participants must not mind. */
  receive(thread: number, message: MainMessage, { chance, doubled }: { chance: Chance; doubled: number }): void {
    for (const { shard, item } of message.requests) {
      this.#box(shard).add(item);
      if (chance.yes(doubled)) this.#box(shard).add(item);
      if (chance.yes(doubled)) this.#late.push({ shard, item });
    }
    if (this.#late.length > 0 && chance.yes(LATE)) {
      const [late] = this.#late.splice(chance.below(this.#late.length), 1) as [RoutedRequest];
      this.#box(late.shard).add(late.item);
    }
    for (const bytes of message.outputs) {
      const { replies, changes, open = [], orders = [] } = readOutput(bytes);
      for (const { shard, open: counts } of open) this.#holds.take(shard, counts);
      for (const { position } of changes) this.#told.requireDurable(position);
      for (const change of orders) this.#told.hub.change(change);
      for (const { call, said } of replies) this.#settle(call, said);
    }
    this.#outboxes[thread]?.finished(message.batches);
  }

  #settle(call: number, said: Said): void {
    const made = this.#calls.get(call);
    require(made !== undefined, () => `call ${call} is answered twice or was never made`);
    const { work, asked } = made;
    this.#calls.delete(call);
    if ('command' in work && work.command.do === 'reserve') {
      this.#holds.answered(work.command.request.client, work.shard);
    }
    this.#told.reply(work, said, asked);
  }

  #box(shard: number): Outbox {
    return this.#outboxes[shard % this.#outboxes.length] as Outbox;
  }
}

import type { ClientId } from '../engine/contract/ids.ts';
import { may, reaches, type Caller, type Thing } from './caller.ts';
import type { TopicSource } from './topic-source.ts';
import { Topic } from './topic.ts';

/** One version of an order's state. */
export interface OrderVersion {
  readonly id: string;
  /** Whose order it is. */
  readonly client: ClientId;
  /** Where it belongs: keys that are limited to other channels or nodes do not see it. */
  readonly about: Thing;
  /** Grows with each version. */
  readonly r: number;
  /** The whole state as JSON. */
  readonly d: string;
  /** When it became so, ms since the epoch. */
  readonly at: number;
}

class OrderTopic extends Topic {
  client: ClientId | undefined;
  about: Thing = {};
}

/**
 * The channel `order`, a key per order: watched by its client and by those who see everybody's (scope `desk`). An order of
 * somebody else is as unknown as one that does not exist. Bounded by sockets × keys; a topic ends with its last watcher.
 */
export class OrderTopics implements TopicSource {
  readonly conflateMsMin = 0;
  readonly #epoch: string;
  /** Those orders that there are. */
  readonly #read: (ids: readonly string[]) => Promise<readonly OrderVersion[]>;
  readonly #changed: (topic: Topic) => void;
  readonly #topics = new Map<string, OrderTopic>();

  constructor(
    epoch: string,
    read: (ids: readonly string[]) => Promise<readonly OrderVersion[]>,
    changed: (topic: Topic) => void,
  ) {
    this.#epoch = epoch;
    this.#read = read;
    this.#changed = changed;
  }

  get size(): number {
    return this.#topics.size;
  }

  /** A durable change of an order; one that nobody watches ends here. */
  publish({ id, client, about, r, d, at }: OrderVersion): void {
    const topic = this.#topics.get(id);
    if (topic === undefined) return;
    topic.client = client;
    topic.about = about;
    if (topic.set({ r, d, t: at, receivedAt: 0, facts: 0 })) this.#changed(topic);
  }

  async acquire(ids: readonly string[], caller: Caller): Promise<readonly Topic[]> {
    // Pinned before they are read, so a change between the two is not missed: the greater revision wins.
    const topics = ids.map((id) => this.#pin(id));
    try {
      const unread = topics.filter(({ isKnown }) => !isKnown).map(({ k }) => k);
      for (const order of unread.length === 0 ? [] : await this.#read(unread)) this.publish(order);
    } catch (error) {
      for (const topic of topics) this.release(topic);
      throw error;
    }
    const isSeen = (topic: OrderTopic) => topic.isKnown && maySee(caller, topic);
    const seen = topics.filter(isSeen);
    for (const topic of topics.filter((one) => !isSeen(one))) this.release(topic);
    return seen;
  }

  release(topic: Topic): void {
    topic.pins -= 1;
    if (topic.pins === 0) this.#topics.delete(topic.k);
  }

  #pin(id: string): OrderTopic {
    const topic = this.#topics.get(id) ?? new OrderTopic('order', id, this.#epoch);
    this.#topics.set(id, topic);
    topic.pins += 1;
    return topic;
  }
}

function maySee(caller: Caller, { client, about }: OrderTopic): boolean {
  const isOwn = caller.is === 'staff' && caller.client === client;
  // What an order does not say of itself is for those only who are not limited in it.
  return isOwn || (may(caller, 'desk') && reaches(caller, { channel: undefined, node: undefined, ...about }));
}

import type { Caller } from './caller.ts';
import type { StateChannel } from './protocol/wire.ts';
import type { Topic } from './topic.ts';

/** Channels of which a key is all there is to ask for. Of `stock` it is not: see stock-topics.ts. */
export type KeyedChannel = Exclude<StateChannel, 'stock'>;

/** Who asks, and from where. */
export interface Asker {
  readonly caller: Caller;
  readonly address: string;
}

/** Too many keys were guessed from this address. */
export interface TooOften {
  readonly retryAfterMs: number;
}

/** Where the topics of such a channel come from. */
export interface TopicSource {
  /** Shortest time between two updates of a key, ms. */
  readonly conflateMsMin: number;
  /** Pins the topics of those keys that there are for this caller, in any order. When it rejects, none is pinned. */
  acquire(keys: readonly string[], asker: Asker): Promise<readonly Topic[] | TooOften>;
  /** Pairs with each topic that was acquired. */
  release(topic: Topic): void;
}

export type TopicSources = Readonly<Record<KeyedChannel, TopicSource>>;

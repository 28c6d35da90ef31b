import type { Publish, PublishOrders } from '../engine/api.ts';
import type { OutfeedState } from '../engine/contract/outfeed.ts';
import type { WorkLogState } from '../engine/contract/work-log.ts';
import type { ReferenceNews } from '../engine/contract/reference-change.ts';

type PublishOutfeeds = (moved: readonly OutfeedState[]) => void;
type PublishWork = (moved: readonly WorkLogState[]) => void;
type PublishReference = (news: readonly ReferenceNews[]) => void;

/**
 * The engine wants its publisher when it opens, the server exists only after. Changes before somebody listens concern
 * nobody: whoever subscribes later reads the state first.
 */
export class ChangeRelay {
  #listener: Publish | undefined;
  #onOrders: PublishOrders | undefined;

  #onReference: PublishReference | undefined;
  #onOutfeeds: PublishOutfeeds | undefined;
  #onWork: PublishWork | undefined;
  /** How far each log reaches, of those told before somebody listened. */
  readonly #outfeeds = new Map<string, OutfeedState>();
  readonly #work = new Map<string, WorkLogState>();

  readonly publish: Publish = (changes) => this.#listener?.(changes);
  readonly publishOrders: PublishOrders = (changes) => this.#onOrders?.(changes);
  readonly publishReference: PublishReference = (news) => this.#onReference?.(news);

  readonly publishOutfeeds: PublishOutfeeds = (moved) => {
    if (this.#onOutfeeds !== undefined) return this.#onOutfeeds(moved);
    for (const state of moved) this.#outfeeds.set(state.id, state);
  };

  readonly publishWork: PublishWork = (moved) => {
    if (this.#onWork !== undefined) return this.#onWork(moved);
    for (const state of moved) this.#work.set(state.node, state);
  };

  listen(
    listener: Publish,
    onOrders: PublishOrders,
    onReference: PublishReference,
    logs: { readonly publishOutfeeds: PublishOutfeeds; readonly publishWork: PublishWork },
  ): void {
    this.#listener = listener;
    this.#onOrders = onOrders;
    this.#onReference = onReference;
    this.#onOutfeeds = logs.publishOutfeeds;
    this.#onWork = logs.publishWork;
    logs.publishOutfeeds([...this.#outfeeds.values()]);
    logs.publishWork([...this.#work.values()]);
  }
}

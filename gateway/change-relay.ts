import type { Publish } from '../engine/api.ts';
import type { OutfeedState } from '../engine/contract/outfeed.ts';
import type { ReferenceNews } from '../engine/contract/reference-change.ts';

type PublishOutfeeds = (moved: readonly OutfeedState[]) => void;
type PublishReference = (news: readonly ReferenceNews[]) => void;

/**
 * The engine wants its publisher when it opens, the server exists only after. Changes before somebody listens concern
 * nobody: whoever subscribes later reads the state first.
 */
export class ChangeRelay {
  #listener: Publish | undefined;

  #onReference: PublishReference | undefined;
  #onOutfeeds: PublishOutfeeds | undefined;
  /** How far each outfeed reaches, of those told before somebody listened. */
  readonly #outfeeds = new Map<string, OutfeedState>();

  readonly publish: Publish = (changes) => this.#listener?.(changes);
  readonly publishReference: PublishReference = (news) => this.#onReference?.(news);

  readonly publishOutfeeds: PublishOutfeeds = (moved) => {
    if (this.#onOutfeeds !== undefined) return this.#onOutfeeds(moved);
    for (const state of moved) this.#outfeeds.set(state.id, state);
  };

  listen(listener: Publish, onReference: PublishReference, onOutfeeds: PublishOutfeeds): void {
    this.#listener = listener;
    this.#onReference = onReference;
    this.#onOutfeeds = onOutfeeds;
    onOutfeeds([...this.#outfeeds.values()]);
  }
}

import type { Publish } from '../engine/api.ts';
import type { ReferenceNews } from '../engine/contract/reference-change.ts';

type PublishReference = (news: readonly ReferenceNews[]) => void;

/**
 * The engine wants its publisher when it opens, the server exists only after. Changes before somebody listens concern
 * nobody: whoever subscribes later reads the state first.
 */
export class ChangeRelay {
  #listener: Publish | undefined;

  #onReference: PublishReference | undefined;

  readonly publish: Publish = (changes) => this.#listener?.(changes);
  readonly publishReference: PublishReference = (news) => this.#onReference?.(news);

  listen(listener: Publish, onReference: PublishReference): void {
    this.#listener = listener;
    this.#onReference = onReference;
  }
}

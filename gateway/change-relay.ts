import type { Publish } from '../engine/api.ts';

/**
 * The engine wants its publisher when it opens, the server exists only after. Changes before somebody listens concern
 * nobody: whoever subscribes later reads the state first.
 */
export class ChangeRelay {
  #listener: Publish | undefined;

  readonly publish: Publish = (changes) => this.#listener?.(changes);

  listen(listener: Publish): void {
    this.#listener = listener;
  }
}

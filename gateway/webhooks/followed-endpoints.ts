import type { EndpointWish } from '../protocol/webhook-bodies.ts';
import type { MadeEndpoint } from './delivery-desk.ts';
import type { FactFollower } from './fact-follower.ts';
import type { Webhooks } from './webhooks.ts';

/**
 * Makes and deletes endpoints, and has facts followed while there is one. One change after the other: beside the making of
 * an endpoint the deletion of the last one before it would end what the new one needs.
 */
export class FollowedEndpoints {
  readonly #webhooks: Webhooks;
  readonly #facts: Pick<FactFollower, 'begin' | 'end'>;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(webhooks: Webhooks, facts: Pick<FactFollower, 'begin' | 'end'>) {
    this.#webhooks = webhooks;
    this.#facts = facts;
  }

  /** After a restart. */
  async resume(): Promise<void> {
    const endpoints = await this.#webhooks.askIfInUse('endpoints');
    if (endpoints !== undefined && endpoints.length > 0) await this.#facts.begin();
  }

  create(wish: EndpointWish): Promise<MadeEndpoint | 'too-many-endpoints'> {
    return this.#inTurn(async () => {
      // Facts are followed before there is an endpoint, or what happens in between would be missed.
      await this.#facts.begin();
      return this.#webhooks.ask('createEndpoint', wish);
    });
  }

  remove(id: string): Promise<'removed' | 'unknown-endpoint'> {
    return this.#inTurn(async () => {
      const left = await this.#webhooks.askIfInUse('removeEndpoint', id);
      if (left === 0) this.#facts.end();
      return left === undefined ? 'unknown-endpoint' : 'removed';
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(change);
    this.#changing = done.catch(() => undefined);
    return done;
  }
}

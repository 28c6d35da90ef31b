import type { OrderBody } from '../../../gateway/protocol/order-bodies.ts';
import type { Loaded } from '../../store/loaded.ts';
import { loadedFrom } from '../../store/loaded.ts';
import { Observable } from '../../store/observable.ts';
import type { Tower } from '../tower.ts';

/** Follows one order for the drawer. */
export class OrderWatch {
  readonly id: string;
  readonly order = new Observable<Loaded<OrderBody>>({ phase: 'loading' });
  readonly #tower: Tower;
  readonly #unfollow: () => void;

  constructor(tower: Tower, id: string) {
    this.#tower = tower;
    this.id = id;
    this.#unfollow = tower.connection.watch('order', id, {}, (state) => {
      if (state.phase === 'known' && 'order' in state.entry.d) this.take(state.entry.d);
      // Ended more than 100 days ago: nothing moves any more, but it can be read.
      if (state.phase === 'unknown' || state.phase === 'refused') void this.#read();
    });
  }

  /** The answer of an act may be newer than what was pushed. */
  take(body: OrderBody): void {
    const now = this.order.value;
    if (now.phase === 'here' && now.value.order.version > body.order.version) return;
    this.order.set({ phase: 'here', value: body });
  }

  end(): void {
    this.#unfollow();
  }

  async #read(): Promise<void> {
    const loaded = loadedFrom(await this.#tower.http.order(this.id));
    if (loaded.phase === 'here') this.take(loaded.value);
    else if (this.order.value.phase !== 'here') this.order.set(loaded);
  }
}

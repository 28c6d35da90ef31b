import { Observable } from '../store/observable.ts';
import type { Picks } from './picks.ts';

/** Work orders in the making that are remembered at most: nobody picks more at once. */
const WORKS_MAX = 50;

/** What was picked so far, by work order: in the browser's storage, so that a reload forgets nothing. */
export class PickStore {
  readonly all: Observable<Readonly<Record<string, Picks>>>;
  readonly #name: string;
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(node: string, storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#name = `onhand.picks.${node}`;
    this.#storage = storage;
    this.all = new Observable(this.#read());
  }

  of(work: string): Picks {
    return this.all.value[work] ?? {};
  }

  set(work: string, picks: Picks): void {
    const { [work]: _before, ...others } = this.all.value;
    this.#write(Object.fromEntries([...Object.entries(others).slice(1 - WORKS_MAX), [work, picks]]));
  }

  /** It is picked, or not ours any more. */
  forget(work: string): void {
    if (!(work in this.all.value)) return;
    const { [work]: _gone, ...others } = this.all.value;
    this.#write(others);
  }

  #write(all: Readonly<Record<string, Picks>>): void {
    this.all.set(all);
    try {
      this.#storage.setItem(this.#name, JSON.stringify(all));
    } catch {
      // Full, or forbidden: counted again after a reload.
    }
  }

  #read(): Readonly<Record<string, Picks>> {
    try {
      const all = JSON.parse(this.#storage.getItem(this.#name) ?? '{}') as Readonly<Record<string, Picks>> | null;
      return typeof all === 'object' && all !== null ? all : {};
    } catch {
      return {};
    }
  }
}

import { Observable } from '../store/observable.ts';
import { isOver, type Work } from './next-acts.ts';

/** Ended work orders that are remembered, for whoever has one open. */
const ENDED_MAX = 100;

/** The node's open work as the server last told it. Whatever way news comes, and however often, the greatest version counts. */
export class WorkTable {
  readonly open = new Map<string, Work>();
  /** As they ended, the newest last. */
  readonly ended = new Map<string, Work>();
  /** Grows with each change. */
  readonly changes = new Observable(0);

  /** All there is: what is not among it has ended, nobody knows how. */
  begin(works: readonly Work[]): void {
    const now = new Map(works.map((work) => [work.id, work]));
    for (const [id, work] of this.open) if (!now.has(id)) this.#end(work);
    for (const work of works) this.#put(work);
    this.#changed();
  }

  /** False: known already. */
  take(work: Work): boolean {
    if (!this.#put(work)) return false;
    this.#changed();
    return true;
  }

  #put(work: Work): boolean {
    const known = this.open.get(work.id) ?? this.ended.get(work.id);
    if (known !== undefined && known.version >= work.version) return false;
    if (isOver(work)) this.#end(work);
    else this.open.set(work.id, work);
    return true;
  }

  #end(work: Work): void {
    this.open.delete(work.id);
    this.ended.delete(work.id);
    this.ended.set(work.id, work);
    const [oldest] = this.ended.keys();
    if (this.ended.size > ENDED_MAX && oldest !== undefined) this.ended.delete(oldest);
  }

  #changed(): void {
    this.changes.set(this.changes.value + 1);
  }
}

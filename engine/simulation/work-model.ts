import type { NodeFact } from '../contract/order-fact.ts';
import type { WorkOrder } from '../contract/work-order.ts';
import { takeRows } from './hub-model.ts';

export interface ModelWork {
  readonly work: WorkOrder;
  /** Newest version its order's shard has said to know. */
  readonly heard: number;
  /** Versions nobody but time or people made, so that the order must hear of them. */
  readonly untold: readonly number[];
  /** Since when it asks nothing of anybody any more. */
  readonly overAt?: number;
  readonly asked?: { readonly ask: number; readonly isBack: boolean };
}

/** States in which a work order has left the node or ended. */
export const DONE: readonly string[] = ['shipped', 'delivered', 'collected', 'rejected', 'pulled-back'];

/** What the judge knows of a shard of nodes' work. Values are never changed in place. */
export class WorkModel {
  lsn = 0;
  lastAt = -Infinity;
  works = new Map<string, ModelWork>();
  /** Offers that were refused. */
  refused = new Map<string, string>();
  /** Number of each node's newest event. */
  heads = new Map<string, number>();
  /** Work taken on the newest local day. */
  days = new Map<string, { readonly day: number; readonly taken: number }>();
  rows = new Map<string, object>();

  clone(): WorkModel {
    const copy = new WorkModel();
    copy.lsn = this.lsn;
    copy.lastAt = this.lastAt;
    copy.works = new Map(this.works);
    copy.refused = new Map(this.refused);
    copy.heads = new Map(this.heads);
    copy.days = new Map(this.days);
    copy.rows = new Map(this.rows);
    return copy;
  }

  /** Ids of work orders it changed. */
  apply(fact: NodeFact, lsn: number): readonly string[] {
    this.lsn = lsn;
    this.lastAt = fact.at;
    switch (fact.fact) {
      case 'RowsApplied':
        takeRows(this.rows, fact);
        return [];
      case 'WorkMoved':
        return this.#move(fact);
      case 'OfferRefused':
        this.refused.set(fact.work, fact.code);
        return [fact.work];
      case 'PullBackRefused':
        this.#put({ ...this.#one(fact.work), asked: { ask: fact.ask, isBack: false } }, fact.at);
        return [fact.work];
      case 'WorkToldHeard': {
        const known = this.#one(fact.work);
        const untold = known.untold.filter((version) => version > fact.version);
        this.#put({ ...known, untold, heard: Math.max(known.heard, fact.version) }, fact.at);
        return [fact.work];
      }
      case 'WorkForgotten':
        for (const work of fact.works) {
          this.works.delete(work);
          this.refused.delete(work);
        }
        return fact.works;
    }
  }

  #move({ news, day = 0, ask, tell, at }: Extract<NodeFact, { fact: 'WorkMoved' }>): readonly string[] {
    const { node, op, work, o } = news;
    this.heads.set(node, o);
    if (op === 'queued') {
      const known = this.days.get(node);
      const taken = known?.day === day ? known.taken + 1 : 1;
      if (work.from === undefined) this.days.set(node, { day, taken });
      this.#put({ work, heard: 0, untold: [] }, at);
      return [work.id];
    }
    const known = this.#one(work.id);
    const untold = tell === undefined ? known.untold : [...known.untold, work.version];
    this.#put({ ...known, work, untold, ...(ask !== undefined && { asked: { ask, isBack: true } }) }, at);
    return [work.id];
  }

  #put(known: ModelWork, at: number): void {
    const { overAt: _before, ...entry } = known;
    const isOver = DONE.includes(entry.work.state) && entry.untold.length === 0;
    this.works.set(entry.work.id, isOver ? { ...entry, overAt: at } : entry);
  }

  #one(id: string): ModelWork {
    return this.works.get(id) as ModelWork;
  }
}

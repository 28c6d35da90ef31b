import { assert, unreachable } from '../contract/assert.ts';
import { DueQueue } from '../contract/due-queue.ts';
import type { NodeId, WorkOrderId } from '../contract/ids.ts';
import { KnownRows } from '../contract/known-rows.ts';
import type { OfferRefusal, PullBackRefusal } from '../contract/node-port.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { NodeRef } from '../contract/reference.ts';
import { WORK_REMEMBER_MS, type WorkEvent, type WorkOrder } from '../contract/work-order.ts';
import { StateSum } from './state-sum.ts';
import { isDone, isFinal } from './work-table.ts';

/** A carrier says days later that it was delivered; what it has not said by then nobody waits for, in ms. */
const SHIPPED_REMEMBER_MS = 14 * 24 * 3_600_000;
/**
 * What is over and still remembered, per shard: beyond it the oldest is forgotten before its time. A forgotten work order
 * refuses what is said of it, so nothing is done twice.
 */
const OVER_MAX = 100_000;

export interface WorkEntry {
  readonly work: WorkOrder;
  /** Number of the node's event that brought it: its place in the queue. */
  readonly came: number;
  /** Shard of its order. */
  readonly tell: number;
  readonly collectMs?: number;
  /** Digests of the key and the content of each act that moved it; a handful, since states do not repeat. */
  readonly acts: readonly (readonly [keyDigest: string, contentDigest: string])[];
  /** Changes its order's shard has not said it has heard, oldest first. */
  readonly untold: readonly { readonly op: WorkEvent; readonly work: WorkOrder }[];
  /** The order's newest request to pull it back, and what became of it. */
  readonly asked?: { readonly ask: number; readonly was: PullBackRefusal | 'pulled-back' };
  /** Since when it is over and its order knows. */
  readonly overAt?: number;
}

export interface NodeQueue {
  /** Number of its newest event. */
  head: number;
  /** The newest local day it was offered work on, and how often. */
  day: number;
  today: number;
  /** Oldest first. */
  readonly open: Set<WorkOrderId>;
  readonly all: Set<WorkOrderId>;
}

type Moved = Extract<NodeFact, { fact: 'WorkMoved' }>;
export interface Refusal {
  readonly at: number;
  readonly code: OfferRefusal;
}

/** Everything a node shard knows. Changed by `evolve` alone, so the same facts make the same state. */
export class NodeState {
  lsn = 0;
  readonly rows = new KnownRows();
  readonly works = new Map<WorkOrderId, WorkEntry>();
  readonly nodes = new Map<NodeId, NodeQueue>();
  /** Offers that were refused, the oldest first: the same offer again gets the same answer. */
  readonly refused = new Map<WorkOrderId, Refusal>();
  readonly due = new DueQueue<WorkOrderId>();
  readonly sum = new StateSum();
  /** Over and known to be, the oldest first. */
  readonly #ended = new Set<WorkOrderId>();
  readonly #shipped = new Set<WorkOrderId>();

  evolve(fact: NodeFact, lsn: number): void {
    assert(lsn === this.lsn + 1, () => `fact ${lsn} follows fact ${this.lsn}`);
    this.lsn = lsn;
    switch (fact.fact) {
      case 'WorkMoved':
        return this.#move(fact);
      case 'OfferRefused':
        this.refused.set(fact.work, { at: fact.at, code: fact.code });
        return;
      case 'PullBackRefused': {
        const { ask, code: was, work } = fact;
        return this.#put({ ...this.#entry(work), asked: { ask, was } });
      }
      case 'WorkToldHeard': {
        const entry = this.#entry(fact.work);
        const untold = entry.untold.filter(({ work }) => work.version > fact.version);
        return this.#put({ ...entry, untold, ...overSince({ ...entry, untold }, fact.at) });
      }
      case 'WorkForgotten':
        for (const work of fact.works) this.#forget(work);
        return;
      case 'RowsApplied':
        return this.rows.apply(fact);
      default:
        return unreachable(fact);
    }
  }

  node(id: NodeId): NodeRef | undefined {
    return this.rows.of<NodeRef>('nodes').get(id);
  }

  queue(id: NodeId): NodeQueue {
    const known = this.nodes.get(id);
    if (known !== undefined) return known;
    const queue: NodeQueue = { head: 0, day: 0, today: 0, open: new Set(), all: new Set() };
    this.nodes.set(id, queue);
    return queue;
  }

  /** A work order of this node; others are unknown to it. */
  workAt(id: WorkOrderId, node: NodeId): WorkEntry | undefined {
    const entry = this.works.get(id);
    return entry?.work.node === node ? entry : undefined;
  }

  dueAt(): number {
    return Math.min(this.due.first()?.at ?? Infinity, ...this.#forgetting().map(([first, ms]) => first + ms));
  }

  /** What is to be forgotten by then, at most so many. */
  forgettable(at: number, most: number): WorkOrderId[] {
    const ids: WorkOrderId[] = [];
    for (const { names, ms, since } of this.#remembered()) {
      let left = names.size;
      for (const id of names.keys()) {
        if (ids.length >= most || (since(id) + ms > at && left <= OVER_MAX)) break;
        ids.push(id);
        left--;
      }
    }
    return ids;
  }

  #forgetting(): (readonly [first: number, ms: number])[] {
    return this.#remembered().flatMap(({ names, ms, since }) => {
      const [first] = names.keys();
      return first === undefined ? [] : [[since(first), names.size > OVER_MAX ? 0 : ms] as const];
    });
  }

  #remembered() {
    const over = (id: WorkOrderId): number => this.works.get(id)?.overAt ?? 0;
    return [
      { names: this.#ended, ms: WORK_REMEMBER_MS, since: over },
      { names: this.#shipped, ms: SHIPPED_REMEMBER_MS, since: over },
      { names: this.refused, ms: WORK_REMEMBER_MS, since: (id: WorkOrderId) => this.refused.get(id)?.at ?? 0 },
    ];
  }

  #move(fact: Moved): void {
    const { news, day } = fact;
    const queue = this.queue(news.node);
    assert(news.o === queue.head + 1, () => `event ${news.o} of ${news.node} follows ${queue.head}`);
    queue.head = news.o;
    if (news.op === 'queued' && day !== undefined) {
      queue.today = day === queue.day ? queue.today + 1 : 1;
      queue.day = day;
    }
    this.#put(entryAfter(fact, this.works.get(news.work.id)));
    this.#dropStaleDue();
  }

  /** Also what restoring does, entry by entry. */
  #put(entry: WorkEntry): void {
    const { id, node, state } = entry.work;
    const { open, all } = this.queue(node);
    this.works.set(id, entry);
    this.sum.put(id, entry);
    all.add(id);
    if (isDone(state)) open.delete(id);
    else open.add(id);
    this.#ended.delete(id);
    this.#shipped.delete(id);
    if (entry.overAt !== undefined) (isFinal(state) ? this.#ended : this.#shipped).add(id);
    const due = dueOf(entry);
    if (due !== undefined) this.due.add(due, id);
  }

  #forget(id: WorkOrderId): void {
    this.refused.delete(id);
    const entry = this.works.get(id);
    if (entry === undefined) return;
    this.works.delete(id);
    this.sum.drop(id);
    this.#ended.delete(id);
    this.#shipped.delete(id);
    this.nodes.get(entry.work.node)?.all.delete(id);
  }

  /** What was accepted or collected in time stands in the queue for nothing. */
  #dropStaleDue(): void {
    for (let first = this.due.first(); first !== undefined; first = this.due.first()) {
      if (dueOf(this.works.get(first.name)) === first.at) return;
      this.due.removeFirst();
    }
  }

  #entry(id: WorkOrderId): WorkEntry {
    const entry = this.works.get(id);
    assert(entry !== undefined, () => `no work order ${id}`);
    return entry;
  }

  /** Entries in the order they came. */
  load(entries: readonly WorkEntry[]): void {
    for (const entry of entries) this.#put(entry);
    for (const over of [this.#ended, this.#shipped]) {
      const sorted = [...over].sort((a, b) => (this.works.get(a)?.overAt ?? 0) - (this.works.get(b)?.overAt ?? 0));
      over.clear();
      for (const id of sorted) over.add(id);
    }
  }
}

/** When time does something to it. */
export function dueOf(entry: WorkEntry | undefined): number | undefined {
  if (entry?.work.state === 'queued') return entry.work.acceptBy;
  return entry?.work.state === 'ready-for-pickup' ? entry.work.collectBy : undefined;
}

function entryAfter({ at, news: { o, op, work }, act, tell, ask, collectMs }: Moved, before?: WorkEntry): WorkEntry {
  if (op === 'queued') {
    assert(before === undefined && tell !== undefined, () => `${work.id} comes twice, or from nowhere`);
    return { work, came: o, tell, acts: [], untold: [], ...(collectMs !== undefined && { collectMs }) };
  }
  assert(before !== undefined, () => `no work order ${work.id}`);
  const { overAt: _overAt, ...kept } = before;
  const entry: WorkEntry = {
    ...kept,
    work,
    acts: act === undefined ? kept.acts : [...kept.acts, [act.keyDigest, act.contentDigest]],
    untold: tell === undefined ? kept.untold : [...kept.untold, { op, work }],
    ...(ask !== undefined && { asked: { ask, was: 'pulled-back' as const } }),
  };
  return { ...entry, ...overSince(entry, at) };
}

function overSince({ work, untold }: WorkEntry, at: number): { overAt?: number } {
  return isDone(work.state) && untold.length === 0 ? { overAt: at } : {};
}

import { Piscina } from 'piscina';
import { EngineBusyError } from '../api.ts';
import type { OrderId } from '../contract/ids.ts';
import type { HistoryRefusal } from '../contract/ledger.ts';
import type { OrderRow, SourcingRecord } from '../contract/order-view.ts';
import type { Order } from '../contract/order.ts';
import type { Refused } from '../contract/outcome.ts';
import type { SkuAtNodes, SourcingDecision, SourcingOrder, SourcingRef } from '../contract/sourcing.ts';
import {
  TRIAL_ORDERS_MAX,
  type AutomationAsked,
  type AutomationTrial,
  type DraftOrder,
  type SimulationAsked,
  type SourcingComparison,
  type SourcingDifference,
  type TrialAsked,
} from '../contract/sourcing-trial.ts';
import { compareDecisions, joinComparisons, NO_COMPARISON } from '../fulfilment/sourcing/compare-decisions.ts';
import { wouldRun } from '../orders/automation.ts';
import { askedFirst, askedNow, askedOfDraft, itemOf, type OwnUnits } from '../orders/ask-again.ts';
import { carriersAmong, rulesAmong } from '../orders/world.ts';
import type { ShardReads } from '../shard/shard-reads.ts';
import type { OrderHistory } from './order-history.ts';
import type { LiveReference } from './reference-view.ts';
import type { TrialTask } from './sourcing-trial.worker.ts';

/** Trials that may be asked at once: one runs, the others wait for it. */
const ASKED_MAX = 4;
/** Longest trial, in ms, waiting included: some thousand orders. */
const TRIAL_MS_MAX = 30_000;
const RETRY_AFTER_MS = 2_000;
/** Orders of one page, and of one task of the thread. */
const PAGE = 100;
const READ_AT_ONCE = 8;
/** Orders told one by one of a trial of an automation. */
const RUNS_TOLD_MAX = 100;

interface About {
  readonly reference: LiveReference;
  readonly reads: ShardReads;
  readonly orders: OrderHistory;
  readonly nowMs: () => number;
}

interface Recorded {
  readonly order: Order;
  readonly records: readonly SourcingRecord[];
}

/**
 * What rules would do (rule OR6), on a thread of its own that is started when somebody asks: a search may take some ms, and main
 * is everybody's. Nothing here has an effect.
 */
export class RuleTrials {
  readonly #pool = new Piscina({
    filename: new URL('./sourcing-trial.worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 1_000,
  });
  readonly #about: About;
  #asked = 0;

  constructor(about: About) {
    this.#about = about;
  }

  /** By the stock and work of now; absent rules are the live ones. Undefined: the channel is unknown. */
  async decide(order: Order | DraftOrder, rules?: SourcingRef): Promise<SourcingDecision | undefined> {
    const { reference, reads, nowMs } = this.#about;
    const group = 'group' in order ? order.group : reference.channels.get(order.channel)?.group;
    if (group === undefined) return undefined;
    const asked = 'id' in order ? askedNow(order) : { order: askedOfDraft(order), own: [] };
    const [skus, loads] = await Promise.all([this.#stockOf(asked.order, asked.own), reads.loads()]);
    const question = { order: asked.order, group, skus, loads, atMs: nowMs() };
    const task = { do: 'decide', book: this.#book(), rules: rules ?? this.#rules().live, question } as const;
    return this.#bounded((signal) => this.#run<SourcingDecision>(task, signal));
  }

  /** Rules over orders that were placed, each by what its first decision saw. */
  simulate({ rules, ...asked }: SimulationAsked): Promise<SourcingComparison | Refused<HistoryRefusal>> {
    const { live } = this.#rules();
    const { items } = this.#about.reference;
    return this.#compared(asked, async (orders, signal) => {
      const questions = orders.flatMap(({ order, records }) => {
        const [first] = records;
        const question = first === undefined ? undefined : askedFirst(order, first, items);
        return question === undefined ? [] : [{ ...aboutOf(order), question }];
      });
      const task = { do: 'compare', book: this.#book(), live, tried: rules, questions } as const;
      return questions.length === 0 ? NO_COMPARISON : this.#run<SourcingComparison>(task, signal);
    });
  }

  /** What the row `shadow` decided beside the live one, as it was recorded. */
  shadow(asked: TrialAsked): Promise<SourcingComparison | Refused<HistoryRefusal>> {
    const { items, nodes } = this.#about.reference;
    const { live, shadow = live } = this.#rules();
    return this.#compared(asked, async (orders) => {
      const pairs = orders.flatMap(({ order, records }) => {
        const [first] = records;
        if (first?.shadow === undefined || first.ask !== 1) return [];
        const skus = order.lines.map(({ sku }) => ({ sku, ...itemOf(items.get(sku)) }));
        return [{ ...aboutOf(order), live: first.decision, tried: first.shadow, skus }];
      });
      return compareDecisions(pairs, { live, tried: shadow, nodes });
    });
  }

  automate({ automation, ...asked }: AutomationAsked): Promise<AutomationTrial | Refused<HistoryRefusal>> {
    const none: AutomationTrial = { orders: 0, runs: 0, ran: [] };
    return this.#overOrders(asked, none, async (all, rows) => {
      const orders = await this.#read(rows, (id) => this.#about.orders.order(id));
      const hits = orders.filter((order) => wouldRun(automation, order, this.#about.nowMs()));
      const ran = [...all.ran, ...hits.map(aboutOf)].slice(0, RUNS_TOLD_MAX);
      return { orders: all.orders + orders.length, runs: all.runs + hits.length, ran };
    });
  }

  /** What runs is cut: it changes nothing. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }

  #rules(): ReturnType<typeof rulesAmong> {
    return rulesAmong(this.#about.reference.sourcing);
  }

  #book(): TrialTask['book'] {
    const { nodes, groups, carriers } = this.#about.reference;
    return { nodes: new Map(nodes), groups: new Map(groups), carriers: carriersAmong(new Map(carriers)) };
  }

  /** With what the order would give back. */
  async #stockOf({ needs }: SourcingOrder, own: readonly OwnUnits[]): Promise<SkuAtNodes[]> {
    const { reads, reference } = this.#about;
    const stock = await reads.stock([...new Set(needs.map(({ sku }) => sku))]);
    return stock.map(({ sku, nodes }) => {
      const rows = nodes.map(({ node, available, silentSince }) => {
        const given = own.reduce((sum, each) => sum + (each.sku === sku && each.node === node ? each.units : 0), 0);
        return { node, available: available + given, ...(silentSince !== undefined && { stale: true as const }) };
      });
      return { sku, ...itemOf(reference.items.get(sku)), nodes: rows.filter(({ available }) => available > 0) };
    });
  }

  #compared(
    asked: TrialAsked,
    compare: (orders: readonly Recorded[], signal: AbortSignal) => Promise<SourcingComparison>,
  ): Promise<SourcingComparison | Refused<HistoryRefusal>> {
    return this.#overOrders(asked, NO_COMPARISON, async (all, rows, signal) => {
      const compared = await compare(await this.#read(rows, (id) => this.#recorded(id)), signal);
      return joinComparisons(all, { ...compared, passedOver: rows.length - compared.orders });
    });
  }

  /** Page by page, the newest orders first. */
  #overOrders<T>(
    { limit, ...asked }: TrialAsked,
    none: T,
    take: (all: T, rows: readonly OrderRow[], signal: AbortSignal) => Promise<T>,
  ): Promise<T | Refused<HistoryRefusal>> {
    return this.#bounded(async (signal) => {
      let all = none;
      let left = Math.min(limit, TRIAL_ORDERS_MAX);
      let after: string | undefined;
      while (left > 0) {
        signal.throwIfAborted();
        const about = { ...asked, sort: 'newest', limit: Math.min(left, PAGE) } as const;
        const page = await this.#about.orders.page({ ...about, ...(after !== undefined && { after }) });
        if ('status' in page) return page;
        all = await take(all, page.orders, signal);
        left -= page.orders.length;
        after = page.next;
        if (after === undefined) break;
      }
      return all;
    });
  }

  /** A few at a time: history answers others too. What history has lost sight of meanwhile is left out. */
  async #read<T extends object>(
    rows: readonly OrderRow[],
    read: (id: OrderId) => Promise<T | Refused<HistoryRefusal>>,
  ): Promise<readonly T[]> {
    const found: T[] = [];
    for (let at = 0; at < rows.length; at += READ_AT_ONCE) {
      const some = await Promise.all(rows.slice(at, at + READ_AT_ONCE).map(({ id }) => read(id)));
      for (const each of some) if (!('code' in each)) found.push(each);
    }
    return found;
  }

  async #recorded(id: OrderId): Promise<Recorded | Refused<HistoryRefusal>> {
    const { orders } = this.#about;
    const [order, records] = await Promise.all([orders.order(id), orders.sourcing(id)]);
    if ('code' in order) return order;
    return 'code' in records ? records : { order, records };
  }

  #run<T>(task: TrialTask, signal: AbortSignal): Promise<T> {
    return this.#pool.run(task, { signal }) as Promise<T>;
  }

  /** Rejects with EngineBusyError when too many are asked, or when one takes too long. */
  async #bounded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#asked >= ASKED_MAX) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    this.#asked++;
    const signal = AbortSignal.timeout(TRIAL_MS_MAX);
    try {
      return await work(signal);
    } catch (error) {
      throw signal.aborted ? new EngineBusyError('overloaded', RETRY_AFTER_MS) : error;
    } finally {
      this.#asked--;
    }
  }
}

function aboutOf({ id, number, placedAt }: Order): Pick<SourcingDifference, 'order' | 'number' | 'placedAt'> {
  return { order: id, number, placedAt };
}

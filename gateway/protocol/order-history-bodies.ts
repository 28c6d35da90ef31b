import type { Fraction } from './fraction.ts';
import type { OrderStatusName, PieceStateName, QueueName } from './order-bodies.ts';

// Bodies of the routes that find orders and tell what happened to them (rule OR12).

/** An order in a list. */
export interface OrderRowInfo {
  readonly id: string;
  /** As the customer knows it. */
  readonly number: string;
  readonly channel: string;
  /** As the channel names it. */
  readonly channelOrderId: string;
  readonly placedAt: number;
  readonly status: OrderStatusName;
  /** The customer's name. */
  readonly customer?: string;
  /** Who that is over all channels: `GET /v1/customers/{id}`. */
  readonly customerId?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly city?: string;
  /** Ordered in all, kits as they were ordered. */
  readonly units: number;
  readonly lines: number;
  readonly totalMinor: number;
  readonly currency: string;
  /** Where its units are promised, or have left from. */
  readonly nodes: readonly string[];
  readonly queue?: QueueName;
  readonly queueWhy?: string;
  readonly queueSince?: number;
  /** When it changed last. */
  readonly at: number;
  readonly version: number;
}

/**
 * `GET /v1/orders?q=&channel=&status=&node=&sku=&queue=&customer=&from=&to=&sort=&after=&limit=`; with `Accept: text/csv` the
 * same rows as a file.
 */
export interface OrderListPage {
  readonly orders: readonly OrderRowInfo[];
  /** Goes into `after`: more may follow, also behind a page that is not full. Absent: that was all. */
  readonly next?: string;
  /** Position of the journal up to which all orders were looked at. */
  readonly through: number;
  /** Newer ones did not come in time. */
  readonly behind?: true;
}

/** `GET /v1/orders/queues`: how many orders stand in each queue of exceptions, and how many have each status. */
export interface OrderCountsInfo {
  readonly queues: {
    readonly unfillable: number;
    readonly late: number;
    readonly rejected: number;
    readonly 'on-hold': number;
    readonly stuck: number;
  };
  readonly statuses: {
    readonly received: number;
    readonly 'on-hold': number;
    readonly backordered: number;
    readonly unfillable: number;
    readonly processing: number;
    readonly 'ready-for-pickup': number;
    readonly 'partly-shipped': number;
    readonly shipped: number;
    readonly delivered: number;
    readonly collected: number;
    readonly cancelled: number;
    readonly returned: number;
    readonly refused: number;
  };
  readonly through: number;
  readonly behind?: true;
}

/** `GET /v1/orders/{id}/timeline`, oldest first. */
export interface OrderTimeline {
  readonly entries: readonly TimelineEntryInfo[];
  /** Goes into `after`. */
  readonly next?: string;
  /** What happened first is not known any more. */
  readonly incomplete?: true;
  readonly through: number;
}

/** `text` is the whole of it in one sentence; the rest is what the sentence is made of. */
interface TimelineEntryInfo {
  readonly at: number;
  /** Of the fact in history. */
  readonly position: string;
  readonly what: string;
  readonly text: string;
  /** Key, token, rule or person; `channel`: a message of it. */
  readonly by?: string;
  readonly reason?: string;
  readonly lines?: readonly {
    readonly line: string;
    readonly sku: string;
    readonly units: number;
    readonly state?: PieceStateName;
    readonly node?: string;
    readonly dueAt?: number;
  }[];
  readonly nodes?: readonly string[];
  readonly node?: string;
  readonly work?: string;
  readonly did?: string;
  readonly tracking?: readonly string[];
  readonly id?: string;
  readonly fields?: readonly string[];
  readonly hold?: string;
  readonly queue?: QueueName;
  /** Of sourcing: which of the decisions. */
  readonly ask?: number;
  readonly step?: string;
  readonly otherwise?: string;
  readonly costMinor?: number;
  readonly amountMinor?: number;
}

/** `GET /v1/orders/{id}/sourcing`: how it found its nodes, decision by decision. */
export interface OrderSourcing {
  readonly decisions: readonly {
    readonly at: number;
    readonly position: string;
    readonly ask: number;
    readonly decision: SourcingDecisionInfo;
    /** What the rules that are tried beside would have decided. */
    readonly shadow?: SourcingDecisionInfo;
  }[];
}

/** Rules OR5 and OR6. */
export interface SourcingDecisionInfo {
  /** Row of the reference kind `sourcing` that decided. */
  readonly rules: string;
  /** Step that decided; absent: none had a plan. */
  readonly step?: string;
  readonly plan?: SourcingPlanInfo;
  /** What follows when none had. */
  readonly otherwise?: 'queue' | 'backorder' | { readonly cancelAfterMs: number };
  /** Steps that did not decide, and why. */
  readonly tried: readonly { readonly step: string; readonly why: string }[];
  /** 100 at most, those in first; `out`: the first reason a node was not. */
  readonly candidates: readonly {
    readonly node: string;
    readonly km?: Fraction;
    readonly out?: string;
    /** Of each line what it has. */
    readonly available?: Readonly<Record<string, number>>;
    /** Work orders that are open there, and those of the day where it takes so many a day. */
    readonly open?: number;
    readonly today?: number;
    /** Its source was silent. */
    readonly stale?: true;
  }[];
  readonly candidatesInAll: number;
  /** The plans that were compared, cheapest first. */
  readonly compared: readonly SourcingPlanInfo[];
  /** There may be a cheaper plan: the search was ended by its bound. */
  readonly bounded: boolean;
}

export interface SourcingPlanInfo {
  readonly parts: readonly {
    readonly node: string;
    readonly carrier?: string;
    readonly zone?: string;
    readonly grams: number;
    readonly leavesAt?: number;
    readonly arrivesAt?: number;
    readonly costMinor: number;
    readonly lines: readonly UnitsOfSku[];
  }[];
  readonly costMinor: number;
  readonly splitMinor: number;
  readonly pressureMinor: number;
  /** Units nobody serves. */
  readonly missing: readonly UnitsOfSku[];
}

interface UnitsOfSku {
  readonly line: string;
  readonly sku: string;
  readonly units: number;
}

/** Who ordered, over all channels the key may see, in the words of the newest order. */
interface CustomerInfo {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly channels: readonly string[];
  /** Of the newest 5,000. */
  readonly orders: number;
  readonly totals: readonly { readonly currency: string; readonly totalMinor: number }[];
  readonly lastAt: number;
}

/** `GET /v1/customers?q=&limit=`, who ordered last first. */
export interface CustomerListPage {
  readonly customers: readonly CustomerInfo[];
  /** There are others: ask for more words. */
  readonly more?: true;
  readonly through: number;
  readonly behind?: true;
}

/** `GET /v1/customers/{id}`: one customer with the newest orders; older ones with `GET /v1/orders?customer=`. */
export interface CustomerBody {
  readonly customer: CustomerInfo;
  readonly orders: readonly OrderRowInfo[];
  readonly next?: string;
}

import type { ChannelId, NodeId, OrderId, Sku, WorkOrderId } from './ids.ts';
import type { ExceptionQueue, HoldKind, OrderStatus, PieceState } from './order.ts';
import type { Minor } from './shop-order.ts';
import type { SourcingDecision } from './sourcing.ts';

// Orders as they are searched and told of (rule OR12): a read model that follows the journal and keeps them when their shard
// has forgotten them.

/** An order in a list. */
export interface OrderRow {
  readonly id: OrderId;
  readonly number: string;
  readonly channel: ChannelId;
  readonly channelOrderId: string;
  readonly placedAt: number;
  readonly status: OrderStatus;
  /** The customer's name, and who it is over all channels; absent: nothing tells them from others. */
  readonly customer?: string;
  readonly customerId?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly city?: string;
  /** Ordered in all, kits counted as they were ordered. */
  readonly units: number;
  readonly lines: number;
  readonly totalMinor: Minor;
  readonly currency: string;
  /** Where its units are promised, or left from. */
  readonly nodes: readonly NodeId[];
  readonly queue?: ExceptionQueue;
  readonly queueWhy?: string;
  readonly queueSince?: number;
  /** When it changed last. */
  readonly at: number;
  readonly version: number;
}

export interface OrdersAsked {
  /** Words that all must be found, each by its beginning. */
  readonly q?: string;
  /** Only of these; absent: of all. */
  readonly channels?: readonly ChannelId[];
  readonly status?: OrderStatus;
  readonly node?: NodeId;
  readonly sku?: Sku;
  readonly queue?: ExceptionQueue;
  /** As `customerId` of a row. */
  readonly customer?: string;
  /** When it was placed, ms since the epoch: from ≤ placedAt < to. */
  readonly from?: number;
  readonly to?: number;
  /** `newest`: placed last first. `changed`: changed last first. `waiting`: in a queue longest first. */
  readonly sort: 'newest' | 'changed' | 'waiting';
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** How far the read model is. */
export interface AsOf {
  /** Position of the journal up to which everything is in it. */
  readonly through: number;
  /** More was durable when it was asked, and did not come in time. */
  readonly behind?: true;
}

export interface OrdersPage extends AsOf {
  readonly orders: readonly OrderRow[];
  /** More may follow: a page ends early when it has looked at so many orders that others would wait. */
  readonly next?: string;
}

export interface OrderCounts extends AsOf {
  readonly queues: Readonly<Record<ExceptionQueue, number>>;
  readonly statuses: Readonly<Record<OrderStatus, number>>;
}

/** What happened to units of a line. */
export interface ToldUnits {
  readonly line: string;
  readonly sku: Sku;
  readonly units: number;
  readonly state?: PieceState;
  readonly node?: NodeId;
  readonly dueAt?: number;
}

type ToldWhat =
  | 'placed'
  | 'message'
  | 'changed'
  | 'lines-added'
  | 'promised'
  | 'not-promised'
  | 'sourced'
  | 'work-offered'
  | 'work'
  | 'pull-back-asked'
  | 'units-cancelled'
  | 'units-wanted'
  | 'units-came'
  | 'units-returned'
  | 'units-refused'
  | 'held'
  | 'hold-lifted'
  | 'queued'
  | 'queue-left'
  | 'return-requested'
  | 'return-received'
  | 'return-refused'
  | 'refund-due'
  | 'by-hand'
  | 'by-hand-refused'
  | 'automation'
  | 'forgotten';

/** One thing that happened to an order, as a person reads it: of the rest each kind has what it needs. */
export interface Told {
  readonly what: ToldWhat;
  readonly by?: string;
  readonly reason?: string;
  readonly lines?: readonly ToldUnits[];
  readonly nodes?: readonly NodeId[];
  readonly node?: NodeId;
  readonly work?: WorkOrderId;
  /** Of work: what was done, or `refused`. Of a hand: its act. Of an automation: what it did. */
  readonly did?: string;
  readonly tracking?: readonly string[];
  /** Of a channel's message; of a return, of a refund, of a rule. */
  readonly id?: string;
  readonly fields?: readonly string[];
  readonly hold?: HoldKind;
  readonly queue?: ExceptionQueue;
  /** Of sourcing: the question it answers, the step that decided, and what follows when none did. */
  readonly ask?: number;
  readonly step?: string;
  readonly otherwise?: string;
  readonly costMinor?: Minor;
  readonly amountMinor?: Minor;
}

export interface TimelineEntry extends Told {
  readonly at: number;
  /** Of the fact in history, opaque to callers. */
  readonly position: string;
  /** It in one sentence. */
  readonly text: string;
}

export interface Timeline extends AsOf {
  readonly entries: readonly TimelineEntry[];
  /** The oldest ones are not known: the read model begins later than the order. */
  readonly incomplete?: true;
  /** Position of the last entry: more follow. */
  readonly next?: string;
}

export interface SourcingRecord {
  readonly at: number;
  readonly position: string;
  readonly ask: number;
  readonly decision: SourcingDecision;
  readonly shadow?: SourcingDecision;
}

export interface RuleLogAsked {
  /** Id of the automation; one that there is no more has its log still. */
  readonly rule: string;
  /** Only of these; absent: of all. */
  readonly channels?: readonly ChannelId[];
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** One thing that an automation did (rule OR10). */
export interface RuleRun {
  readonly at: number;
  readonly position: string;
  readonly order: OrderId;
  readonly number: string;
  readonly channel: ChannelId;
  readonly did: string;
}

export interface RuleLogPage extends AsOf {
  readonly runs: readonly RuleRun[];
  /** More may follow: a page is shorter by what other channels' orders have in it. */
  readonly next?: string;
}

/** Who ordered, over all channels (rule OR12). */
export interface Customer {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly channels: readonly ChannelId[];
  readonly orders: number;
  readonly totals: readonly { readonly currency: string; readonly totalMinor: Minor }[];
  readonly lastAt: number;
}

export interface CustomersPage extends AsOf {
  readonly customers: readonly Customer[];
  /** There are others: ask for more words. */
  readonly more?: true;
}

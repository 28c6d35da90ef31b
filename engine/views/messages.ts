import type { Explanation, SkuTerms } from '../contract/explain.ts';
import type { LedgerPage, LedgerQuery } from '../contract/ledger.ts';
import type { NoticesAsked, NoticesPage } from '../contract/notice.ts';
import type { OutfeedPage, OutfeedQuery, OutfeedState } from '../contract/outfeed.ts';
import type { WorkLogPage, WorkLogQuery, WorkLogState } from '../contract/work-log.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { AuditPage, AuditQuery } from '../contract/reference-change.ts';
import type { ChannelId, OrderId } from '../contract/ids.ts';
import type { Order } from '../contract/order.ts';
import type {
  Customer,
  CustomersPage,
  OrderCounts,
  OrdersAsked,
  OrdersPage,
  RuleLogAsked,
  RuleLogPage,
  SourcingRecord,
  Timeline,
} from '../contract/order-view.ts';
import type { Asked } from './explain-sku.ts';
import type { CustomersAsked, TimelineAsked } from './order-answers.ts';
import type { FactPlace } from './position.ts';

// What crosses to and from the projector's thread.
//
//   main ──Ask──► projector ◄──head── journal thread
//   main ◄─Answer─┘   └────after────►

export type Question =
  | { readonly want: 'page'; readonly query: LedgerQuery; readonly shard?: number }
  | { readonly want: 'audit'; readonly query: AuditQuery }
  | { readonly want: 'outfeed'; readonly query: OutfeedQuery }
  | { readonly want: 'work-log'; readonly query: WorkLogQuery }
  | { readonly want: 'notices'; readonly query: NoticesAsked }
  | { readonly want: 'orders'; readonly query: OrdersAsked }
  | { readonly want: 'order'; readonly id: OrderId }
  | ({ readonly want: 'timeline' } & TimelineAsked)
  | { readonly want: 'sourcing'; readonly id: OrderId }
  | { readonly want: 'rule-log'; readonly asked: RuleLogAsked }
  | { readonly want: 'order-counts'; readonly channels?: readonly ChannelId[] }
  | ({ readonly want: 'customers' } & CustomersAsked)
  | { readonly want: 'customer'; readonly id: string; readonly channels?: readonly ChannelId[] }
  /** Asked with `after` = what the terms rest on, so that the ledger has every event behind them. */
  | { readonly want: 'explanation'; readonly terms: SkuTerms; readonly shard: number; readonly asked: Asked };
export type AnswerTo<Want extends Question['want']> = {
  page: LedgerPage;
  audit: AuditPage;
  /** `behind`: not everything that was shown before the restart is in the ledger yet. */
  outfeed: OutfeedPage | 'unknown' | 'behind';
  'work-log': WorkLogPage | 'unknown' | 'behind';
  notices: NoticesPage;
  orders: OrdersPage;
  order: Order | 'unknown';
  timeline: Timeline | 'unknown';
  sourcing: readonly SourcingRecord[] | 'unknown';
  'rule-log': RuleLogPage;
  'order-counts': OrderCounts;
  customers: CustomersPage;
  customer: Customer | 'unknown';
  explanation: Explanation;
}[Want];

/** Answered when the ledger has this fact; of orders, when they have all up to this position of the journal. */
export type After = FactPlace | { readonly position: number };

export type ToProjector =
  /** Reference data is known: the first message, without which nothing is read. */
  | { readonly type: 'begin'; readonly batches: readonly ReferenceBatch[] }
  /** Somebody follows an outfeed or a node's work: what is new is wanted soon. */
  | { readonly type: 'follow'; readonly on: boolean }
  | {
      readonly type: 'ask';
      readonly ask: number;
      readonly question: Question;
      /** Not reached within `waitMs` it is `behind`. */
      readonly after?: After;
      readonly waitMs: number;
    }
  | { readonly type: 'close' };

export type FromProjector =
  | { readonly type: 'answer'; readonly ask: number; readonly said: unknown }
  | { readonly type: 'behind'; readonly ask: number }
  /** A question that failed by itself; the projector goes on. */
  | { readonly type: 'failed'; readonly ask: number; readonly why: string }
  | {
      readonly type: 'progress';
      readonly position: number;
      readonly outfeeds: readonly OutfeedState[];
      readonly work: readonly WorkLogState[];
    }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'closed' };

/** The projector asks the journal thread for a head beyond a position; one question is open at a time. */
export interface AfterMessage {
  readonly after: number;
}
export interface HeadMessage {
  readonly head: number;
}

import type { AllocationOutcome } from './allocation.ts';
import type { ClientId, NodeId, OrderId, ReservationId, Sku, WorkOrderId } from './ids.ts';
import type { Order, OrderAct, OrderLine, ReturnLine } from './order.ts';
import type { RowsApplied } from './known-rows.ts';
import type { ActRefusal } from './order-command.ts';
import type { Refused } from './outcome.ts';
import type { OfferRefusal, PullBackRefusal } from './node-port.ts';
import type { ShopMessage } from './shop-order.ts';
import type { SourcingDecision } from './sourcing.ts';
import type { AllocationStep } from './stock-port.ts';
import type { WorkEvent, WorkNews, WorkOrder } from './work-order.ts';

// What became true of orders and of nodes' work. An order is the fold of its facts (evolveOrder), in its shard and in the read
// model alike, so what a fact does to an order's pieces stands in the fact.

/** Units of a line that go from one state, or place, to another. `from`: index of the piece they are taken of, as it was before. */
export interface PieceChange {
  readonly line: string;
  readonly from: number;
  readonly units: number;
  readonly to: Omit<OrderLine['pieces'][number], 'units'>;
}

/** What a channel's message means for units, whatever order messages come in (rule OR1). */
export type Said =
  /** How the order stands, by line of the channel. */
  | { readonly as: 'stands'; readonly units: Readonly<Record<string, number>> }
  | { readonly as: 'cancelled' }
  /** So many units of a line fewer than it stands at. */
  | { readonly as: 'fewer'; readonly lines: readonly { readonly line: string; readonly units: number }[] };

export interface StepUnits {
  readonly line: string;
  readonly units: number;
  readonly dueAt?: number;
}

interface OfOrder {
  readonly at: number;
  readonly order: OrderId;
  /** Who, where it was a person or a rule; and why. */
  readonly by?: string;
  readonly reason?: string;
}

export type OrderFact =
  | (OfOrder & {
      readonly fact: 'OrderPlaced';
      /** As it begins: every piece `asked`, or `collected` for what a till sold. */
      readonly begins: Order;
      readonly message: string;
      readonly shards: Readonly<Record<Sku, number>>;
      readonly reservation?: ReservationId;
      readonly secret: string;
    })
  /** A message about an order we do not have yet, or the newer word on one we have; duplicates make no fact. */
  | {
      readonly fact: 'MessageKept';
      readonly at: number;
      readonly order: OrderId;
      readonly client: ClientId;
      readonly message: ShopMessage;
    }
  | (OfOrder & {
      readonly fact: 'MessageTaken';
      readonly message: string;
      readonly said: number;
      readonly digest: string;
      readonly says: Said;
    })
  /** Header fields that an edit or a hand changed. */
  | (OfOrder & {
      readonly fact: 'OrderChanged';
      readonly set: Partial<Pick<Order, 'customer' | 'shipTo' | 'tags' | 'priority' | 'note' | 'charges'>>;
    })
  | (OfOrder & {
      readonly fact: 'LinesAdded';
      readonly lines: readonly OrderLine[];
      readonly shards: Readonly<Record<Sku, number>>;
    })
  /** A step is asked of a stock shard; answered in the order asked, one at a time per order and shard. */
  | (OfOrder & {
      readonly fact: 'StepAsked';
      readonly step: number;
      readonly shard: number;
      readonly what: AllocationStep;
      /** Units of the order's lines that are locked until it is answered. */
      readonly of: readonly StepUnits[];
      readonly why: string;
    })
  | (OfOrder & {
      readonly fact: 'StepAnswered';
      readonly step: number;
      readonly shard: number;
      readonly outcome: AllocationOutcome;
      readonly pieces: readonly PieceChange[];
    })
  /** What stock and these nodes are asked about before a decision; of no sku: nothing waits for one any more. */
  | (OfOrder & {
      readonly fact: 'SourcingAsked';
      readonly ask: number;
      readonly skus: readonly Sku[];
      readonly nodes: readonly NodeId[];
    })
  | (OfOrder & {
      readonly fact: 'OrderSourced';
      readonly ask: number;
      readonly decision: SourcingDecision;
      readonly shadow?: SourcingDecision;
    })
  | (OfOrder & {
      readonly fact: 'WorkOffered';
      readonly work: WorkOrderId;
      readonly node: NodeId;
      /** Its units come packed from there. */
      readonly from?: NodeId;
      readonly pieces: readonly PieceChange[];
    })
  /** A node shard's word on a work order, its refusal to take it included. */
  | (OfOrder & {
      readonly fact: 'WorkHeard';
      readonly work: WorkOrderId;
      readonly op: WorkEvent | 'queued' | 'refused';
      readonly now?: WorkOrder;
      readonly pieces: readonly PieceChange[];
    })
  | (OfOrder & {
      readonly fact: 'PullBackAsked';
      readonly work: WorkOrderId;
      readonly ask: number;
      readonly aim: 'cancel' | 're-source';
    })
  | (OfOrder & {
      readonly fact: 'PiecesChanged';
      readonly what: 'cancelled' | 'wanted' | 'came' | 'returned' | 'refused';
      readonly pieces: readonly PieceChange[];
      /** With `came`: the stock shard's own number of it, so that it counts once. */
      readonly served?: { readonly shard: number; readonly sku: Sku; readonly serving: number };
    })
  | (OfOrder & { readonly fact: 'HoldPut' | 'HoldLifted'; readonly kind: Order['holds'][number]['kind'] })
  | (OfOrder & {
      readonly fact: 'QueueEntered';
      readonly queue: NonNullable<Order['queue']>['queue'];
      readonly why: string;
    })
  | (OfOrder & { readonly fact: 'QueueLeft' })
  | (OfOrder & { readonly fact: 'ReturnRequested'; readonly id: string; readonly lines: readonly ReturnLine[] })
  | (OfOrder & {
      readonly fact: 'ReturnReceived';
      readonly id: string;
      readonly node: NodeId;
      readonly grades: readonly { readonly line: string; readonly units: number; readonly grade: 'good' | 'damaged' }[];
    })
  | (OfOrder & { readonly fact: 'ReturnRefused'; readonly id: string })
  | (OfOrder & { readonly fact: 'RefundDue'; readonly id: string; readonly amountMinor: number })
  /** A hand's or rule's doing, for its key's sake and for the timeline. */
  | (OfOrder & { readonly fact: 'ActTaken'; readonly key: string; readonly digest: string; readonly what: OrderAct })
  /** An act that stock and a node had to answer has been answered. */
  | (OfOrder & { readonly fact: 'ActEnded'; readonly key: string; readonly refusal?: Refused<ActRefusal> })
  /** `tells`: what staff and webhooks are told of it. */
  | (OfOrder & { readonly fact: 'AutomationRan'; readonly rule: string; readonly did: string; readonly tells?: string })
  | (OfOrder & { readonly fact: 'OrderForgotten' })
  | RowsApplied;

/** Of a node shard. */
export type NodeFact =
  | {
      readonly fact: 'WorkMoved';
      readonly at: number;
      readonly news: WorkNews;
      /** Digest of the act that did it and of its content, for retries; absent: the order's side or time did it. */
      readonly act?: { readonly keyDigest: string; readonly contentDigest: string };
      /** Order shard that is to hear of it; with `queued`, of all that happens later. */
      readonly tell?: number;
      /** With `queued`: the local day it is counted for, in days since 1970-01-01. */
      readonly day?: number;
      /** With `queued`: how long the customer may take to collect. */
      readonly collectMs?: number;
      /** With `pull-back`: the order's request. */
      readonly ask?: number;
    }
  | {
      readonly fact: 'OfferRefused';
      readonly at: number;
      readonly work: WorkOrderId;
      readonly node: NodeId;
      readonly code: OfferRefusal;
    }
  | {
      readonly fact: 'PullBackRefused';
      readonly at: number;
      readonly work: WorkOrderId;
      readonly ask: number;
      readonly code: PullBackRefusal;
    }
  | { readonly fact: 'WorkToldHeard'; readonly at: number; readonly work: WorkOrderId; readonly version: number }
  | { readonly fact: 'WorkForgotten'; readonly at: number; readonly works: readonly WorkOrderId[] }
  | RowsApplied;

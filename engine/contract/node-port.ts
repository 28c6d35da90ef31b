import type { NodeId, OrderId, WorkOrderId } from './ids.ts';
import type { Refused } from './outcome.ts';
import type { NodeLoad, WorkAct, WorkEvent, WorkOrder } from './work-order.ts';

// How an order's shard and a node's shard talk. As everywhere, what is asked is asked again until it is answered, and whoever
// is asked twice does it once: an offer is known by its work order's id, a change by its version.

/** To a node shard. */
export type NodePortCommand =
  /** Work for a node; refused when it has reached its capacity or takes none, and then for good: another offer has another id. */
  | {
      readonly do: 'offer-work';
      readonly replyTo: number;
      readonly work: Omit<WorkOrder, 'state' | 'version' | 'at' | 'offeredAt' | 'parcels'>;
      /** How long it may take to accept, in ms; absent: for ever. */
      readonly acceptMs?: number;
      /** How long the customer may take to collect, in ms. */
      readonly collectMs?: number;
    }
  /** The order wants it back: refused from `packed` on unless it waits to be collected. */
  | {
      readonly do: 'pull-back';
      readonly replyTo: number;
      readonly work: WorkOrderId;
      readonly node: NodeId;
      /** Of the order's requests about this work: the same number again gets the same answer. */
      readonly ask: number;
      readonly reason: string;
      readonly by: string;
    }
  /** Advice for sourcing. */
  | {
      readonly do: 'read-load';
      readonly replyTo: number;
      readonly order: OrderId;
      readonly ask: number;
      readonly nodes: readonly NodeId[];
    }
  | { readonly do: 'work-act'; readonly act: WorkAct }
  /** The order's shard has written down the change of this version. */
  | { readonly do: 'work-heard'; readonly work: WorkOrderId; readonly node: NodeId; readonly version: number };

const OFFER_REFUSALS = {
  'unknown-node': 'the node is not in the reference data',
  'node-switched-off': 'the node is switched off',
  'capacity-reached': 'the node has as many orders for that day, or as much open work, as it takes',
} as const;
export type OfferRefusal = keyof typeof OFFER_REFUSALS;

const PULL_BACK_REFUSALS = {
  'unknown-work': 'the node has no such work order; it may have ended more than a day ago',
  'already-packed': 'the node has packed it; intercept the parcel or take it back as a return',
  'already-ended': 'the work order has ended; final states are final',
} as const;
export type PullBackRefusal = keyof typeof PULL_BACK_REFUSALS;

/** Codes for what somebody at a node says about a work order, in the order they are checked. */
export const WORK_REFUSALS = {
  'unknown-work': PULL_BACK_REFUSALS['unknown-work'],
  'key-reused': 'this idempotency key was used with other content; use a new key',
  'already-ended': PULL_BACK_REFUSALS['already-ended'],
  'not-in-this-state': 'the work order is in a state in which this cannot be; read it again',
  'unknown-line': 'the work order has no line of this number',
  'units-out-of-bounds': 'units must be a whole number from 0 to what the line asks for',
  'reason-missing': 'say why units are short: not-found, damaged, too-busy, closing or other',
  'wrong-code': 'this is not the code of this order; ask the customer to show the message again',
  'happened-in-the-future': 'it cannot have left more than 5 minutes ahead of our clock',
} as const;
export type WorkRefusal = keyof typeof WORK_REFUSALS;

export type WorkOutcome = { readonly status: 'done'; readonly work: WorkOrder } | Refused<WorkRefusal>;

/** To an order shard, from a node shard. */
export type NodePortReply =
  | {
      readonly do: 'offer-answered';
      readonly order: OrderId;
      readonly work: WorkOrderId;
      readonly outcome: { readonly status: 'queued'; readonly work: WorkOrder } | Refused<OfferRefusal>;
    }
  | {
      readonly do: 'pull-back-answered';
      readonly order: OrderId;
      readonly work: WorkOrderId;
      readonly ask: number;
      readonly outcome: { readonly status: 'pulled-back'; readonly work: WorkOrder } | Refused<PullBackRefusal>;
    }
  | {
      readonly do: 'load-read';
      readonly order: OrderId;
      readonly ask: number;
      readonly shard: number;
      readonly loads: readonly NodeLoad[];
    }
  /** Something happened at the node. Sent again until it is heard. */
  | {
      readonly do: 'work-changed';
      readonly shard: number;
      readonly op: WorkEvent;
      readonly work: WorkOrder;
    };

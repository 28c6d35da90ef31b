import type { ChannelId, ClientId, NodeId, OrderId, WorkOrderId } from './contract/ids.ts';
import type { HistoryRefusal } from './contract/ledger.ts';
import type { WorkOutcome } from './contract/node-port.ts';
import type { ActOutcome, ShopOutcome } from './contract/order-command.ts';
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
} from './contract/order-view.ts';
import type { ByHand, Order, OrderAct } from './contract/order.ts';
import type { Refused } from './contract/outcome.ts';
import type { ShopMessage } from './contract/shop-order.ts';
import type {
  AutomationAsked,
  AutomationTrial,
  DraftOrder,
  SimulationAsked,
  SourcingComparison,
  TrialAsked,
} from './contract/sourcing-trial.ts';
import type { SourcingDecision, SourcingRef } from './contract/sourcing.ts';
import type { WorkAct, WorkOrder } from './contract/work-order.ts';

/** Work orders of a node, oldest first, behind one; ended ones only when asked for. */
export interface WorkAsked {
  readonly node: NodeId;
  readonly ended?: boolean;
  readonly after?: WorkOrderId;
  readonly limit: number;
}

/** What of the engine is about orders and the work they make; a part of its door, api.ts. */
export interface OrderCalls {
  /**
   * What a channel says about an order counts once, whenever and in whatever order it comes (rule OR1). Durable when
   * resolved: what became of its units follows with the order's changes.
   */
  shopMessage(client: ClientId, message: ShopMessage): Promise<ShopOutcome>;
  /** What somebody does to an order by hand (rule OR10). */
  orderAct(id: OrderId, asked: { client: ClientId; by: ByHand; what: OrderAct }): Promise<ActOutcome>;
  /** Those that are kept, in no particular order; unknown ones are absent. */
  orders(ids: readonly OrderId[]): Promise<readonly Order[]>;
  /** As its shard had it when it forgot it, or as it is. Rejects as `ledger`, like all that follow about orders. */
  orderKept(id: OrderId): Promise<Order | Refused<HistoryRefusal>>;
  /** Orders of all times, as of this moment (rule OR12). */
  findOrders(asked: OrdersAsked): Promise<OrdersPage | Refused<HistoryRefusal>>;
  /** How many stand in each queue and have each status; of these channels, when they are named. */
  orderCounts(channels?: readonly ChannelId[]): Promise<OrderCounts | Refused<HistoryRefusal>>;
  /** What happened to the order, oldest first; go on with `next` as `after`. */
  orderTimeline(
    id: OrderId,
    asked: { readonly after?: string; readonly limit: number },
  ): Promise<Timeline | Refused<HistoryRefusal>>;
  /** How it found its nodes, decision by decision. */
  orderSourcing(id: OrderId): Promise<readonly SourcingRecord[] | Refused<HistoryRefusal>>;
  /**
   * What rules would decide about an order by the stock and work of now; absent: the live ones. Undefined: its channel is
   * unknown. Nothing changes, as by all trials (rule OR6). Rejects with EngineBusyError when too many are asked.
   */
  trySourcing(order: Order | DraftOrder, rules?: SourcingRef): Promise<SourcingDecision | undefined>;
  /** Rules and the live ones over orders that were placed, each by what its first decision saw. */
  simulateSourcing(asked: SimulationAsked): Promise<SourcingComparison | Refused<HistoryRefusal>>;
  /** What the row `shadow` decided beside the live one. */
  compareShadow(asked: TrialAsked): Promise<SourcingComparison | Refused<HistoryRefusal>>;
  /** For which orders an automation would have run, judged by how they stand now. */
  tryAutomation(asked: AutomationAsked): Promise<AutomationTrial | Refused<HistoryRefusal>>;
  /** What an automation did, the newest first; go on with `next` as `after`. Rejects as `ledger`. */
  ruleLog(asked: RuleLogAsked): Promise<RuleLogPage | Refused<HistoryRefusal>>;
  /** Who ordered, by words of their names, addresses and phones; of these channels, when they are named. */
  customers(asked: {
    readonly q: string;
    readonly channels?: readonly ChannelId[];
    readonly limit: number;
  }): Promise<CustomersPage | Refused<HistoryRefusal>>;
  customer(id: string, channels?: readonly ChannelId[]): Promise<Customer | Refused<HistoryRefusal>>;
  /** What somebody at a node says about its work, durable when resolved; by the same key it is done once (rule OR8). */
  workAct(act: WorkAct): Promise<WorkOutcome>;
  /** `head`: number of the node's newest event, which is in what is read. */
  work(asked: WorkAsked): Promise<{ readonly works: readonly WorkOrder[]; readonly head: number }>;
  /** Of this node only, as long as it is remembered. */
  workOrder(node: NodeId, id: WorkOrderId): Promise<WorkOrder | undefined>;
}

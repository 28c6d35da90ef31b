import { unreachable } from './assert.ts';
import type { MovementKind } from './ledger.ts';
import type { ChannelId, ClientId, GroupId, NodeId, OutfeedId, PoolId, SafetyId, Sku, SourceId } from './ids.ts';
import type { AutomationRef } from './automation.ts';
import type { CarrierRef, SourcingRef } from './sourcing.ts';
import type { DeltaReason, StockEvent } from './stock-event.ts';

// Reference data: what the engine must know before it can judge an event. Loaded from files, kept as facts.

export type NodeKind = 'dc' | 'store' | 'supplier' | 'third-party';

/** One weekday's opening, local to the node: minutes after midnight, close > open, close <= 1440. */
export interface OpeningHours {
  /** 1 Monday … 7 Sunday (ISO 8601). */
  readonly day: number;
  readonly open: number;
  readonly close: number;
}

/** What the silence of its owner does to a node's stock, once it is stale (rule AV5). */
export interface WhenSilent {
  /** For every `everyMs` of silence `units` more are kept back at each position, `maxUnits` at most. */
  readonly widen?: { readonly units: number; readonly everyMs: number; readonly maxUnits: number };
  /** Nothing is sold from the node until its owner is heard again. */
  readonly switchOff?: boolean;
}

export interface NodeRef {
  readonly id: NodeId;
  readonly kind: NodeKind;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  /** IANA name, e.g. America/New_York. */
  readonly timeZone: string;
  readonly postcode: string;
  readonly capabilities: readonly ('ship' | 'pickup')[];
  /** Empty: always open. */
  readonly hours: readonly OpeningHours[];
  /** The one source system that sets this node's absolute on-hand (rule FD7). */
  readonly owner: SourceId;
  /** Units kept back at every position of this node that no safety rule speaks of, >= 0. */
  readonly safety: number;
  readonly enabled: boolean;
  /** Absent: what the owner's row says. */
  readonly whenSilent?: WhenSilent;
  /** Work orders it takes for one local day, >= 0; absent: any number (rule OR5). */
  readonly ordersPerDay?: number;
  /** What is released later than this leaves the next day it works, in minutes after local midnight; absent: at closing time. */
  readonly cutOff?: number;
}

export interface NodeGroupRef {
  readonly id: GroupId;
  readonly nodes: readonly NodeId[];
}

export interface ChannelRef {
  readonly id: ChannelId;
  readonly name: string;
  readonly group: GroupId;
  /** Whether the public may see exact units; otherwise the band only. */
  readonly unitsPublic: boolean;
  /** At or below this many units the band is `low-stock`. */
  readonly lowAt: number;
  /** Above this many units `low-stock` becomes `in-stock` again; >= lowAt (hysteresis, rule AV6). */
  readonly clearAt: number;
  /** Units of every sku kept back from this channel network-wide, >= 0; absent: 0 (rule AV2). */
  readonly threshold?: number;
  /** Units of each sku that one customer may hold in this channel at once, >= 1; absent: no such bound (rule RS6). */
  readonly unitsPerCustomerMax?: number;
  /** Whether it sells what is only due when nothing is there: `back-order` and `pre-order` (rule AV6); absent: no. */
  readonly sellsInbound?: boolean;
}

/** What a source may say about which nodes (rule FD7). */
export interface Grant {
  readonly nodes: readonly NodeId[] | 'all';
  readonly kinds: readonly StockEvent['kind'][];
  /** For deltas; absent means every reason. */
  readonly reasons?: readonly DeltaReason[];
}

export type FeedFormat = 'poslog' | 'epcis' | 'x12' | 'shopify-inventory' | 'json' | 'csv';

/** How channels write their messages about orders (rule OR1). */
export const ORDER_FORMATS = ['json', 'shopify', 'woocommerce', 'amazon', 'invoices', 'poslog'] as const;
export type OrderFormatName = (typeof ORDER_FORMATS)[number];

/** What a source may change of a node before somebody approves it (rule FD12). */
export interface BrakesRef {
  /** Largest share of the node's filled skus that it may take to 0 within an hour or two, 0 to 1; absent: 0.3. */
  readonly zeroShareMax?: number;
  /** Largest change of one number, in units; absent: any. */
  readonly moveUnitsMax?: number;
}

export interface SourceRef {
  readonly id: SourceId;
  readonly name: string;
  readonly kind: 'wms' | 'pos' | 'erp' | 'channel' | 'handheld';
  /** What its feed door expects. */
  readonly format: FeedFormat;
  readonly grants: readonly Grant[];
  readonly unknownSku: 'refuse' | 'create';
  /** Late-event window in ms (rule FD4). */
  readonly lateMs: number;
  /**
   * Longest it takes the source to book a movement of ours, in ms: a book snapshot covers one only when it is that much
   * later. Absent: its late-event window (rule FD8).
   */
  readonly postsWithinMs?: number;
  /** Open time without a word after which the nodes it owns are stale, in ms; 0: they never are (rule AV5). */
  readonly freshMs: number;
  /** For the nodes it owns, as far as they do not say it themselves; absent: only that they are stale. */
  readonly whenSilent?: WhenSilent;
  /** How the source names our nodes: its own code -> node id. Codes not listed are taken as node ids. */
  readonly nodeCodes?: Readonly<Record<string, NodeId>>;
  /** Zone of local times without offset when the node is unknown to the message, IANA name. */
  readonly timeZone?: string;
  /** Whether wrong counts in a file refuse it or only warn (X12). */
  readonly strict?: boolean;
  readonly brakes?: BrakesRef;
  /** What it posts signed is about orders of a channel, but for what is said of stock (rule OR1). */
  readonly orders?: OrderSourceRef;
}

export interface OrderSourceRef {
  readonly channel: ChannelId;
  readonly format: OrderFormatName;
  /** Whose orders they are: the client that holds the carts, which become orders. Absent: `source:` and the source's id. */
  readonly client?: ClientId;
  /** Where an invoice list moves stock. */
  readonly warehouse?: NodeId;
}

export interface ItemRef {
  readonly sku: Sku;
  readonly name: string;
  /** Decimals of its unit, 0 to 3: 3 means 1.250 kg is 1250 units. */
  readonly scale: number;
  readonly department?: string;
  /** Shelf price in minor units, for pages. */
  readonly priceMinor?: number;
  readonly currency?: string;
  /** First day of sale, ms since the epoch: before it what is due is sold as a `pre-order` (rule AV6). */
  readonly availableFrom?: number;
  readonly enabled: boolean;
  /** Of one unit, for the carrier. */
  readonly grams?: number;
  /** Units that one customer may hold at once, over all channels, >= 1: a launch (rule RS6). Absent: no such bound. */
  readonly unitsPerCustomerMax?: number;
}

/** A ring-fence pool: a quota of a sku set aside for one channel (rule AV2). Its id is its own within the sku. */
export interface PoolRef {
  readonly id: PoolId;
  readonly channel: ChannelId;
  readonly sku: Sku;
  /** Whole units >= 0; 0 gives the quota up. */
  readonly units: number;
}

/**
 * Units kept back at the positions that match all it names, instead of the node's own figure. Where several hold, the most
 * specific wins (rule AV1).
 */
export interface SafetyRef {
  readonly id: SafetyId;
  readonly sku?: Sku;
  readonly node?: NodeId;
  readonly department?: string;
  readonly nodeKind?: NodeKind;
  /** Whole units >= 0. */
  readonly units: number;
  /** Holds from this moment on, ms since the epoch; absent: always did. */
  readonly from?: number;
  /** Holds until before this moment, ms since the epoch; absent: for good. */
  readonly to?: number;
}

/** Whether a sku may be sold from a node; a position without a row is on (rule AV1). */
export interface SwitchRef {
  readonly sku: Sku;
  readonly node: NodeId;
  readonly enabled: boolean;
}

/** What names a switch's row. */
export function switchKey({ sku, node }: Pick<SwitchRef, 'sku' | 'node'>): string {
  return `${sku}\n${node}`;
}

/** Units of a sku that one kit takes. */
export interface KitComponent {
  readonly sku: Sku;
  /** Whole units >= 1. */
  readonly units: number;
}

/** A sku that is sold as its components and has no stock of its own (rule AV9). */
export interface KitRef {
  readonly sku: Sku;
  /** 1 to COMPONENTS_MAX skus, each once, none of them a kit. */
  readonly components: readonly KitComponent[];
}

/**
 * A feed of stock changes to a system outside, read as the log channel `feed:<id>` (rule OF1). A movement is in it when it
 * matches every list that is given.
 */
export interface OutfeedRef {
  readonly id: OutfeedId;
  readonly name?: string;
  /** Movements at these nodes; absent: anywhere, units promised of no certain node included. */
  readonly nodes?: readonly NodeId[];
  /** Movements in these channels of sale, or at a node that serves one of them; absent: all. */
  readonly channels?: readonly ChannelId[];
  /** Movements of these skus, and what concerns all skus of a node; absent: all. */
  readonly skus?: readonly Sku[];
  /** Absent: all kinds but `reference`. */
  readonly kinds?: readonly MovementKind[];
}

/** Outfeeds there may be: every movement is held against each. */
export const OUTFEEDS_MAX = 100;

/** What names a pool's row: the sku too, because a row lives in its sku's shard. */
export function poolKey({ sku, id }: Pick<PoolRef, 'sku' | 'id'>): string {
  return `${sku}\n${id}`;
}

/** One change of reference data: rows replace rows of the same id, others stay. */
export type ReferenceBatch =
  | { readonly of: 'nodes'; readonly rows: readonly NodeRef[] }
  | { readonly of: 'groups'; readonly rows: readonly NodeGroupRef[] }
  | { readonly of: 'channels'; readonly rows: readonly ChannelRef[] }
  | { readonly of: 'sources'; readonly rows: readonly SourceRef[] }
  | { readonly of: 'items'; readonly rows: readonly ItemRef[] }
  | { readonly of: 'pools'; readonly rows: readonly PoolRef[] }
  | { readonly of: 'safety'; readonly rows: readonly SafetyRef[] }
  | { readonly of: 'switches'; readonly rows: readonly SwitchRef[] }
  | { readonly of: 'kits'; readonly rows: readonly KitRef[] }
  | { readonly of: 'outfeeds'; readonly rows: readonly OutfeedRef[] }
  | { readonly of: 'carriers'; readonly rows: readonly CarrierRef[] }
  | { readonly of: 'sourcing'; readonly rows: readonly SourcingRef[] }
  | { readonly of: 'automations'; readonly rows: readonly AutomationRef[] };

/** Kinds whose rows live in their sku's shard alone; all others are known everywhere. */
export function isOfSku(of: ReferenceBatch['of']): of is 'items' | 'pools' | 'switches' | 'kits' {
  return of === 'items' || of === 'pools' || of === 'switches' || of === 'kits';
}

/** Kinds that stock shards are told of: all that can move stock. */
export function isOfStock(
  of: ReferenceKind,
): of is Exclude<ReferenceKind, 'outfeeds' | 'carriers' | 'sourcing' | 'automations'> {
  return of !== 'outfeeds' && of !== 'carriers' && of !== 'sourcing' && of !== 'automations';
}

/** Kinds that order shards are told of: what sourcing and automation look at (rules OR5, OR10). */
export function isOfOrders(
  of: ReferenceKind,
): of is 'nodes' | 'groups' | 'channels' | 'carriers' | 'sourcing' | 'automations' {
  return ['nodes', 'groups', 'channels', 'carriers', 'sourcing', 'automations'].includes(of);
}

export type ReferenceKind = ReferenceBatch['of'];

/** All kinds, in the order in which rows may name each other: a source before the nodes it owns, nodes before their groups. */
export const REFERENCE_KINDS = [
  'sources',
  'nodes',
  'groups',
  'channels',
  'items',
  'pools',
  'safety',
  'switches',
  'kits',
  'outfeeds',
  'carriers',
  'sourcing',
  'automations',
] as const satisfies readonly ReferenceKind[];

interface RowNames {
  readonly id?: string;
  readonly sku?: string;
  readonly node?: string;
}

/** What names a row among its kind. */
export function rowKey(of: ReferenceKind, row: object): string {
  const { id = '', sku = '', node = '' }: RowNames = row;
  switch (of) {
    case 'items':
    case 'kits':
      return sku;
    case 'pools':
      return poolKey({ id, sku } as PoolRef);
    case 'switches':
      return switchKey({ sku, node } as SwitchRef);
    case 'nodes':
    case 'groups':
    case 'channels':
    case 'sources':
    case 'safety':
    case 'outfeeds':
    case 'carriers':
    case 'sourcing':
    case 'automations':
      return id;
    default:
      return unreachable(of);
  }
}

/** The sku of a key of such a kind: it comes first. */
export function skuOfKey(key: string): Sku {
  return key.split('\n', 1)[0] as Sku;
}

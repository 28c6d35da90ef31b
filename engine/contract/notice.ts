import type { DeadLetter } from './dead-letter.ts';
import type { StockChange } from './change.ts';
import type { NodeId, OrderId, ReservationId, Sku, SourceId } from './ids.ts';

// What outside systems want to hear of beside stock: each rests on one fact, and is read in the journal's order.

export type Notice =
  /** A node's owner is not heard (rule AV5). */
  | {
      readonly notice: 'silent';
      readonly node: NodeId;
      readonly source: SourceId;
      readonly since: number;
      readonly switchedOff: boolean;
    }
  | { readonly notice: 'back'; readonly node: NodeId }
  /** A dead letter that was not open before (rule FD9); without its original. */
  | ({ readonly notice: 'letter' } & Pick<DeadLetter, 'id' | 'source' | 'code' | 'message' | 'place'>)
  /** A hold ended because its time was over (rule RS4). */
  | { readonly notice: 'expired'; readonly reservation: ReservationId }
  /** A rule has something to tell about an order (rule OR10). */
  | { readonly notice: 'automation'; readonly automation: string; readonly order: OrderId; readonly text: string };

/** At most one rests on a fact. */
export interface PlacedNotice {
  /** Journal position of the fact. */
  readonly position: number;
  /** Journal time, ms since the epoch. */
  readonly at: number;
  readonly notice: Notice;
}

export interface NoticesAsked {
  /** Journal position behind which to go on. */
  readonly after: number;
  readonly limit: number;
}

export interface NoticesPage {
  readonly notices: readonly PlacedNotice[];
  /** There is no other notice up to this position: go on behind it. */
  readonly through: number;
  /** Oldest position that is kept; when it is beyond `after` + 1 some may be missing. */
  readonly first: number;
}

/** How far history is: all of it durable. */
export interface HistoryHead {
  /** Of the journal. */
  readonly position: number;
  /** Facts of each stock shard. */
  readonly lsns: readonly number[];
}

/** Of a change that is told again what does not depend on who looked when. */
export type RetoldChange = { readonly sku: Sku } & Pick<
  StockChange,
  'revision' | 'position' | 'at' | 'channels' | 'crossings' | 'shortfalls'
>;

export interface Retold {
  /** Those with a crossing or a shortfall, in the shard's order. */
  readonly changes: readonly RetoldChange[];
  /** Everything up to this fact of the shard is told. */
  readonly through: number;
}

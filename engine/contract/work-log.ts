import type { NodeId } from './ids.ts';
import type { WorkNews } from './work-order.ts';

// What happened to a node's work as whoever reads it sees it: `work:<node>`, numbered by the node's shard (rule OR8).

/** How far a node's log reaches. Events first … head can be read; none when first > head. */
export interface WorkLogState {
  readonly node: NodeId;
  /** The data folder's: numbers come from facts, so only a loss that was accepted makes them begin anew. */
  readonly e: string;
  readonly first: number;
  readonly head: number;
}

export interface WorkLogEvent extends WorkNews {
  /** Its place in the journal. */
  readonly row: number;
}

export interface WorkLogPage extends WorkLogState {
  /** From the number asked for, or from `first` when that is later; without a gap. */
  readonly events: readonly WorkLogEvent[];
}

export interface WorkLogQuery {
  readonly node: NodeId;
  /** Oldest number wanted. */
  readonly from: number;
  /** 0: only how far it reaches. */
  readonly limit: number;
}

import type { OutfeedMovement } from './movement-bodies.ts';
import type { WorkInfo, WorkNewsInfo } from './work-bodies.ts';
import type { ChannelSplit, NodeSplit } from './stock-bodies.ts';

// Bodies of the routes of logs: who reads them, what was parked, and events for whoever has no websocket.

/** What an event tells: of `feed:<name>` a movement, of `work:<node>` what happened to a work order. */
export type LogBody = OutfeedMovement | WorkNewsInfo;

/** `GET /v1/log?after=&limit=`: the logs this key may read, by name. */
export interface LogsList {
  readonly logs: readonly LogInfo[];
  /** Goes into `after`; absent when there is no more. */
  readonly next?: string;
}

export interface LogInfo {
  /** `feed:<name>` or `work:<node>`. */
  readonly ch: string;
  readonly e: string;
  /** Oldest offset kept. */
  readonly first: number;
  /** Newest offset; below `first` when nothing is kept. */
  readonly head: number;
  readonly consumers: readonly LogConsumerInfo[];
}

export interface LogConsumerInfo {
  readonly consumer: string;
  /** Everything up to this offset is acknowledged, in this epoch. */
  readonly e: string;
  readonly o: number;
  /** When it acknowledged last, ms since the epoch. */
  readonly ackedAt: number;
  /** Events it has not acknowledged; all that are kept, when its epoch is another or they are trimmed. */
  readonly lag: number;
  readonly parked: number;
  /** Absent: it is not connected. */
  readonly connected?: {
    readonly since: number;
    readonly client: string;
    /** Sent and not acknowledged. */
    readonly unacked: number;
  };
}

/** `GET /v1/log/{log}/events?offset=&limit=`: events from an offset on, or from the oldest one kept when that is later. */
export interface LogEventsPage {
  readonly ch: string;
  readonly e: string;
  readonly first: number;
  readonly head: number;
  readonly events: readonly {
    readonly o: number;
    readonly eid: string;
    readonly t: number;
    readonly d: LogBody;
  }[];
  /** Goes into `offset`; absent: that was all there is now. */
  readonly next?: number;
}

/** First line of `GET /v1/log/{log}/snapshot`: where the log ended before the rest was read. */
export interface LogSnapshotHead {
  readonly ch: string;
  readonly e: string;
  readonly o: number;
}

/** Each other line: of a feed a sku as it is, of a node's work a work order that is open. */
export type LogSnapshotRow = LogSnapshotLine | WorkInfo;

/** A sku as it is, no more of it than the log tells. */
export interface LogSnapshotLine {
  readonly sku: string;
  /** An event of the same shard with this position or an earlier one is in it already. */
  readonly position: string;
  readonly nodes: readonly NodeSplit[];
  /** Absent: the outfeed is of nodes, and what a channel of sale may sell rests on others too. */
  readonly channels?: readonly ChannelSplit[];
}

/** `GET /v1/log/{log}/parked?consumer=&after=&limit=`: events that consumers could not deal with, oldest first. */
export interface ParkedPage {
  readonly parked: readonly ParkedInfo[];
  readonly next?: number;
}

export interface ParkedInfo {
  readonly id: number;
  readonly consumer: string;
  readonly e: string;
  readonly o: number;
  readonly eid: string;
  readonly t: number;
  readonly d: LogBody;
  /** Why, in the consumer's words. */
  readonly code: string;
  readonly msg: string | null;
  /** When it was given back last. */
  readonly at: number;
  /** How often the consumer gave it back. */
  readonly tries: number;
  /** `replay`: it is on its way to the consumer once more. */
  readonly state: 'parked' | 'replay';
}

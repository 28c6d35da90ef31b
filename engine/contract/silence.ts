import type { NodeId, SourceId } from './ids.ts';

// When a node's owner has been silent for too long, and what that does to the node's stock (rule AV5). Decided by the
// intake shard, told to every stock shard.

/** A node that is stale. */
export interface Silence {
  /** The owner that is not heard. */
  readonly source: SourceId;
  /** When it was heard last, ms since the epoch by our clock. */
  readonly since: number;
  /** Units kept back at each position beside its safety stock, >= 0. */
  readonly widenUnits: number;
  /** Nothing is sold from the node meanwhile. */
  readonly switchedOff: boolean;
}

/** From the intake shard: what holds at the node now. The greatest number counts; the same one again is only answered. */
export interface NodeSilenceCommand {
  readonly do: 'node-silence';
  readonly node: NodeId;
  /** Grows with every word about the node: the intake shard's lsn of the fact it rests on. */
  readonly number: number;
  readonly replyTo: number;
  /** null: the owner is heard. */
  readonly silence: Silence | null;
}

/** From a stock shard: this word is durable here. */
export interface SilenceToldCommand {
  readonly do: 'silence-told';
  readonly node: NodeId;
  readonly number: number;
  readonly shard: number;
}

/** From a stock shard, at most once a grain (see grainMs): the node's owner sent an event that counted. */
export interface OwnerHeardCommand {
  readonly do: 'owner-heard';
  readonly node: NodeId;
  readonly source: SourceId;
  /** By our clock. */
  readonly heardAt: number;
}

/**
 * How finely events are told to the intake shard, in ms: a sixteenth of the silence allowed, so a busy node costs one
 * message per shard and sixteenth. Two grains later silence is certain: freshMs 600,000 -> told every 37,500, stale after
 * 675,000.
 */
export function grainMs(freshMs: number): number {
  return Math.ceil(freshMs / 16);
}

/** Open time without a word after which a node is stale, ms: never less than freshMs, an eighth more at most. */
export function silenceMs(freshMs: number): number {
  return freshMs + 2 * grainMs(freshMs);
}

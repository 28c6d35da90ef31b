import type { HostedShard } from '../../shard/hosted-shard.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Disk } from '../../journal/disk.ts';
import type { SimulatedDisk } from '../../journal/simulated-disk.ts';
import type { Partition, ShardKind } from '../../shard/partition.ts';

/**
 * A bug put in on purpose, to see the simulator find it. It lives in wrappers around ports and machines of the simulated
 * process alone; production code has no switch for it.
 */
export interface Planted {
  readonly name: string;
  /** Wraps a shard of the process, and its shadow. */
  readonly shard?: (shard: HostedShard, partition: Partition) => HostedShard;
  readonly disk?: (disk: Disk) => Disk;
  readonly journal?: (journal: Journal) => Journal;
  /** What stands on the disk just before a recovery. */
  readonly beforeRecovery?: (disk: SimulatedDisk) => void;
  /** Up to where recovery replays. */
  readonly head?: (head: number) => number;
  /** What the journal is told it may release. */
  readonly kept?: (position: number) => number;
  readonly outputBeforeDurable?: boolean;
  readonly requestsBeforeDurable?: boolean;
  /** The same, by shards of one kind alone. */
  readonly earlyRequestsOf?: ShardKind;
  readonly forgetsOutstanding?: boolean;
  /** A restart does not look at the newest time written down. */
  readonly forgetsTime?: boolean;
}

export const NOTHING_PLANTED: Planted = { name: 'nothing' };

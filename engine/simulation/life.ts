import { createShard } from '../shard/machines.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import type { Partition } from '../shard/partition.ts';
import type { Audit } from './audit.ts';
import type { Chance } from './chance.ts';
import type { Machine } from './machine.ts';
import type { Planted } from './planted/planted.ts';
import { Process } from './process.ts';
import type { Swarm } from './swarm.ts';
import type { Time } from './time.ts';

const UNITS_PER_LINE_MAX = 1_000;

/** What a life of the process begins with. */
export interface Cradle {
  readonly chance: Chance;
  readonly swarm: Swarm;
  readonly planted: Planted;
  readonly partition: Partition;
  readonly machine: Machine;
  readonly time: Time;
  readonly audit: Audit;
}

/** Starts the process on what the disk holds, with as many threads as it happens to have this time. */
export function beginLife({ chance, swarm, planted, partition, machine, time, audit }: Cradle): Process {
  planted.beforeRecovery?.(machine.disk);
  return new Process({
    disk: planted.disk?.(machine.scheduled) ?? machine.scheduled,
    partition,
    threads: 1 + chance.below(swarm.threadsMax),
    segmentBytes: swarm.segmentBytes,
    snapshotEveryFacts: swarm.snapshotEveryFacts,
    snapshotEveryBytes: swarm.snapshotEveryBytes,
    createShard: (shard) => newShard({ swarm, planted, partition }, shard),
    audit,
    planted,
    wallMs: () => time.wallMs,
    monotonicMs: () => time.monotonicMs,
  });
}

export function newShard(
  { swarm, planted, partition }: Pick<Cradle, 'swarm' | 'planted' | 'partition'>,
  shard: number,
): HostedShard {
  const limits = {
    holdsPerClientMax: swarm.holdsPerClientMax,
    unitsPerLineMax: UNITS_PER_LINE_MAX,
    rememberedMax: swarm.rememberedMax,
  };
  const hosted = createShard(partition, shard, limits);
  return planted.shard?.(hosted, partition) ?? hosted;
}

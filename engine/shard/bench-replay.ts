import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder } from '../journal/folder.ts';
import { createShard } from './machines.ts';
import { createPartition } from './partition.ts';
import { recoverShards } from './recovery.ts';

export interface ReplayRow {
  readonly facts: number;
  readonly factsPerSecond: number;
  /** Of this thread, which replays every shard. */
  readonly cpuMicrosPerFact: number;
}

/** Every fact of a closed folder from the first one on, as if there were no snapshots. */
export function replayed(dataDir: string, head: number): ReplayRow {
  const folder = openFolder(dataDir);
  const noSnapshots = mkdtempSync(join(dataDir, 'none-'));
  try {
    const partition = createPartition(folder);
    const limits = { holdsPerClientMax: Number.MAX_SAFE_INTEGER, unitsPerLineMax: 10_000 };
    const before = process.threadCpuUsage();
    const started = performance.now();
    const { facts } = recoverShards({
      journalDir: folder.journalDir,
      snapshotsDir: noSnapshots,
      head,
      shards: Array.from({ length: partition.shards }, (_, shard) => shard),
      create: (shard) => createShard(partition, shard, limits),
      log: () => {},
    });
    const seconds = (performance.now() - started) / 1_000;
    const { user, system } = process.threadCpuUsage(before);
    return {
      facts,
      factsPerSecond: Math.round(facts / seconds),
      cpuMicrosPerFact: Math.round(((user + system) / facts) * 100) / 100,
    };
  } finally {
    rmSync(noSnapshots, { recursive: true, force: true });
    folder.close();
  }
}

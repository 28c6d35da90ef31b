import { linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { snapshotFiles } from '../journal/snapshot-store.ts';

/** A shard's snapshots kept for the past are this far apart, in ms: a day of facts is replayed at most. */
const EVERY_MS = 24 * 3_600_000;

export interface AnchorSettings {
  readonly snapshotsDir: string;
  /** Where they are kept; its files are links, so a snapshot kept here takes its room once. */
  readonly anchorsDir: string;
  readonly shards: number;
  readonly keepMs: number;
}

/**
 * A shard keeps two snapshots for its recovery, often minutes old; the archive keeps facts for weeks. A question about
 * last week needs a state from before it, so one snapshot a day and shard stays, as long as the archive does.
 */
export function keepAnchors({ snapshotsDir, anchorsDir, shards, keepMs }: AnchorSettings, nowMs: number): void {
  mkdirSync(anchorsDir, { recursive: true, mode: 0o700 });
  for (let shard = 0; shard < shards; shard++) {
    const kept = snapshotFiles(anchorsDir, shard).map(({ name, lsn }) => ({
      name,
      lsn,
      atMs: timeOf(anchorsDir, name),
    }));
    const newest = snapshotFiles(snapshotsDir, shard).at(-1);
    const last = kept.at(-1);
    const due =
      newest !== undefined && (last === undefined || timeOf(snapshotsDir, newest.name) - last.atMs >= EVERY_MS);
    if (due && last?.lsn !== newest.lsn) link(join(snapshotsDir, newest.name), join(anchorsDir, newest.name));
    for (const { name, atMs } of kept) if (atMs < nowMs - keepMs) rmSync(join(anchorsDir, name), { force: true });
  }
}

/** 0 when it went away meanwhile. */
function timeOf(dir: string, name: string): number {
  return statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** A snapshot that was replaced in this moment is linked the next time. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findArchives, oldestArchived, readArchive } from './archive.ts';
import { nodeDisk } from './disk.ts';
import type { Positioned } from './journal.ts';
import { CorruptionError } from './journal.ts';
import { epochOf, readSegments } from './read-segments.ts';
import { listSegments } from './segment.ts';
import { oldestOfSqlite, readSqlite } from './sqlite-journal.ts';
import { firstFrame } from './walk-frames.ts';

// Archive and journal as one past, for whoever explains and replays, and for a recovery without a usable snapshot.

/** While segments move to the archive a look may find them in neither place; each look begins anew. */
const LOOKS_MAX = 5;

export const isSqlite = (dir: string): boolean => existsSync(join(dir, 'journal.sqlite'));

/** Oldest position that can still be read, from the archive or the journal; 1 when nothing was written yet. */
export function oldestPosition(dir: string): number {
  if (isSqlite(dir)) return oldestOfSqlite(dir) ?? 1;
  return oldestArchived(dir) ?? firstOfSegments(dir) ?? 1;
}

function firstOfSegments(dir: string): number | undefined {
  const [oldest] = listSegments(nodeDisk, dir);
  if (oldest === undefined) return undefined;
  return firstFrame({ disk: nodeDisk, dir, epoch: epochOf(nodeDisk, dir, oldest) }, oldest)?.first;
}

/**
 * Records `from` … `to` in order, from the archive first; `to` must be durable. A position older than oldestPosition()
 * begins with the oldest one there is. Holds one archived segment in memory: not for main, nor for a shard thread that works.
 */
export function* readHistory({ dir, from, to }: { dir: string; from: number; to: number }): Generator<Positioned> {
  if (from > to) return;
  if (isSqlite(dir)) return yield* readSqlite({ dir, from: Math.max(from, oldestPosition(dir)), to });
  let next = Math.max(from, oldestPosition(dir));
  for (let look = 1; next <= to; look++) {
    const before = next;
    try {
      for (const entry of readOnce(dir, next, to)) {
        next = entry.position + 1;
        yield entry;
      }
      if (next > to) return;
    } catch (error) {
      if (look >= LOOKS_MAX || !hasMoved(error)) throw error;
    }
    if (next > before) look = 0;
    if (look >= LOOKS_MAX) {
      throw new CorruptionError('the record is in neither journal nor archive', {
        file: dir,
        offset: 0,
        position: next,
      });
    }
  }
}

function* readOnce(dir: string, from: number, to: number): Generator<Positioned> {
  let next = from;
  for (const file of findArchives(dir, { from, to })) {
    for (const entry of readArchive(file)) {
      if (entry.position !== next) continue;
      if (entry.position > to) return;
      next++;
      yield entry;
    }
  }
  if (next <= to) yield* readSegments({ dir, from: next, to });
}

/** A file was renamed, compressed or released between the look and the reading. */
function hasMoved(error: unknown): boolean {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return code === 'ENOENT' || name === 'InvariantError' || name === 'CorruptionError';
}

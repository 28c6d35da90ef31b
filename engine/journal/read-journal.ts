import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import type { Positioned } from './journal.ts';
import { readSegments } from './read-segments.ts';
import { readSqlite } from './sqlite-journal.ts';

/**
 * Reads a journal of either kind without opening it: for shard threads at recovery, while the journal thread holds it.
 * Pass `to` (the journal's head) whenever it is known: then ending early is damage, not the end. Never changes anything.
 */
export function readJournal(options: { dir: string; from: number; to?: number; disk?: Disk }): Iterable<Positioned> {
  // SQLite has a disk of its own: on another one there are segments only.
  if (options.disk !== undefined) return readSegments(options);
  return existsSync(join(options.dir, 'journal.sqlite')) ? readSqlite(options) : readSegments(options);
}

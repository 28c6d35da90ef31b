import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Positioned } from './journal.ts';
import { readSegments } from './read-segments.ts';
import { readSqlite } from './sqlite-journal.ts';

/**
 * Reads a journal of either kind without opening it: for shard threads at recovery, while the journal thread holds it.
 * Pass `to` (the journal's head) whenever it is known: then ending early is damage, not the end. Never changes anything.
 */
export function readJournal(options: { dir: string; from: number; to?: number }): Iterable<Positioned> {
  return existsSync(join(options.dir, 'journal.sqlite')) ? readSqlite(options) : readSegments(options);
}

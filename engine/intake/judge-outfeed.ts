import type { RefusedRow } from '../contract/outcome.ts';
import { OUTFEEDS_MAX, type ReferenceBatch } from '../contract/reference.ts';
import type { LinkedRow } from '../contract/reference-links.ts';
import type { ReferenceBook } from './reference-book.ts';

/** Is there room for one more (rule OF1)? Every movement is held against every outfeed. */
export function judgeOutfeed(book: ReferenceBook, batch: ReferenceBatch, { key }: LinkedRow): RefusedRow | undefined {
  if (batch.of !== 'outfeeds' || book.text('outfeeds', key) !== undefined) return undefined;
  const beside = batch.rows.filter(({ id }) => book.text('outfeeds', id) === undefined).length;
  return book.count('outfeeds') + beside > OUTFEEDS_MAX ? { row: key, code: 'too-many-outfeeds' } : undefined;
}

import { isRefusal, parseSku } from '../../engine/contract/ids.ts';
import type { NodeId } from '../../engine/contract/ids.ts';
import type { SnapshotEvent } from '../../engine/contract/stock-event.ts';
import type { FormatContext, ReadEvent } from '../source.ts';
import { isRowRefusal, readHead } from './event-head.ts';
import type { Head, Row, RowRefusal } from './event-head.ts';
import { readSnapshot } from './event-row.ts';
import type { Gather } from './gather.ts';
import type { Clock } from './local-time.ts';
import { jsonText, shown } from './text.ts';

/**
 * Many positions of one node in one row:
 *
 *   {"kind":"snapshot-set","id":"book-2026-11-24","at":1795486000000,"node":"DC-1","covers":"book","complete":true,
 *    "rows":[{"sku":"8412345","quantity":40},{"sku":"8412346","quantity":3,"states":{"damaged":1}}]}
 *
 * Every position gets a snapshot with the set's id. `complete: true` says that positions of the node which are not
 * listed hold nothing; the feed door lets that count only when every row of the body was taken. What was read goes into
 * `gather`; false when the body has had more refusals than one answer may list.
 */
export function readSnapshotSet(
  set: Row,
  node: NodeId,
  place: string,
  { context, clock, gather }: { readonly context: FormatContext; readonly clock: Clock; readonly gather: Gather },
): boolean | RowRefusal {
  const head = readHead(set, node, context, clock);
  if (isRowRefusal(head)) return head;
  const { rows, complete = false, covers = 'book' } = set;
  if (!Array.isArray(rows)) return { code: 'malformed-field', message: `rows must be a list, got ${shown(rows)}` };
  if (typeof complete !== 'boolean') {
    return { code: 'malformed-field', message: `complete must be true or false, got ${shown(complete)}` };
  }
  if (covers !== 'book' && covers !== 'count') {
    return { code: 'malformed-field', message: `covers must be book or count, got ${shown(covers)}` };
  }
  for (const [index, row] of rows.entries()) {
    const where = `${place}, rows[${index}]`;
    const original = (): string => alone(set, row);
    const event = readMember(set, row, head, node);
    if (!isRowRefusal(event)) gather.events.push({ event, place: where, original });
    else if (!gather.refuse({ ...event, place: where, original: original() })) {
      gather.stop(`${place}, rows[${index + 1}]`, '');
      return false;
    }
  }
  if (complete) gather.events.push(completion(set, head, node, covers, place));
  return true;
}

function readMember(set: Row, row: unknown, head: Head, node: NodeId): SnapshotEvent | RowRefusal {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return { code: 'malformed-row', message: `a row must be a JSON object, got ${shown(row)}` };
  }
  const member = row as Row;
  const sku = parseSku(member['sku']);
  if (isRefusal(sku)) return sku;
  const { covers, carries } = set;
  return readSnapshot({ quantity: member['quantity'], states: member['states'], covers, carries }, head, sku, node);
}

/** The set with one row, and without its claim to be complete: what a dead letter of that row replays. */
function alone(set: Row, row: unknown): string {
  return jsonText({ ...frameOf(set), complete: false, rows: [row] });
}

function completion(set: Row, head: Head, node: NodeId, covers: 'book' | 'count', place: string): ReadEvent {
  const original = (): string => jsonText({ ...frameOf(set), kind: 'complete' });
  return { event: { kind: 'complete', ...head, node, covers }, place: `${place}, complete`, original };
}

/** Fields of the set that are read. Whatever else it has would be repeated with each of its rows. */
const FRAME = [
  'kind',
  'source',
  'id',
  'at',
  'postedAt',
  'node',
  'covers',
  'carries',
  'stream',
  'epoch',
  'seq',
  'channel',
  'ref',
] as const;

function frameOf(set: Row): Row {
  return Object.fromEntries(FRAME.filter((field) => set[field] !== undefined).map((field) => [field, set[field]]));
}

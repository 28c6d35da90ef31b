import { isRefusal, parseChannelId, parseEventId } from '../../engine/contract/ids.ts';
import type { ChannelId, EventId, IdRefusal, SourceId } from '../../engine/contract/ids.ts';
import type { FormatContext } from '../source.ts';
import type { Clock, TimeRefusal } from './local-time.ts';
import { shown } from './text.ts';

// What every row of our own JSON and CSV has, whatever its kind: source, id, times, numbering.

export type Row = Readonly<Record<string, unknown>>;
export interface RowRefusal {
  readonly code: string;
  readonly message: string;
}

export function isRowRefusal(value: object): value is RowRefusal {
  return 'code' in value;
}

/** What every event of a message shares, before it is known what kind it is. */
export interface Head {
  source: SourceId;
  id: EventId;
  at: number;
  postedAt?: number;
  stream?: string;
  epoch?: number;
  seq?: number;
  channel?: ChannelId;
  ref?: string;
}

export function readHead(
  row: Row,
  node: string | undefined,
  context: FormatContext,
  clock: Clock,
): Head | RowRefusal | IdRefusal | TimeRefusal {
  const source = context.source.id;
  const named = row['source'];
  if (named !== undefined && named !== source) {
    return { code: 'other-source', message: `this door belongs to source ${source}; the row names ${shown(named)}` };
  }
  const id = parseEventId(row['id']);
  if (isRefusal(id)) return id;
  const at = clock.read(row['at'], node);
  if (typeof at !== 'number') return at;
  const head: Head = { source, id, at };
  if (row['postedAt'] !== undefined) {
    const postedAt = clock.read(row['postedAt'], node);
    if (typeof postedAt !== 'number') return postedAt;
    head.postedAt = postedAt;
  }
  return addNumbering(row, head) ?? head;
}

function addNumbering(row: Row, head: Head): RowRefusal | IdRefusal | undefined {
  const { stream, epoch, seq, channel, ref } = row;
  if (stream !== undefined) {
    if (!isShortText(stream)) return malformedField('stream', stream, SHORT);
    head.stream = stream;
  }
  if (epoch !== undefined) {
    if (!isCount(epoch)) return malformedField('epoch', epoch, COUNT);
    head.epoch = epoch;
  }
  if (seq !== undefined) {
    if (!isCount(seq)) return malformedField('seq', seq, COUNT);
    head.seq = seq;
  }
  if (channel !== undefined) {
    const parsed = parseChannelId(channel);
    if (isRefusal(parsed)) return parsed;
    head.channel = parsed;
  }
  if (ref !== undefined) {
    if (!isShortText(ref)) return malformedField('ref', ref, SHORT);
    head.ref = ref;
  }
  return undefined;
}

export const SHORT = '1 to 128 characters';
const COUNT = 'a whole number >= 0';

export const isShortText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 128;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function malformedField(field: string, value: unknown, rule: string): RowRefusal {
  return { code: 'malformed-field', message: `${field} must be ${rule}, got ${shown(value)}` };
}

import type { LetterContent } from '../engine/contract/dead-letter.ts';
import type { ClientId } from '../engine/contract/ids.ts';
import { EVENT_REFUSALS } from '../engine/contract/outcome.ts';
import type { EventOutcome } from '../engine/contract/outcome.ts';
import { REFUSED_LISTED_MAX } from './feed-answer.ts';
import type { FeedAnswer, FeedRefusal } from './feed-answer.ts';
import { cutOriginal } from './formats/text.ts';
import type { PlacedEvent, Reading } from './reading.ts';
import type { EventSink, RefusedPart } from './source.ts';

/** Where refused parts go: to the dead letters, or nowhere new while one of them is being replayed. */
export type KeepRefused = (parts: readonly RefusedPart[]) => Promise<readonly string[]>;

/** Where events go, and what is said about all of them. */
export interface Into {
  readonly sink: EventSink;
  readonly receivedAt: number;
  /** Who let them past the brakes (rule FD12). */
  readonly approvedBy?: ClientId;
}

/** Events per sink call: one message to the shards, and the step in which a large file yields to others. */
const RECORD_EVENTS_MAX = 1_000;
/** Letters per sink call, by number and by characters of their originals: one letter may be 64 KiB. */
const LETTERS_AT_ONCE_MAX = 500;
const LETTER_CHARS_AT_ONCE_MAX = 4 * 1024 * 1024;

/**
 * Records what was read, in order, in chunks. Every refusal is kept before this resolves. Format refusals come first:
 * when the dead letters are full, nothing of the body is taken. Rejects with whatever the sink rejects with; then the
 * sender sends the same body again, and what was recorded already is a duplicate.
 */
export async function recordReading(reading: Reading, into: Into, keep: KeepRefused): Promise<FeedAnswer> {
  const tally = new Tally(keep);
  await tally.refuse(reading.refused);
  const completions: Held[] = [];
  for (let from = 0; from < reading.count; from += RECORD_EVENTS_MAX) {
    const chunk = await reading.chunk(from, Math.min(from + RECORD_EVENTS_MAX, reading.count));
    const rows: Held[] = [];
    for (const [offset, placed] of chunk.entries()) {
      (placed.event.kind === 'complete' ? completions : rows).push({ index: from + offset, placed });
    }
    await record(rows, reading, into, tally);
  }
  await recordCompletions(completions, reading, into, tally);
  return tally.answer(reading);
}

interface Held {
  readonly index: number;
  readonly placed: PlacedEvent;
}

async function record(rows: readonly Held[], reading: Reading, into: Into, tally: Tally): Promise<void> {
  if (rows.length === 0) return;
  const { sink, receivedAt, approvedBy } = into;
  const events = rows.map((row) => row.placed.event);
  const outcomes = await sink.record(events, receivedAt, approvedBy);
  const refused: { readonly row: Held; readonly why: Omit<RefusedPart, 'place' | 'original'> }[] = [];
  for (const [index, row] of rows.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error(`the sink answered ${outcomes.length} of ${rows.length} events`);
    if (outcome.status === 'refused') refused.push({ row, why: saysWhy(outcome) });
    else tally.count(outcome);
  }
  if (refused.length === 0) return;
  const originals = await reading.originals(refused.map(({ row }) => row.index));
  await tally.refuse(
    refused.map(({ row, why }, index) => ({ ...why, place: row.placed.place, original: originals[index] ?? '' })),
  );
}

function saysWhy(refused: Extract<EventOutcome, { status: 'refused' }>): Omit<RefusedPart, 'place' | 'original'> {
  const { code, units } = refused;
  const field = refused.field === undefined ? '' : ` (${refused.field})`;
  const first = refused.firstPosition === undefined ? '' : `; first seen at position ${refused.firstPosition}`;
  const now = units === undefined ? '' : `; now ${units} units`;
  return { code, message: `${EVENT_REFUSALS[code]}${field}${first}${now}`, ...(units !== undefined && { units }) };
}

/** "What is not listed is zero" may only be said about a list of which every row was taken. */
async function recordCompletions(
  completions: readonly Held[],
  reading: Reading,
  into: Into,
  tally: Tally,
): Promise<void> {
  if (completions.length === 0) return;
  if (tally.refusedCount === 0) return record(completions, reading, into, tally);
  const originals = await reading.originals(completions.map((held) => held.index));
  const message = `${tally.refusedCount} other rows of the body were refused, so positions that are not listed keep their numbers; replay this letter when those rows are in`;
  await tally.refuse(
    completions.map(({ placed }, index) => {
      return { code: 'complete-with-bad-rows', message, place: placed.place, original: originals[index] ?? '' };
    }),
  );
}

class Tally {
  refusedCount = 0;
  private recorded = 0;
  private duplicates = 0;
  private position: string | undefined;
  private readonly listed: FeedRefusal[] = [];
  private readonly keep: KeepRefused;

  constructor(keep: KeepRefused) {
    this.keep = keep;
  }

  count(outcome: Exclude<EventOutcome, { status: 'refused' }>): void {
    if (outcome.status === 'recorded') this.recorded += 1;
    else this.duplicates += 1;
    this.position = outcome.position;
  }

  async refuse(parts: readonly RefusedPart[]): Promise<void> {
    const ids = await keepInGroups(parts, this.keep);
    this.refusedCount += parts.length;
    const room = REFUSED_LISTED_MAX - this.listed.length;
    for (const [index, { place, code, message, units }] of parts.slice(0, room).entries()) {
      const letter = ids[index] ?? '';
      this.listed.push({ place, code, message, letter, ...(units !== undefined && { units }) });
    }
  }

  answer({ ignored, warnings }: Reading): FeedAnswer {
    const { recorded, duplicates, refusedCount, listed, position } = this;
    const counts = { recorded, duplicates, ignored, refused: listed, refusedCount, warnings };
    return position === undefined ? counts : { ...counts, position };
  }
}

/** Ids of the letters, in the order of the parts. */
export async function keepInGroups(parts: readonly RefusedPart[], keep: KeepRefused): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const group of grouped(parts)) ids.push(...(await keep(group)));
  return ids;
}

function* grouped(parts: readonly RefusedPart[]): Generator<readonly RefusedPart[]> {
  let group: RefusedPart[] = [];
  let chars = 0;
  for (const part of parts) {
    if (group.length >= LETTERS_AT_ONCE_MAX || (group.length > 0 && chars > LETTER_CHARS_AT_ONCE_MAX)) {
      yield group;
      group = [];
      chars = 0;
    }
    group.push(part);
    chars += part.original.length;
  }
  if (group.length > 0) yield group;
}

export function letterOf(
  part: RefusedPart,
  about: { source: string; format: string; receivedAt: number },
): LetterContent {
  const { original, truncated } = cutOriginal(part.original);
  // People read it: fractions of a ms matter to the push latency alone.
  const receivedAt = Math.floor(about.receivedAt);
  return { ...about, receivedAt, code: part.code, message: part.message, place: part.place, original, truncated };
}

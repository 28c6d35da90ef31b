import type { DeadLetter, LetterState } from '../engine/contract/dead-letter.ts';
import type { ClientId, SourceId } from '../engine/contract/ids.ts';
import type { NodeRef, SourceRef } from '../engine/contract/reference.ts';
import type { ApprovedAll, FeedAnswer, FeedResult, ReplayResult } from './feed-answer.ts';
import { FORMATS } from './formats/formats.ts';
import { originalBytes } from './formats/text.ts';
import { feedAnswerOf } from './order-answer.ts';
import type { OrderDoor } from './order-door.ts';
import { askedIn } from './order-letter.ts';
import type { ParsePool } from './parse-pool.ts';
import { readingOf } from './reading.ts';
import type { Reading } from './reading.ts';
import { letterOf, recordReading } from './record-reading.ts';
import type { Into, KeepRefused } from './record-reading.ts';
import type { EventSink, FormatContext } from './source.ts';

// The way of every feed, whatever door it came through: bytes → format → events → sink, refusals → dead letters.

export interface FeedDoor {
  /** `receivedAt`: ms since the epoch with fractions. Resolves when all of it is durable; rejects when the sink or the pool is busy. */
  take(source: string, body: Uint8Array, receivedAt: number): Promise<FeedResult>;
  /** Sends a dead letter's original, or what it was corrected to, through its source's format again. */
  replay(letter: string, corrected: string | undefined, client: ClientId, receivedAt: number): Promise<ReplayResult>;
  /** Sends a dead letter's original again, and the brakes hold none of it (rule FD12). */
  approve(letter: string, client: ClientId, receivedAt: number): Promise<ReplayResult>;
  /** All that waits for approval of a source, up to APPROVED_AT_ONCE_MAX. */
  approveAll(source: string, client: ClientId, receivedAt: number): Promise<ApprovedAll>;
}

/** The dead letters as the engine keeps them. */
export interface LetterBox {
  letter(id: string): Promise<DeadLetter | undefined>;
  letters(query: { state: LetterState; source: string; code: string; limit: number }): Promise<readonly DeadLetter[]>;
  closeLetter(
    id: string,
    as: Exclude<LetterState, 'open'>,
    by: ClientId,
  ): Promise<'closed' | 'unknown-letter' | 'letter-not-open'>;
}

export interface FeedDoorParts {
  readonly sink: EventSink;
  /** Read at each body, so a changed source counts from the next one on. The engine's ReferenceView fits. */
  readonly reference: {
    readonly sources: ReadonlyMap<SourceId, SourceRef>;
    readonly nodes: ReadonlyMap<string, Pick<NodeRef, 'id' | 'timeZone'>>;
    readonly items?: { has(sku: never): boolean };
  };
  readonly letters: LetterBox;
  /** Reads dead letters of messages about orders again. */
  readonly orders?: OrderDoor;
  /** Parses bodies over POOL_BYTES_MIN; without one everything is parsed here. */
  readonly pool?: ParsePool;
}

/** Letters of one approveAll, so that it takes seconds: each is a commit. */
const APPROVED_AT_ONCE_MAX = 1_000;

/** Bodies larger than this are parsed off the main thread: 1 MiB of POSLog takes about 50 ms. */
export const POOL_BYTES_MIN = 1024 * 1024;

export function createFeedDoor(parts: FeedDoorParts): FeedDoor {
  return {
    take: (source, body, receivedAt) => take(parts, source, body, receivedAt),
    replay: (letter, corrected, client, receivedAt) => replay(parts, { letter, corrected, client, receivedAt }),
    approve: (letter, client, receivedAt) => approve(parts, letter, client, receivedAt),
    approveAll: (source, client, receivedAt) => approveAll(parts, source, client, receivedAt),
  };
}

async function take(parts: FeedDoorParts, id: string, body: Uint8Array, receivedAt: number): Promise<FeedResult> {
  const source = parts.reference.sources.get(id as SourceId);
  if (source === undefined) return { status: 'refused', code: 'unknown-source', message: unknownSource(id) };
  const about = { source: source.id, format: source.format, receivedAt };
  const keep: KeepRefused = (refused) => parts.sink.keepLetters(refused.map((part) => letterOf(part, about)));
  const answer = await readAndRecord(parts, source, body, { receivedAt }, keep);
  return { status: 'taken', answer };
}

function unknownSource(id: string): string {
  return `no source system is called ${JSON.stringify(id.slice(0, 60))}; add it to the reference data or correct the address`;
}

async function readAndRecord(
  parts: FeedDoorParts,
  source: SourceRef,
  body: Uint8Array,
  about: Omit<Into, 'sink'>,
  keep: KeepRefused,
): Promise<Awaited<ReturnType<typeof recordReading>>> {
  const reading = await read(parts, source, body);
  try {
    return await recordReading(reading, { sink: parts.sink, ...about }, keep);
  } finally {
    reading.close();
  }
}

async function read({ reference, pool }: FeedDoorParts, source: SourceRef, body: Uint8Array): Promise<Reading> {
  const { nodes, items } = reference;
  const context: FormatContext = {
    source,
    nodes,
    ...(items === undefined ? undefined : { hasItem: (sku: string) => items.has(sku as never) }),
  };
  if (pool !== undefined && body.length > POOL_BYTES_MIN) return pool.read(body, context);
  return readingOf(FORMATS[source.format](body, context));
}

interface ReplayRequest {
  readonly letter: string;
  readonly corrected: string | undefined;
  readonly client: ClientId;
  readonly receivedAt: number;
  readonly approvedBy?: ClientId;
}

function approve(parts: FeedDoorParts, letter: string, client: ClientId, receivedAt: number): Promise<ReplayResult> {
  return replay(parts, { letter, corrected: undefined, client, receivedAt, approvedBy: client });
}

/** One after the other: each is a small body, and what is refused for another reason stays where it is. */
async function approveAll(
  parts: FeedDoorParts,
  source: string,
  client: ClientId,
  receivedAt: number,
): Promise<ApprovedAll> {
  const asked = { state: 'open', source, code: 'waits-for-approval', limit: APPROVED_AT_ONCE_MAX + 1 } as const;
  const waiting = await parts.letters.letters(asked);
  let approved = 0;
  for (const { id } of waiting.slice(0, APPROVED_AT_ONCE_MAX)) {
    const { status } = await approve(parts, id, client, receivedAt);
    if (status === 'taken') approved += 1;
  }
  const tried = Math.min(waiting.length, APPROVED_AT_ONCE_MAX);
  return { approved, stillRefused: tried - approved, more: waiting.length > tried };
}

async function replay(parts: FeedDoorParts, request: ReplayRequest): Promise<ReplayResult> {
  const letter = await parts.letters.letter(request.letter);
  if (letter === undefined) {
    return { status: 'refused', code: 'unknown-letter', message: 'there is no dead letter of this id' };
  }
  if (letter.state !== 'open') {
    return { status: 'refused', code: 'letter-not-open', message: `this dead letter was ${letter.state} already` };
  }
  if (letter.truncated && request.corrected === undefined) {
    const message = 'only the beginning of the original was kept; send the whole corrected text';
    return { status: 'refused', code: 'letter-truncated', message };
  }
  const body = originalBytes(request.corrected ?? letter.original);
  // What is refused again stays in this letter: no new one, or each try would leave one behind.
  const keep: KeepRefused = (refused) => Promise.resolve(refused.map(() => letter.id));
  const answer = await takeAgain(parts, letter, { ...request, body, keep });
  if ('status' in answer) return answer;
  if (answer.refusedCount > 0) return { status: 'still-refused', answer };
  const closed = await parts.letters.closeLetter(letter.id, 'replayed', request.client);
  if (closed === 'closed') return { status: 'taken', answer };
  // Somebody else closed it meanwhile. What was recorded counts once anyway.
  return { status: 'refused', code: closed, message: 'the dead letter was closed by somebody else meanwhile' };
}

/** What the letter's own door says to it now. */
async function takeAgain(
  parts: FeedDoorParts,
  letter: DeadLetter,
  {
    body,
    keep,
    receivedAt,
    approvedBy,
  }: Omit<ReplayRequest, 'letter'> & { readonly body: Uint8Array; readonly keep: KeepRefused },
): Promise<FeedAnswer | Extract<ReplayResult, { status: 'refused' }>> {
  const asked = askedIn(letter.format);
  if (asked !== undefined && parts.orders !== undefined) {
    const result = await parts.orders.take(asked, body, receivedAt, keep);
    return result.status === 'refused' ? result : feedAnswerOf(result.answer);
  }
  const source = parts.reference.sources.get(letter.source as SourceId);
  if (source === undefined) return { status: 'refused', code: 'unknown-source', message: unknownSource(letter.source) };
  return readAndRecord(parts, source, body, { receivedAt, ...(approvedBy !== undefined && { approvedBy }) }, keep);
}

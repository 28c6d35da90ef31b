import { MessageChannel } from 'node:worker_threads';

import { Piscina } from 'piscina';

import { FeedBusyError } from './feed-answer.ts';
import { refuseWhole } from './formats/gather.ts';
import { asText } from './formats/text.ts';
import { Line, TooSlow } from './parse-line.ts';
import type { OrderBody, ParseReply, ParseTask, ReadList } from './parse-task.ts';
import { orderPagesOf, readingOf } from './reading.ts';
import type { OrderPages, Pages, PlacedEvent, Reading } from './reading.ts';
import type { FormatContext, FormatResult } from './source.ts';

/** What a format may look up. */
type World = Pick<FormatContext, 'nodes' | 'hasItem'>;

/** Parses large bodies off the main thread. A body that takes too long or ends its thread is refused, not retried. */
export interface ParsePool {
  /** Rejects with FeedBusyError when the queue is full. */
  read(bytes: Uint8Array, context: FormatContext): Promise<Reading>;
  readOrders(bytes: Uint8Array, body: OrderBody, world: World): Promise<OrderPages>;
  close(): Promise<void>;
}

export interface ParsePoolOptions {
  /** Threads, default 1: a second large file waits rather than take the shards' core. */
  readonly threads?: number;
  /** Bodies waiting for a thread, default 8; the next is answered `overloaded`. */
  readonly queueMax?: number;
  /** Until a thread is free for a body, in ms; default 60 s, then the sender is told to try again. */
  readonly waitMs?: number;
  /** Until a body is parsed, in ms; default 60 s, then it is refused. */
  readonly parseMs?: number;
  /** Heap of a thread, in MiB, default HEAP_MB_MAX; a body that needs more ends its thread and is refused. */
  readonly heapMb?: number;
}

export function createParsePool(options: ParsePoolOptions = {}): ParsePool {
  const { threads = 1, queueMax = 8, waitMs = 60_000, parseMs = 60_000, heapMb = HEAP_MB_MAX } = options;
  const piscina = new Piscina({
    filename: new URL('./parse.worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    // Not bounded by piscina, which counts a thread that is just starting as room: see `held`.
    maxQueue: Infinity,
    idleTimeout: IDLE_MS,
    // One body per thread: aborting one ends its thread and must not end another's work.
    concurrentTasksPerWorker: 1,
    // A worker serves its body over a port and so needs its event loop.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  // A thread that ends while it is idle concerns no body, and without a listener would end the process.
  piscina.on('error', () => undefined);
  // Bodies in threads and waiting for one. A body holds its thread until it is recorded and closed.
  let held = 0;
  const readAs = (bytes: Uint8Array, as: ParseTask['as'], world: World): Promise<InPool> => {
    if (held >= threads + queueMax) return Promise.reject(new FeedBusyError(RETRY_MS));
    held += 1;
    const letGo = once(() => {
      held -= 1;
    });
    return readInPool(piscina, { bytes, as, ...world }, { waitMs, parseMs, closed: letGo });
  };
  return {
    read: async (bytes, context) => feedOf(await readAs(bytes, { feed: context.source }, context)),
    readOrders: async (bytes, orders, world) => ordersOf(await readAs(bytes, { orders }, world)),
    close: () => piscina.destroy(),
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** An idle thread is ended after this many ms: large files are rare, their memory is not. */
const IDLE_MS = 30_000;
/** Heap of a parse thread, in MiB: 64 MiB of the shortest rows there are (2 million heartbeats) were seen to need 900. */
const HEAP_MB_MAX = 2048;
/** For a chunk that is parsed already, in ms. */
const CHUNK_MS_MAX = 30_000;
/** Advice to a sender that found the queue full, in ms: about one large file. */
const RETRY_MS = 2_000;

/** What a thread has read and will hand over, or why there is nothing. */
type InPool =
  | { readonly read: Extract<ParseReply, { give: 'read' }>; readonly line: Line }
  | { readonly failed: FormatResult };

async function readInPool(
  piscina: Piscina,
  body: Pick<ParseTask, 'bytes' | 'as'> & World,
  { waitMs, parseMs, closed }: { readonly waitMs: number; readonly parseMs: number; readonly closed: () => void },
): Promise<InPool> {
  const { port1, port2 } = new MessageChannel();
  const { bytes, as } = body;
  const task: ParseTask = {
    bytes,
    as,
    nodes: [...body.nodes.values()].map(({ id, timeZone }) => ({ id, timeZone })),
    port: port2,
  };
  const abort = new AbortController();
  const line = new Line(port1, { abort: () => abort.abort(), closed });
  const done = piscina.run(task, { transferList: [port2], signal: abort.signal }) as Promise<void>;
  done.then(
    () => line.end(new Error('the parse thread ended early')),
    (error: unknown) => line.end(error),
  );
  try {
    await line.expect('started', waitMs);
  } catch (error) {
    line.close();
    if (error instanceof TooSlow) throw new FeedBusyError(RETRY_MS);
    throw error;
  }
  try {
    let read = await line.expect('read', parseMs);
    const known = new Set(read.asked.filter((sku) => body.hasItem?.(sku) === true));
    if (known.size > 0) read = await line.ask({ want: 'reread', known }, 'read', parseMs);
    return { read, line };
  } catch (error) {
    line.close();
    return { failed: refusedWhole(error, bytes, parseMs) };
  }
}

function refusedWhole(error: unknown, bytes: Uint8Array, parseMs: number): FormatResult {
  const slow = error instanceof TooSlow;
  const says = slow ? `not parsed within ${parseMs} ms` : `the parse thread ended: ${String(error).slice(0, 200)}`;
  return refuseWhole(slow ? 'parse-timeout' : 'parse-failed', `${says}; send it in smaller parts`, asText(bytes));
}

function feedOf(inPool: InPool): Reading {
  if ('failed' in inPool) return readingOf(inPool.failed);
  const { read, line } = inPool;
  return { ...eventPages(inPool), ...wholeOf(read, line) };
}

function ordersOf(inPool: InPool): OrderPages {
  if ('failed' in inPool) return orderPagesOf({ messages: [], ...inPool.failed });
  const { read, line } = inPool;
  const messages: OrderPages['messages'] = {
    count: read.counts.messages,
    chunk: async (from, to) => (await line.ask({ want: 'messages', from, to }, 'messages', CHUNK_MS_MAX)).messages,
    originals: (indices) => originals(line, 'messages', indices),
  };
  return { messages, events: eventPages(inPool), ...wholeOf(read, line) };
}

function eventPages({ read, line }: Exclude<InPool, { failed: unknown }>): Pages<PlacedEvent> {
  return {
    count: read.counts.events,
    chunk: async (from, to) => (await line.ask({ want: 'events', from, to }, 'events', CHUNK_MS_MAX)).events,
    originals: (indices) => originals(line, 'events', indices),
  };
}

async function originals(line: Line, of: ReadList, indices: readonly number[]): Promise<readonly string[]> {
  return (await line.ask({ want: 'originals', of, indices }, 'originals', CHUNK_MS_MAX)).texts;
}

function wholeOf({ refused, ignored, warnings }: Extract<ParseReply, { give: 'read' }>, line: Line) {
  return { refused, ignored, warnings, close: () => line.close() };
}

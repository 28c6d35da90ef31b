import { MessageChannel } from 'node:worker_threads';

import { Piscina } from 'piscina';

import { FeedBusyError } from './feed-answer.ts';
import { refuseWhole } from './formats/gather.ts';
import { asText } from './formats/text.ts';
import { Line, TooSlow } from './parse-line.ts';
import type { ParseReply, ParseTask } from './parse-task.ts';
import { readingOf } from './reading.ts';
import type { Reading } from './reading.ts';
import type { FormatContext, FormatResult } from './source.ts';

/** Parses large bodies off the main thread. A body that takes too long or ends its thread is refused, not retried. */
export interface ParsePool {
  /** Rejects with FeedBusyError when the queue is full. */
  read(bytes: Uint8Array, context: FormatContext): Promise<Reading>;
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
  return {
    read: (bytes, context) => {
      if (held >= threads + queueMax) return Promise.reject(new FeedBusyError(RETRY_MS));
      held += 1;
      const letGo = once(() => {
        held -= 1;
      });
      return readInPool(piscina, bytes, context, { waitMs, parseMs, closed: letGo });
    },
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

async function readInPool(
  piscina: Piscina,
  bytes: Uint8Array,
  context: FormatContext,
  { waitMs, parseMs, closed }: { readonly waitMs: number; readonly parseMs: number; readonly closed: () => void },
): Promise<Reading> {
  const { port1, port2 } = new MessageChannel();
  const { source, nodes } = context;
  const task: ParseTask = {
    bytes,
    source,
    nodes: [...nodes.values()].map(({ id, timeZone }) => ({ id, timeZone })),
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
    const known = new Set(read.asked.filter((sku) => context.hasItem?.(sku) === true));
    if (known.size > 0) read = await line.ask({ want: 'reread', known }, 'read', parseMs);
    return servedReading(read, line);
  } catch (error) {
    line.close();
    return readingOf(refusedWhole(error, bytes, parseMs));
  }
}

function refusedWhole(error: unknown, bytes: Uint8Array, parseMs: number): FormatResult {
  const slow = error instanceof TooSlow;
  const says = slow ? `not parsed within ${parseMs} ms` : `the parse thread ended: ${String(error).slice(0, 200)}`;
  return refuseWhole(slow ? 'parse-timeout' : 'parse-failed', `${says}; send it in smaller parts`, asText(bytes));
}

function servedReading(read: Extract<ParseReply, { give: 'read' }>, line: Line): Reading {
  const { count, refused, ignored, warnings } = read;
  return {
    count,
    refused,
    ignored,
    warnings,
    chunk: async (from, to) => (await line.ask({ want: 'chunk', from, to }, 'events', CHUNK_MS_MAX)).events,
    originals: async (of) => (await line.ask({ want: 'originals', of }, 'originals', CHUNK_MS_MAX)).texts,
    close: () => line.close(),
  };
}

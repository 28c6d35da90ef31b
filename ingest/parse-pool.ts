import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { Piscina } from 'piscina';

import { FeedBusyError } from './feed-answer.ts';
import { refuseWhole } from './formats/gather.ts';
import { asText } from './formats/text.ts';
import type { ParseReply, ParseRequest, ParseTask } from './parse-task.ts';
import { readingOf } from './reading.ts';
import type { Reading } from './reading.ts';
import type { FormatContext } from './source.ts';

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
  /** Until a body is parsed, its wait included, in ms; default 60 s. */
  readonly timeoutMs?: number;
}

export function createParsePool(options: ParsePoolOptions = {}): ParsePool {
  const { threads = 1, queueMax = 8, timeoutMs = 60_000 } = options;
  const piscina = new Piscina({
    filename: new URL('./parse.worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
    maxQueue: queueMax,
    idleTimeout: IDLE_MS,
    // One body per thread: aborting one ends its thread and must not end another's work.
    concurrentTasksPerWorker: 1,
    // A worker serves its body over a port and so needs its event loop.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  });
  return {
    read: (bytes, context) => readInPool(piscina, bytes, context, timeoutMs),
    close: () => piscina.destroy(),
  };
}

/** An idle thread is ended after this many ms: large files are rare, their memory is not. */
const IDLE_MS = 30_000;
/** Heap of a parse thread, in MiB: a 64 MiB body of short rows was seen to need a third of it. */
const HEAP_MB_MAX = 2048;
/** For a chunk that is parsed already, in ms. */
const CHUNK_MS_MAX = 30_000;
/** Advice to a sender that found the queue full, in ms: about one large file. */
const RETRY_MS = 2_000;

async function readInPool(
  piscina: Piscina,
  bytes: Uint8Array,
  context: FormatContext,
  timeoutMs: number,
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
  const line = new Line(port1, () => abort.abort());
  const done = piscina.run(task, { transferList: [port2], signal: abort.signal }) as Promise<void>;
  done.then(
    () => line.end(new Error('the parse thread ended early')),
    (error: unknown) => line.end(error),
  );
  try {
    let read = await line.expect('read', timeoutMs);
    const known = new Set(read.asked.filter((sku) => context.hasItem?.(sku) === true));
    if (known.size > 0) read = await line.ask({ want: 'reread', known }, 'read', timeoutMs);
    return servedReading(read, line);
  } catch (error) {
    line.close();
    if (isQueueFull(error)) throw new FeedBusyError(RETRY_MS);
    const [code, says] =
      error instanceof TooSlow
        ? ['parse-timeout', `not parsed within ${timeoutMs} ms`]
        : ['parse-failed', String(error)];
    return readingOf(refuseWhole(code, `${says.slice(0, 200)}; send it in smaller parts`, asText(bytes)));
  }
}

function isQueueFull(error: unknown): boolean {
  return error instanceof Error && /queue is at limit/i.test(error.message);
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

class TooSlow extends Error {}

/** One question at a time to the thread that holds the body, each with a time limit. */
class Line {
  private readonly port: MessagePort;
  private readonly abort: () => void;
  private waiting: { take: (reply: ParseReply) => void; fail: (error: unknown) => void } | undefined;
  private ended: { readonly error: unknown } | undefined;

  constructor(port: MessagePort, abort: () => void) {
    this.port = port;
    this.abort = abort;
    port.on('message', (reply: ParseReply) => {
      const { waiting } = this;
      this.waiting = undefined;
      waiting?.take(reply);
    });
  }

  ask<Give extends ParseReply['give']>(
    request: ParseRequest,
    give: Give,
    timeoutMs: number,
  ): Promise<Extract<ParseReply, { give: Give }>> {
    const reply = this.expect(give, timeoutMs);
    this.port.postMessage(request);
    return reply;
  }

  async expect<Give extends ParseReply['give']>(
    give: Give,
    timeoutMs: number,
  ): Promise<Extract<ParseReply, { give: Give }>> {
    const { ended } = this;
    if (ended !== undefined) throw ended.error;
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<ParseReply>((take, fail) => {
      this.waiting = { take, fail };
      timer = setTimeout(() => {
        // The thread may be in an endless loop: only ending it helps.
        this.abort();
        fail(new TooSlow());
      }, timeoutMs);
    }).finally(() => clearTimeout(timer));
    if (reply.give !== give) throw new Error(`asked a parse thread for ${give}, got ${reply.give}`);
    return reply as Extract<ParseReply, { give: Give }>;
  }

  end(error: unknown): void {
    this.ended ??= { error };
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.fail(error);
  }

  close(): void {
    this.port.close();
  }
}

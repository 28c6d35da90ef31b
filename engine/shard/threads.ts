import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { JournalKind } from '../journal/folder.ts';
import type { JournalStats } from '../journal/journal-meter.ts';
import type { ControlJournal, FromJournal, FromShardThread, ToShardThread } from './messages.ts';
import type { MachineLimits } from './machines.ts';
import type { Partition } from './partition.ts';

/** Longest wait for a thread's answer that needs no recovery, in ms. */
const ANSWER_MS_MAX = 10_000;
/** Longest wait for the last commits and snapshots when closing, in ms. */
const CLOSE_MS_MAX = 60_000;

export interface ThreadsSettings {
  readonly journalDir: string;
  readonly snapshotsDir: string;
  readonly journal: JournalKind;
  readonly epoch: string;
  readonly threads: number;
  readonly partition: Partition;
  readonly limits: MachineLimits;
  readonly snapshotEveryFacts: number;
  readonly historyDays: number;
  readonly log: (line: string) => void;
  readonly output: (thread: number, message: Extract<FromShardThread, { type: 'output' }>) => void;
  /** A thread has failed after the start; called once. */
  readonly failed: (thread: string, error: unknown) => void;
}

/** What a shard thread is told when it starts. */
export interface ShardThreadData extends Omit<ThreadsSettings, 'log' | 'output' | 'failed' | 'threads'> {
  readonly shards: readonly number[];
  /** Newest position of the journal, found when it was opened. */
  readonly head: number;
  readonly journalPort: MessagePort;
}

export interface JournalThreadData extends Omit<ThreadsSettings, 'log' | 'output' | 'failed' | 'threads'> {
  readonly ports: readonly MessagePort[];
}

export interface Threads {
  post(thread: number, message: ToShardThread): void;
  journalStats(): Promise<JournalStats>;
  /** Snapshots, last commit, files closed, threads ended. */
  close(): Promise<void>;
  /** At once, whatever they do: for failed starts and for tests of sudden death. */
  kill(): Promise<void>;
}

/** Starts the journal, then the shard threads; resolves when every shard has recovered and may be given work. */
export async function startThreads(settings: ThreadsSettings): Promise<Threads> {
  const { log, output, failed, threads: count, ...data } = settings;
  const channels = Array.from({ length: count }, () => new MessageChannel());
  const watch = new Watch(failed);

  const ports = channels.map(({ port1 }) => port1);
  const journal = watch.start('journal thread', './journal.worker.ts', { ...data, ports }, ports);
  const started: Worker[] = [journal];
  const kill = async (): Promise<void> => {
    watch.expectEnd();
    await Promise.all(started.map((worker) => worker.terminate()));
  };
  const answers = new Map<number, (stats: JournalStats) => void>();
  let asked = 0;
  journal.on('message', (message: FromJournal) => {
    if (message.type === 'log') log(message.line);
    if (message.type === 'stats') answers.get(message.ask)?.(message.stats);
  });

  try {
    const { head } = await watch.until(journal, 'opened');
    channels.forEach(({ port2 }, thread) => {
      const shards = Array.from({ length: data.partition.shards }, (_, shard) => shard).filter(
        (shard) => shard % count === thread,
      );
      const threadData = { ...data, shards, head, journalPort: port2 } satisfies ShardThreadData;
      const worker = watch.start(`shard thread ${thread}`, './shard.worker.ts', threadData, [port2]);
      worker.on('message', (message: FromShardThread) => {
        if (message.type === 'log') log(message.line);
        if (message.type === 'output') output(thread, message);
      });
      started.push(worker);
    });
    await Promise.all(started.slice(1).map((worker) => watch.until(worker, 'recovered')));
  } catch (error) {
    await kill();
    throw error;
  }
  watch.started();

  const post = (thread: number, message: ToShardThread): void => started[thread + 1]!.postMessage(message);
  for (let thread = 0; thread < count; thread++) post(thread, { type: 'begin' });

  return {
    post,
    async journalStats() {
      const ask = asked++;
      try {
        return await withTimeout(
          new Promise<JournalStats>((resolve) => {
            answers.set(ask, resolve);
            journal.postMessage({ type: 'stats', ask } satisfies ControlJournal);
          }),
          ANSWER_MS_MAX,
          'the journal thread does not answer',
        );
      } finally {
        answers.delete(ask);
      }
    },
    async close() {
      const drained = started.slice(1).map((worker) => watch.until(worker, 'drained'));
      for (let thread = 0; thread < count; thread++) post(thread, { type: 'drain' });
      await withTimeout(Promise.all(drained), CLOSE_MS_MAX, 'shard threads did not finish in time');
      const closed = watch.until(journal, 'closed');
      journal.postMessage({ type: 'close' } satisfies ControlJournal);
      await withTimeout(closed, CLOSE_MS_MAX, 'the journal did not close in time');
      await kill();
    },
    kill,
  };
}

type Heard = FromShardThread | FromJournal;

/** Sees every thread's end. Before the start is done it fails the start, after it the process, at the close nothing. */
class Watch {
  #phase: 'starting' | 'running' | 'ending' = 'starting';
  #failed: (thread: string, error: unknown) => void;
  #startFailed = Promise.withResolvers<never>();

  constructor(failed: (thread: string, error: unknown) => void) {
    this.#failed = failed;
    // Whether or not anybody is waiting for a message just then.
    this.#startFailed.promise.catch(() => {});
  }

  start(name: string, file: string, workerData: object, transferList: MessagePort[]): Worker {
    const worker = new Worker(new URL(file, import.meta.url), { workerData, transferList, name });
    worker.on('error', (error) => this.#ended(name, error));
    worker.on('messageerror', (error) => this.#ended(name, error));
    worker.on('exit', (code) => this.#ended(name, new Error(`it ended with code ${code}`)));
    return worker;
  }

  /** The first message of that type; rejects when a thread fails during the start. */
  until<T extends Heard['type']>(worker: Worker, type: T): Promise<Extract<Heard, { type: T }>> {
    const said = new Promise<Extract<Heard, { type: T }>>((resolve) => {
      const listen = (message: Heard): void => {
        if (message.type !== type) return;
        worker.off('message', listen);
        resolve(message as Extract<Heard, { type: T }>);
      };
      worker.on('message', listen);
    });
    return this.#phase === 'starting' ? Promise.race([said, this.#startFailed.promise]) : said;
  }

  started(): void {
    this.#phase = 'running';
  }

  expectEnd(): void {
    this.#phase = 'ending';
  }

  #ended(name: string, error: unknown): void {
    if (this.#phase === 'starting') this.#startFailed.reject(error);
    if (this.#phase !== 'running') return;
    this.#phase = 'ending';
    this.#failed(name, error);
  }
}

async function withTimeout<T>(promise: Promise<T>, ms: number, otherwise: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(otherwise)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

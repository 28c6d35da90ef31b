import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { JournalKind } from '../journal/folder.ts';
import type { JournalStats } from '../journal/journal-meter.ts';
import type { ControlJournal, FromJournal, FromShardThread, ToShardThread } from './messages.ts';
import type { MachineLimits } from './machines.ts';
import type { Partition } from './partition.ts';
import { ThreadWatch } from './thread-watch.ts';

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
  readonly acceptLoss: boolean;
  /** An operator once accepted a loss in this folder. */
  readonly hasLoss: boolean;
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
  /** See recovery.ts. */
  readonly leftFrom?: number;
  readonly journalPort: MessagePort;
}

export interface JournalThreadData extends Omit<ThreadsSettings, 'log' | 'output' | 'failed' | 'threads'> {
  readonly ports: readonly MessagePort[];
  /** To the projector, which asks for new heads (views/messages.ts). */
  readonly followPort: MessagePort;
}

export interface Threads {
  post(thread: number, message: ToShardThread): void;
  /** Of the journal when it was opened, and who may follow it. */
  readonly head: number;
  readonly followPort: MessagePort;
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
  const watch = new ThreadWatch(failed);

  const ports = channels.map(({ port1 }) => port1);
  const { port1: followPort, port2: follower } = new MessageChannel();
  const journalData = { ...data, ports, followPort };
  const journal = watch.start('journal thread', './journal.worker.ts', journalData, [...ports, followPort]);
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

  let head: number;
  try {
    const opened = await watch.until(journal, 'opened');
    const { first } = opened;
    ({ head } = opened);
    const leftFrom = data.hasLoss ? { leftFrom: first } : {};
    channels.forEach(({ port2 }, thread) => {
      const shards = Array.from({ length: data.partition.shards }, (_, shard) => shard).filter(
        (shard) => shard % count === thread,
      );
      const threadData = { ...data, ...leftFrom, shards, head, journalPort: port2 } satisfies ShardThreadData;
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

  const post = (thread: number, message: ToShardThread): void =>
    started[thread + 1]!.postMessage(message, message.type === 'work' ? [message.items.buffer] : []);
  for (let thread = 0; thread < count; thread++) post(thread, { type: 'begin' });

  return {
    post,
    head,
    followPort: follower,
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

async function withTimeout<T>(promise: Promise<T>, ms: number, otherwise: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(otherwise)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

import { existsSync } from 'node:fs';
import { EngineBusyError } from '../../engine/api.ts';
import { CallThread } from '../desk/call-thread.ts';
import type { ConsumerMark, LogDesk, Mark, ParkedDraft, ParkedEvent, ParkedQuery } from './log-desk.ts';
import type { ParkedReach } from './parked-reach.ts';

export interface LogStoreSettings {
  /** log-consumers.sqlite. */
  readonly path: string;
  readonly consumersMax: number;
  /** Parked events of one consumer. */
  readonly parkedMax: number;
  readonly log: (line: string) => void;
}

/** Calls open at once: parked events and pages for staff; acks are one call, however many wait. */
const CALLS_MAX = 1_000;
const ANSWER_MS_MAX = 30_000;
const RETRY_AFTER_MS = 1_000;

/**
 * Main's end of what consumers have acknowledged. The newest marks are in memory, at most `consumersMax`; all that came
 * while the last commit ran are the next commit. A server whose logs nobody ever read has neither thread nor file.
 */
export class LogStore {
  readonly #settings: LogStoreSettings;
  readonly #marks = new Map<string, ConsumerMark>();
  readonly #dirty = new Map<string, ConsumerMark>();
  #thread: CallThread<LogDesk> | undefined;
  /** It has read the marks. */
  #ready: Promise<CallThread<LogDesk>> | undefined;
  /** The newest commit, settled when that is; never rejects. */
  #last: Promise<void> = Promise.resolve();
  /** The commit that has not begun: what is set now is in it. */
  #next: Promise<void> | undefined;

  constructor(settings: LogStoreSettings) {
    this.#settings = settings;
    if (existsSync(settings.path)) this.#open().catch(() => undefined);
  }

  /** Why nothing can be acknowledged; undefined while it can. */
  get failed(): string | undefined {
    return this.#thread?.failed;
  }

  /** Rejects when the file cannot be read: then nobody may subscribe. */
  async ready(): Promise<void> {
    await this.#open();
  }

  marks(): Iterable<ConsumerMark> {
    return this.#marks.values();
  }

  mark(ch: string, consumer: string): Mark | undefined {
    return this.#marks.get(keyOf(ch, consumer));
  }

  /** Whether there is room for a consumer that was never seen. */
  get isFull(): boolean {
    return this.#marks.size >= this.#settings.consumersMax;
  }

  /** Durable when resolved. A newer mark of the same consumer takes the place of one that waits. */
  set(mark: ConsumerMark): Promise<void> {
    const key = keyOf(mark.ch, mark.consumer);
    this.#marks.set(key, mark);
    this.#dirty.set(key, mark);
    return (this.#next ??= this.#commit());
  }

  /** Like `set`, for a subscribe: one that is refused leaves no consumer behind that was not there before. */
  async begin(mark: ConsumerMark): Promise<void> {
    const key = keyOf(mark.ch, mark.consumer);
    const isNew = !this.#marks.has(key);
    try {
      await this.set(mark);
    } catch (error) {
      if (isNew && this.#marks.get(key) === mark) {
        this.#marks.delete(key);
        this.#dirty.delete(key);
      }
      throw error;
    }
  }

  async park(draft: ParkedDraft): Promise<'parked' | 'full'> {
    return (await this.#open()).ask('park', draft);
  }

  async parkAgain(id: number, code: string, msg: string | null, at: number): Promise<void> {
    return (await this.#open()).ask('parkAgain', id, code, msg, at);
  }

  async parked(query: ParkedQuery): Promise<readonly ParkedEvent[]> {
    return (await this.#open()).ask('parked', query);
  }

  async counts(): Promise<ReadonlyMap<string, number>> {
    if (this.#thread === undefined) return new Map();
    const counts = await (await this.#open()).ask('counts');
    return new Map(counts.map(({ ch, consumer, parked }) => [keyOf(ch, consumer), parked]));
  }

  async replay(of: ParkedReach, id: number): Promise<string | undefined> {
    return (await this.#open()).ask('replay', of, id);
  }

  async discard(of: ParkedReach, id: number): Promise<boolean> {
    return (await this.#open()).ask('discard', of, id);
  }

  /** With its parked events. */
  async forget(ch: string, consumer: string): Promise<boolean> {
    const key = keyOf(ch, consumer);
    if (!this.#marks.has(key)) return false;
    await this.#last;
    // What could not be written before must not be written after.
    this.#dirty.delete(key);
    await (await this.#open()).ask('forget', ch, consumer);
    return this.#marks.delete(key);
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#thread?.close();
  }

  /** One after the other. */
  #commit(): Promise<void> {
    const commit = this.#last.then(() => this.#write());
    this.#last = commit.catch(() => undefined);
    return commit;
  }

  async #write(): Promise<void> {
    this.#next = undefined;
    const marks = [...this.#dirty];
    this.#dirty.clear();
    try {
      await (
        await this.#open()
      ).ask(
        'write',
        marks.map(([, mark]) => mark),
      );
    } catch (error) {
      // The next commit takes them along, unless a newer mark of the same consumer says more.
      for (const [key, mark] of marks) if (!this.#dirty.has(key)) this.#dirty.set(key, mark);
      throw error;
    }
  }

  async #open(): Promise<CallThread<LogDesk>> {
    if (this.failed !== undefined) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    return (this.#ready ??= this.#start());
  }

  async #start(): Promise<CallThread<LogDesk>> {
    const { path, parkedMax, log } = this.#settings;
    const thread = (this.#thread = new CallThread<LogDesk>({
      script: new URL('./log-store.worker.ts', import.meta.url),
      data: { path, parkedMax },
      name: 'log consumers thread',
      without: 'nobody reads a log until a restart',
      callsMax: CALLS_MAX,
      answerMsMax: ANSWER_MS_MAX,
      log,
    }));
    for (const mark of await thread.ask('marks')) this.#marks.set(keyOf(mark.ch, mark.consumer), mark);
    return thread;
  }
}

export function keyOf(ch: string, consumer: string): string {
  return `${ch}\n${consumer}`;
}

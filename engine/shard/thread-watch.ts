import { type MessagePort, Worker } from 'node:worker_threads';
import type { FromJournal, FromShardThread } from './messages.ts';

type Heard = FromShardThread | FromJournal;

/** Sees every thread's end. Before the start is done it fails the start, after it the process, at the close nothing. */
export class ThreadWatch {
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

import { type ChildProcess, fork } from 'node:child_process';
import type { Order, Report } from './steady/orders.ts';

// A helper in a process of its own: sender and fleet may slow neither each other nor the server by sharing a thread.

export interface Helper<Prepare, Result> {
  readonly pid: number;
  /** Resolves when the helper is ready to go. */
  prepare(orders: Prepare): Promise<void>;
  send(order: Order<Prepare>): void;
  /** Resolves with what it measured. */
  done(): Promise<Result>;
  kill(): void;
}

export function startHelper<Prepare, Result>(script: URL): Helper<Prepare, Result> {
  const child = fork(script, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const reports = heard<Result>(child);
  const send = (order: Order<Prepare>): void => void child.send(order);
  return {
    pid: child.pid ?? 0,
    prepare: async (orders) => {
      send({ do: 'prepare', with: orders });
      await reports.ready;
    },
    send,
    done: () => reports.done,
    kill: () => void child.kill('SIGKILL'),
  };
}

function heard<Result>(child: ChildProcess): { readonly ready: Promise<void>; readonly done: Promise<Result> } {
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<Result>();
  const fail = (why: string): void => {
    const error = new Error(why);
    ready.reject(error);
    done.reject(error);
  };
  // Both are awaited by the conductor; until it comes to that a rejection is not unhandled.
  ready.promise.catch(() => undefined);
  done.promise.catch(() => undefined);
  child.on('message', (report: Report<Result>) => {
    if (report.is === 'ready') ready.resolve();
    else if (report.is === 'done') done.resolve(report.result);
    else fail(report.why);
  });
  child.once('error', (error) => fail(error.message));
  child.once('exit', (code, signal) => fail(`a helper ended with ${signal ?? code}`));
  return { ready: ready.promise, done: done.promise };
}

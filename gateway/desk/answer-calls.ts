import type { MessagePort } from 'node:worker_threads';

// Calls to a thread, typed by the object that answers them there.

export type Said<D, K extends keyof D> = D[K] extends (...args: never[]) => infer R ? Awaited<R> : never;
export type Given<D, K extends keyof D> = D[K] extends (...args: infer A) => unknown ? A : never;

export interface CallMessage {
  readonly call: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type AnswerMessage =
  | { readonly call: number; readonly said: unknown }
  | { readonly call: number; readonly failed: string };

/** `line`: for the log. */
export type FromThread = AnswerMessage | { readonly line: string };

/** The thread's end: each call is one function of `desk`. */
export function answerCalls<D extends object>(port: MessagePort, desk: D): void {
  port.on('message', ({ call, name, args }: CallMessage) => {
    const answer = (message: AnswerMessage): void => port.postMessage(message);
    const run = (desk as Record<string, (...args: readonly unknown[]) => unknown>)[name];
    Promise.resolve()
      .then(() => run!(...args))
      .then(
        (said) => answer({ call, said }),
        (error: unknown) => answer({ call, failed: String(error) }),
      );
  });
}

import { reconnectWaitMs } from './backoff.ts';
import type { Environment } from './environment.ts';
import type { Answer } from './http-client.ts';

/**
 * Asks until the server has answered for it: what got no answer, came too fast or came to a server that is busy is sent again
 * after a wait with full jitter. So what is asked must be safe to ask twice: with a key of its own, or a question. Ends with
 * the last answer when `signal` says so.
 */
export async function insist<T>(
  ask: () => Promise<Answer<T>>,
  env: Pick<Environment, 'after' | 'random'>,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask();
    if (answer.ok || !isForLater(answer.status) || signal?.aborted === true) return answer;
    const waitMs = Math.max(answer.error.retryAfterMs ?? 0, reconnectWaitMs(attempt, env.random()));
    await rest(waitMs, env, signal);
  }
}

/** Nobody answered, too fast, or the server cannot now; a no about the thing itself stays one. */
function isForLater(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

function rest(waitMs: number, env: Pick<Environment, 'after'>, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = env.after(waitMs, resolve);
  const stop = (): void => {
    cancel();
    resolve();
  };
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}

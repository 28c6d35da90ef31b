import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

// How verify speaks to the server: plain HTTP, and patience. A request whose answer was lost is sent again until it is
// answered, because the server may be killed and restarted under it; that is safe only if the server counts it once.

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface Door {
  call(method: 'GET' | 'POST' | 'DELETE', path: string, options?: CallOptions): Promise<Reply>;
  /** Requests that were sent again. */
  retries(): number;
  close(): Promise<void>;
}

interface CallOptions {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Longest silence of the server before a request is sent again, in ms. */
const ANSWER_MS_MAX = 30_000;
/** Longest time over all tries, in ms: beyond it the server is taken for dead. */
const PATIENCE_MS_MAX = 180_000;
const RETRY_MS = 50;
/** More than all lanes together, so that nobody waits for a connection. */
const CONNECTIONS = 32;

interface Watch {
  /** Called with the count of answers so far. */
  readonly onAnswer: (answers: number) => void;
  /** True when nobody will come back: the server has ended and is not being started again. */
  readonly isLost: () => boolean;
}

export function openDoor(url: string, key: string, { onAnswer, isLost }: Watch): Door {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: ANSWER_MS_MAX,
    bodyTimeout: ANSWER_MS_MAX,
    connectTimeout: 5_000,
  });
  let retries = 0;
  let answers = 0;
  const once = async (method: 'GET' | 'POST' | 'DELETE', path: string, options: CallOptions): Promise<Reply> => {
    const answer = await pool.request({
      method,
      path,
      headers: { authorization: `Bearer ${key}`, ...options.headers },
      body: options.body ?? null,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  return {
    call: async (method, path, options = {}) => {
      const giveUpAt = performance.now() + PATIENCE_MS_MAX;
      let last = 'no answer';
      while (performance.now() < giveUpAt) {
        try {
          const reply = await once(method, path, options);
          if (reply.status !== 503 && reply.status !== 429) {
            onAnswer(++answers);
            return reply;
          }
          last = `HTTP ${reply.status}`;
        } catch (error) {
          last = error instanceof Error ? error.message : String(error);
        }
        if (isLost()) throw new Error(`${method} ${path}: the server has ended by itself, last: ${last}`);
        retries += 1;
        await wait(RETRY_MS);
      }
      throw new Error(`${method} ${path}: no answer within ${PATIENCE_MS_MAX} ms, last: ${last}`);
    },
    retries: () => retries,
    close: () => pool.destroy(),
  };
}

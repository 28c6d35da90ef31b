import { Pool } from 'undici';
import type { Reply } from '../verify/door.ts';

// How the crash run speaks to a server that may die under it: each request once, and no answer is an answer too.

export interface Wire {
  /** Undefined: no answer came. The request may have had its effect. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, options?: AskOptions): Promise<Reply | undefined>;
  close(): Promise<void>;
}

interface AskOptions {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Longest silence of a server that lives, in ms: a saga's caller is told after 10 s at the latest. */
const ANSWER_MS_MAX = 30_000;
const CONNECTIONS = 32;

export function openWire(url: string, key: string): Wire {
  const pool = new Pool(url, {
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: ANSWER_MS_MAX,
    bodyTimeout: ANSWER_MS_MAX,
    connectTimeout: 5_000,
  });
  return {
    ask: async (method, path, { body, headers } = {}) => {
      try {
        const answer = await pool.request({
          method,
          path,
          headers: { authorization: `Bearer ${key}`, ...headers },
          body: body ?? null,
        });
        const text = await answer.body.text();
        // Refused for the moment: nothing is promised, nothing is denied.
        if (answer.statusCode === 503 || answer.statusCode === 429) return undefined;
        return { status: answer.statusCode, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
      } catch {
        return undefined;
      }
    },
    close: () => pool.destroy(),
  };
}

// HTTP to the server's doors, as a source system would speak: the same request again until it was answered.

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface SendRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
  /** Header Idempotency-Key. */
  readonly key?: string;
  /** Header X-Order-Token: what the customer's page is opened with. */
  readonly token?: string;
}

export interface SenderOptions {
  /** `http://127.0.0.1:8080` */
  readonly baseUrl: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Called before each wait: the server is busy, restarting, or not reachable. */
  readonly onRetry?: (why: string) => void;
  readonly fetch?: typeof fetch;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type Send = (request: SendRequest) => Promise<Answer>;

/** An answer no repetition would change, and no row's fault: a wrong key, a door that is not there. */
export class SenderRefusedError extends Error {
  override readonly name = 'SenderRefusedError';
}

/** Longest one request may take, in ms: a large body on a busy machine. */
const REQUEST_MS_MAX = 60_000;
/** First and longest wait before a repetition, in ms. */
const WAIT_MS_FIRST = 100;
const WAIT_MS_MAX = 5_000;

/** Resolves with what the server decided (200 to 499 but 401, 403, 404 and 429); repeats anything else until `signal`. */
export function createSender(options: SenderOptions): Send {
  const { wait = waitMs } = options;
  return async (request) => {
    for (let tries = 0; ; tries++) {
      options.signal.throwIfAborted();
      const answer = await tryOnce(options, request);
      if ('answer' in answer) return answer.answer;
      options.onRetry?.(answer.why);
      const backoffMs = Math.min(WAIT_MS_MAX, WAIT_MS_FIRST * 2 ** Math.min(tries, 10));
      await wait(Math.min(WAIT_MS_MAX, answer.retryAfterMs ?? backoffMs), options.signal);
    }
  };
}

type Try = { readonly answer: Answer } | { readonly why: string; readonly retryAfterMs?: number };

async function tryOnce(options: SenderOptions, request: SendRequest): Promise<Try> {
  const { baseUrl, key, fetch: ask = fetch } = options;
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  if (request.contentType !== undefined) headers['content-type'] = request.contentType;
  if (request.key !== undefined) headers['idempotency-key'] = request.key;
  if (request.token !== undefined) headers['x-order-token'] = request.token;
  let response: Response;
  let text: string;
  try {
    response = await ask(`${baseUrl}${request.path}`, {
      method: request.method,
      headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    });
    text = await response.text();
  } catch (error) {
    return { why: `no answer: ${error instanceof Error ? error.message : String(error)}` };
  }
  const { status } = response;
  if (status === 401 || status === 403) {
    throw new SenderRefusedError(`${request.method} ${request.path}: ${status} ${text.slice(0, 300)}`);
  }
  if (status === 429 || status >= 500) return { why: `${status} ${text.slice(0, 120)}`, ...retryAfter(response) };
  return { answer: { status, body: text === '' ? undefined : JSON.parse(text) } };
}

function retryAfter(response: Response): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}

/** Ends early, without error, when the signal aborts: the caller looks at it next. */
export function waitMs(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

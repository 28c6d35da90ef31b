import type {
  ExtendBody,
  FeedAnswer,
  HttpError,
  ItemsFound,
  LetterInfo,
  LettersPage,
  ManyStock,
  MoveBody,
  NodeInfo,
  PublicStock,
  ReservationBody,
  ReservationInfo,
  StaffStock,
} from '../protocol/http.ts';

/** Longest wait for an answer, in ms: beyond it a page says so and offers to try again. */
const ANSWER_MS_MAX = 10_000;

/** A no is a value; `status` is 0 when nothing answered. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly error: HttpError };

export interface HttpClientOptions {
  /** The server's address, e.g. https://stock.example. */
  readonly base: string;
  /** API key of staff and systems. */
  readonly token?: string;
  /** For tests. */
  readonly fetch?: typeof fetch;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** The HTTP routes, typed. Every call ends in an answer, never in a rejection. */
export class HttpClient {
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  items(query: { q?: string; limit?: number }): Promise<Answer<ItemsFound>> {
    return this.#get('/v1/items', query);
  }

  async nodes(): Promise<Answer<readonly NodeInfo[]>> {
    const answer = await this.#get<{ readonly nodes: readonly NodeInfo[] }>('/v1/nodes', {});
    return answer.ok ? { ok: true, value: answer.value.nodes } : answer;
  }

  /** The public answer; with a key use `split`. */
  stock(sku: string, query: { channel?: string; lat?: number; lon?: number } = {}): Promise<Answer<PublicStock>> {
    return this.#get(`/v1/stock/${encodeURIComponent(sku)}`, query);
  }

  stockOfMany(skus: readonly string[], channel?: string): Promise<Answer<ManyStock>> {
    const search = new URLSearchParams(skus.map((sku) => ['sku', sku]));
    if (channel !== undefined) search.set('channel', channel);
    return this.#call('GET', `/v1/stock?${search}`);
  }

  /** Every term per node and channel (rule AV4); needs a key. */
  split(sku: string): Promise<Answer<StaffStock>> {
    return this.#get(`/v1/stock/${encodeURIComponent(sku)}`, {});
  }

  /** `key` makes a retry safe: the same key and body get the first answer. */
  reserve(body: ReservationBody, key: string): Promise<Answer<ReservationInfo>> {
    return this.#call('POST', '/v1/reservations', body, { 'idempotency-key': key });
  }

  reservation(id: string): Promise<Answer<ReservationInfo>> {
    return this.#get(`/v1/reservations/${encodeURIComponent(id)}`, {});
  }

  release(id: string): Promise<Answer<ReservationInfo>> {
    return this.#call('DELETE', `/v1/reservations/${encodeURIComponent(id)}`);
  }

  /** Holds longer; `holdMs` counts from when the reservation was made, so a retry has no further effect. */
  extend(id: string, body: ExtendBody): Promise<Answer<ReservationInfo>> {
    return this.#call('POST', `/v1/reservations/${encodeURIComponent(id)}/extend`, body);
  }

  /** Moves held units to another node or group without losing them in between; `key` makes a retry safe. */
  move(id: string, body: MoveBody, key: string): Promise<Answer<ReservationInfo>> {
    return this.#call('POST', `/v1/reservations/${encodeURIComponent(id)}/move`, body, { 'idempotency-key': key });
  }

  letters(query: { state?: string; source?: string; after?: string; limit?: number }): Promise<Answer<LettersPage>> {
    return this.#get('/v1/dead-letters', query);
  }

  letter(id: string): Promise<Answer<LetterInfo>> {
    return this.#get(`/v1/dead-letters/${encodeURIComponent(id)}`, {});
  }

  /** Sends the letter through its source's own door again: corrected, or as it came when no text is given. */
  replayLetter(id: string, corrected?: string): Promise<Answer<FeedAnswer>> {
    return this.#call('POST', `/v1/dead-letters/${encodeURIComponent(id)}/replay`, corrected);
  }

  discardLetter(id: string): Promise<Answer<LetterInfo>> {
    return this.#call('POST', `/v1/dead-letters/${encodeURIComponent(id)}/discard`);
  }

  #get<T>(path: string, query: Query): Promise<Answer<T>> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, String(value));
    }
    return this.#call('GET', search.size > 0 ? `${path}?${search}` : path);
  }

  async #call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const { base, token, fetch: send = fetch } = this.#options;
    try {
      const response = await send(new URL(path, base), {
        method,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const value: unknown = text === '' ? undefined : JSON.parse(text);
      // A feed whose every row was refused answers 422, and says per row why: that is an answer, not a failure.
      if (response.ok || isFeedAnswer(value)) return { ok: true, value: value as T };
      return { ok: false, status: response.status, error: errorIn(value, response.status) };
    } catch (error) {
      const code = error instanceof DOMException && error.name === 'TimeoutError' ? 'no-answer' : 'unreachable';
      return { ok: false, status: 0, error: { code, message: 'The server does not answer. Try again in a moment.' } };
    }
  }
}

function isFeedAnswer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'refusedCount' in value;
}

function errorIn(value: unknown, status: number): HttpError {
  if (typeof value === 'object' && value !== null && 'code' in value && 'message' in value) return value as HttpError;
  return { code: `http-${status}`, message: `The server answered ${status}.` };
}

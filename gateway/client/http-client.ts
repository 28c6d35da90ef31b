import type { CustomerOrder } from '../protocol/customer-order.ts';
import type { ApprovedAll, FeedAnswer, LetterInfo, LettersPage } from '../protocol/feed-bodies.ts';
import type { LedgerInfo, StockExplained } from '../protocol/history-bodies.ts';
import type { HttpError } from '../protocol/http-error.ts';
import type { OrderActBody, OrderBody } from '../protocol/order-bodies.ts';
import type { OrderCountsInfo, OrderListPage, OrderSourcing, OrderTimeline } from '../protocol/order-history-bodies.ts';
import type { ExtendBody, MoveBody, ReservationBody, ReservationInfo } from '../protocol/reservation-bodies.ts';
import type {
  ItemsFound,
  ManyStock,
  NodeInfo,
  PastStockInfo,
  PublicStock,
  StaffStock,
} from '../protocol/stock-bodies.ts';
import type {
  DeliveriesPage,
  Delivery,
  DeliveryDetail,
  EndpointChange,
  EndpointInfo,
  EndpointsList,
  Replayed,
  TestAnswer,
} from '../protocol/webhook-bodies.ts';
import type { WorkActBody, WorkAnswer, WorksPage } from '../protocol/work-bodies.ts';
import type { LedgerAsked, OrderActAsked, OrdersAsked } from './http-asked.ts';

/** Longest wait for an answer, in ms: beyond it a page says so and offers to try again. */
const ANSWER_MS_MAX = 10_000;
/** For what the server itself may take 30 s over: a replay, a large file; in ms. */
const LONG_ANSWER_MS_MAX = 35_000;

/** A no is a value; `status` is 0 when nothing answered. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly error: HttpError };

export interface HttpClientOptions {
  /** The server's address, e.g. https://stock.example. */
  readonly base: string;
  /** API key of staff and systems. */
  readonly token?: string;
  /** In place of the global one. */
  readonly fetch?: (url: URL, init: RequestInit) => Promise<Response>;
}

type Query = Readonly<Record<string, string | number | undefined>>;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly waitMs?: number;
}

/** A body as it came, or why there is none. */
type Sent = { readonly response: Response; readonly text: string } | Extract<Answer<never>, { readonly ok: false }>;

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
    return this.#call({ method: 'GET', path: `/v1/stock?${search}` });
  }

  /** Every term per node and channel (rule AV4); needs a key. */
  split(sku: string): Promise<Answer<StaffStock>> {
    return this.#get(`/v1/stock/${encodeURIComponent(sku)}`, {});
  }

  /** `key` makes a retry safe: the same key and body get the first answer. */
  reserve(body: ReservationBody, key: string): Promise<Answer<ReservationInfo>> {
    return this.#call({ method: 'POST', path: '/v1/reservations', body, headers: { 'idempotency-key': key } });
  }

  reservation(id: string): Promise<Answer<ReservationInfo>> {
    return this.#get(`/v1/reservations/${encodeURIComponent(id)}`, {});
  }

  release(id: string): Promise<Answer<ReservationInfo>> {
    return this.#call({ method: 'DELETE', path: `/v1/reservations/${encodeURIComponent(id)}` });
  }

  /** Holds longer; `holdMs` counts from when the reservation was made, so a retry has no further effect. */
  extend(id: string, body: ExtendBody): Promise<Answer<ReservationInfo>> {
    return this.#call({ method: 'POST', path: `/v1/reservations/${encodeURIComponent(id)}/extend`, body });
  }

  /** Moves held units to another node or group without losing them in between; `key` makes a retry safe. */
  move(id: string, body: MoveBody, key: string): Promise<Answer<ReservationInfo>> {
    const path = `/v1/reservations/${encodeURIComponent(id)}/move`;
    return this.#call({ method: 'POST', path, body, headers: { 'idempotency-key': key } });
  }

  letters(query: {
    state?: string;
    source?: string;
    code?: string;
    after?: string;
    limit?: number;
  }): Promise<Answer<LettersPage>> {
    return this.#get('/v1/dead-letters', query);
  }

  letter(id: string): Promise<Answer<LetterInfo>> {
    return this.#get(`/v1/dead-letters/${encodeURIComponent(id)}`, {});
  }

  /** Sends the letter through its source's own door again: corrected, or as it came when no text is given. */
  replayLetter(id: string, corrected?: string): Promise<Answer<FeedAnswer>> {
    return this.#call({ method: 'POST', path: `/v1/dead-letters/${encodeURIComponent(id)}/replay`, body: corrected });
  }

  /** Sends the letter again as it came, past the brakes (rule FD12). */
  approveLetter(id: string): Promise<Answer<FeedAnswer>> {
    return this.#call({ method: 'POST', path: `/v1/dead-letters/${encodeURIComponent(id)}/approve` });
  }

  /** All that waits for approval of a source, 1,000 at once. */
  approveLetters(source: string): Promise<Answer<ApprovedAll>> {
    const path = withQuery('/v1/dead-letters/approve', { source });
    return this.#call({ method: 'POST', path, waitMs: LONG_ANSWER_MS_MAX });
  }

  discardLetter(id: string): Promise<Answer<LetterInfo>> {
    return this.#call({ method: 'POST', path: `/v1/dead-letters/${encodeURIComponent(id)}/discard` });
  }

  /** Every term of the sku's numbers with the events and holds behind it (rule AV8). */
  explain(sku: string, query: { channel?: string; node?: string } = {}): Promise<Answer<StockExplained>> {
    return this.#get(`/v1/stock/${encodeURIComponent(sku)}/explain`, query);
  }

  /** The split as it was at a time (ms since the epoch) or a position (rule AV8). */
  stockAt(sku: string, at: number | string): Promise<Answer<PastStockInfo>> {
    const path = withQuery(`/v1/stock/${encodeURIComponent(sku)}`, { at });
    return this.#call({ method: 'GET', path, waitMs: LONG_ANSWER_MS_MAX });
  }

  /** Movements, newest first (rule AV8). */
  ledger(query: LedgerAsked): Promise<Answer<LedgerInfo>> {
    return this.#get('/v1/ledger', { ...query });
  }

  /** The same movements as text for a spreadsheet. */
  ledgerCsv(query: LedgerAsked): Promise<Answer<string>> {
    return this.#csv('/v1/ledger', { ...query });
  }

  /** Orders of all channels that fit every word and filter; needs the scope `desk`. */
  orders(query: OrdersAsked): Promise<Answer<OrderListPage>> {
    return this.#get('/v1/orders', { ...query });
  }

  /** The same as a file. */
  ordersCsv(query: OrdersAsked): Promise<Answer<string>> {
    return this.#csv('/v1/orders', { ...query });
  }

  orderCounts(): Promise<Answer<OrderCountsInfo>> {
    return this.#get('/v1/orders/queues', {});
  }

  order(id: string): Promise<Answer<OrderBody>> {
    return this.#get(`/v1/orders/${encodeURIComponent(id)}`, {});
  }

  orderTimeline(
    id: string,
    query: { after?: string | undefined; limit?: number } = {},
  ): Promise<Answer<OrderTimeline>> {
    return this.#get(`/v1/orders/${encodeURIComponent(id)}/timeline`, query);
  }

  orderSourcing(id: string): Promise<Answer<OrderSourcing>> {
    return this.#get(`/v1/orders/${encodeURIComponent(id)}/sourcing`, {});
  }

  /** What somebody does to an order by hand; refused when it is not the version that was looked at. */
  actOnOrder(id: string, body: OrderActBody, { key, ifVersion }: OrderActAsked): Promise<Answer<OrderBody>> {
    const path = `/v1/orders/${encodeURIComponent(id)}/acts`;
    const headers = { 'idempotency-key': key, 'if-match': `"${ifVersion}"` };
    return this.#call({ method: 'POST', path, body, headers });
  }

  /** What a node has to do, oldest first. */
  works(node: string, query: { after?: string; limit?: number } = {}): Promise<Answer<WorksPage>> {
    return this.#get(`/v1/nodes/${encodeURIComponent(node)}/work`, query);
  }

  /** What somebody at the node did; `key` makes a retry safe. */
  actOnWork(node: string, work: string, body: WorkActBody, key: string): Promise<Answer<WorkAnswer>> {
    const path = `/v1/nodes/${encodeURIComponent(node)}/work/${encodeURIComponent(work)}/acts`;
    return this.#call({ method: 'POST', path, body, headers: { 'idempotency-key': key } });
  }

  /** An order as its customer sees it; the token goes into a header, since addresses end up in logs. */
  orderStatus(id: string, token: string): Promise<Answer<CustomerOrder>> {
    const path = `/v1/orders/${encodeURIComponent(id)}/status`;
    return this.#call({ method: 'GET', path, headers: { 'x-order-token': token } });
  }

  webhookEndpoints(): Promise<Answer<EndpointsList>> {
    return this.#get('/v1/webhook-endpoints', {});
  }

  changeEndpoint(id: string, body: EndpointChange): Promise<Answer<EndpointInfo>> {
    return this.#call({ method: 'PATCH', path: endpointPath(id), body });
  }

  /** Sends one event to the endpoint now. */
  testEndpoint(id: string): Promise<Answer<TestAnswer>> {
    return this.#call({ method: 'POST', path: `${endpointPath(id)}/test`, waitMs: LONG_ANSWER_MS_MAX });
  }

  /** The endpoint's delivery log, newest first. */
  deliveries(
    id: string,
    query: { state?: Delivery['state'] | undefined; after?: number | undefined; limit?: number },
  ): Promise<Answer<DeliveriesPage>> {
    return this.#get(`${endpointPath(id)}/deliveries`, query);
  }

  /** The same event once more, under the same id. */
  replayDelivery(id: string, delivery: number): Promise<Answer<DeliveryDetail>> {
    return this.#call({ method: 'POST', path: `${endpointPath(id)}/deliveries/${delivery}/replay` });
  }

  replayFailed(id: string): Promise<Answer<Replayed>> {
    return this.#call({ method: 'POST', path: `${endpointPath(id)}/deliveries/replay-failed` });
  }

  async #csv(path: string, query: Query): Promise<Answer<string>> {
    const headers = { accept: 'text/csv' };
    const sent = await this.#send({ method: 'GET', path: withQuery(path, query), headers, waitMs: LONG_ANSWER_MS_MAX });
    if ('ok' in sent) return sent;
    return sent.response.ok ? { ok: true, value: sent.text } : read(sent);
  }

  #get<T>(path: string, query: Query): Promise<Answer<T>> {
    return this.#call({ method: 'GET', path: withQuery(path, query) });
  }

  async #call<T>(asked: Asked): Promise<Answer<T>> {
    const sent = await this.#send(asked);
    return 'ok' in sent ? sent : read(sent);
  }

  async #send({ method, path, body, headers, waitMs = ANSWER_MS_MAX }: Asked): Promise<Sent> {
    const { base, token, fetch: send = fetch } = this.#options;
    try {
      const response = await send(new URL(path, base), {
        method,
        signal: AbortSignal.timeout(waitMs),
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { response, text: await response.text() };
    } catch (error) {
      return unreached(error instanceof DOMException && error.name === 'TimeoutError' ? 'no-answer' : 'unreachable');
    }
  }
}

function endpointPath(id: string): string {
  return `/v1/webhook-endpoints/${encodeURIComponent(id)}`;
}

function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size > 0 ? `${path}?${search}` : path;
}

function read<T>({ response, text }: { readonly response: Response; readonly text: string }): Answer<T> {
  let value: unknown;
  try {
    value = text === '' ? undefined : JSON.parse(text);
  } catch {
    return unreached('unreachable');
  }
  // A feed whose every row was refused answers 422, and says per row why: that is an answer, not a failure.
  if (response.ok || isFeedAnswer(value)) return { ok: true, value: value as T };
  return { ok: false, status: response.status, error: errorIn(value, response.status) };
}

function unreached(code: 'no-answer' | 'unreachable'): Extract<Answer<never>, { readonly ok: false }> {
  return { ok: false, status: 0, error: { code, message: 'The server does not answer. Try again in a moment.' } };
}

function isFeedAnswer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'refusedCount' in value;
}

function errorIn(value: unknown, status: number): HttpError {
  if (typeof value === 'object' && value !== null && 'code' in value && 'message' in value) return value as HttpError;
  return { code: `http-${status}`, message: `The server answered ${status}.` };
}

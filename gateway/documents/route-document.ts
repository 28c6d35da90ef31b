/** What a document says of a route beyond its schemas: they say what comes in, this says what for and what comes back. */
export interface RouteDocument {
  readonly tag: Tag;
  /** A sentence without its full stop. */
  readonly summary: string;
  readonly about?: string;
  /** The handler itself asks for a key: the route names no scope. */
  readonly needsKey?: true;
  /** Request headers that the handler reads. */
  readonly headers?: readonly RequestHeader[];
  /** A body that is no JSON of the route's schema: content type → what it holds. */
  readonly rawBody?: { readonly [contentType: string]: string };
  /** A body that is taken; JSON, or the text of a raw body. */
  readonly example?: unknown;
  /** Name of the schema of what the route's own schema leaves open (Type.Unknown), because a rule judges it. */
  readonly openPart?: string;
  readonly answers: { readonly [status: number]: Answer };
  /** Status → what was wrong, with the codes. Those that many routes share are added by themselves. */
  readonly refusals?: { readonly [status: number]: string };
}

export interface Answer {
  readonly about: string;
  /** A TypeScript type over those of gateway/protocol: `PublicStock | StaffStock`. Absent: no JSON. */
  readonly body?: string;
  /** Content types beside JSON. */
  readonly text?: { readonly [contentType: string]: string };
  readonly headers?: readonly ResponseHeader[];
  /** JSON texts, one per line: the first, and each of the others. Types of gateway/protocol. */
  readonly lines?: { readonly first: string; readonly others: string };
  /** Headers that only some of these answers have. */
  readonly headersAtTimes?: readonly ResponseHeader[];
}

/** Method and path in the router's words: `GET /v1/stock/:sku`. */
export type RouteDocuments = Readonly<Record<string, RouteDocument>>;

export const TAGS = {
  stock: 'What is there, what may be sold, what can be promised',
  reservations: 'Units promised for a limited time',
  work: 'What a node has to do for orders, and what its people say about it',
  orders: 'Orders of every channel, and what becomes of them',
  feeds: 'Events of source systems, and what could not be taken',
  history: 'Ledger, explanations, shortfalls, corrections',
  reference: 'Nodes, items, channels, rules: the book',
  live: 'Push: websocket and Server-Sent Events',
  logs: 'Stock changes for systems that must miss none',
  keys: 'Who may do what',
  webhooks: 'Events that are sent to others, and how that went',
  operation: 'Health, figures, documents',
} as const;
type Tag = keyof typeof TAGS;

export const REQUEST_HEADERS = {
  'idempotency-key': {
    required: true,
    example: 'order-4711',
    about: '1 to 128 visible characters. A request repeated with the same key is answered as the first one was.',
  },
  'if-none-match': {
    required: false,
    example: '"k3f9.921"',
    about: 'The ETag of an earlier answer; when it still holds the answer is 304.',
  },
  /** Of a change: the one thing it can say there. */
  'if-none-match-any': {
    name: 'if-none-match',
    required: false,
    example: '*',
    about: 'Only `*`: there must be no such row yet, else 412. Not together with If-Match.',
  },
  'webhook-id': { required: false, example: 'msg_1', about: 'Of Standard Webhooks: the same for each try' },
  'webhook-timestamp': { required: false, example: '1795486061', about: 'Of Standard Webhooks: s since the epoch' },
  'webhook-signature': { required: false, example: 'v1,…', about: 'Of Standard Webhooks: HMAC of id, time and body' },
  'x-wc-webhook-signature': { required: false, example: '…', about: 'Of WooCommerce: HMAC of the body' },
  'x-shopify-hmac-sha256': { required: false, example: '…', about: 'Of Shopify: HMAC of the body' },
  'x-order-token': { required: true, example: '0123456789abcdef0123456789abcdef', about: 'The token of the order' },
  'last-event-id': {
    required: false,
    example: 'Jfj16V~1~…',
    about: 'The id of the last event: the stream goes on from there. Browsers send it by themselves.',
  },
  'if-match': {
    required: false,
    example: '"17"',
    about: 'The version that was seen, from an ETag. With another one now: 412.',
  },
} as const;
type RequestHeader = keyof typeof REQUEST_HEADERS;

export const RESPONSE_HEADERS = {
  etag: 'Names this version of the body; goes into If-None-Match or If-Match',
  location: 'Path of what was made',
  'x-position': 'Position of the fact in history: reads with minPosition see it',
} as const;
type ResponseHeader = keyof typeof RESPONSE_HEADERS;

/** What parameters mean, by name, with a value for examples. */
export const PARAMETERS: Readonly<Record<string, { readonly about: string; readonly example?: string | number }>> = {
  after: { about: '`next` of the page before' },
  at: { about: 'A time (ms since the epoch, or ISO 8601 with its zone), or a position from an earlier answer' },
  by: { about: 'Name of the key or token that did it' },
  ch: { about: 'Channel of states: stock, ops, alerts, order or orders; absent: stock', example: 'stock' },
  channel: { about: 'Channel of sale; absent: the server’s', example: 'web' },
  code: { about: 'Code of the refusal', example: 'unknown-node' },
  consumer: { about: 'Name of a reader of the log', example: 'erp-1' },
  log: { about: 'Name of a log', example: 'feed:wms' },
  event: { about: 'Number of a parked event', example: 7 },
  offset: { about: 'Oldest offset wanted', example: 1 },
  conflateMs: { about: 'Least ms between two updates of a key', example: 500 },
  date: { about: 'A day, YYYY-MM-DD; not together with days' },
  days: { about: 'So many days, today first', example: 7 },
  delivery: { about: 'Id of a delivery', example: 7 },
  effectiveAt: { about: 'When the change takes effect, as `at` is written; absent: now' },
  ended: { about: 'Also what is over, as long as it is remembered: a day' },
  format: { about: 'How the channel writes: json, shopify, woocommerce, amazon, invoices or poslog; absent: json' },
  first: { about: 'Id of the row, or the first part of it', example: 'S-1' },
  from: { about: 'Journal time, as `at` is written' },
  horizon: { about: 'Days looked ahead', example: 30 },
  id: { about: 'As an earlier answer names it', example: 'r0-1' },
  key: { about: 'A sku, or another key of the channel; repeat it for several', example: 'MILK-1' },
  kind: { about: 'Only of this kind' },
  km: { about: 'Only pickup nodes within so many km', example: 20 },
  lat: { about: 'Latitude, degrees: adds the nearest pickup nodes. Together with lon', example: 41.59 },
  limit: { about: 'Rows of one page', example: 50 },
  lon: { about: 'Longitude, degrees', example: -93.62 },
  minPosition: { about: 'A position: the answer has at least this fact, or is 503 ledger-behind' },
  name: { about: 'Name of the key', example: 'till-7' },
  node: { about: 'A store or distribution centre', example: 'S-1' },
  of: { about: 'Kind of reference data: nodes, groups, channels, sources, items, pools …', example: 'nodes' },
  order: { about: 'newest (first) or oldest', example: 'newest' },
  q: { about: 'A sku or words of the name', example: 'milk' },
  reason: { about: 'Why; kept with the change', example: 'new store' },
  sale: { about: 'Channel of sale; absent: the server’s', example: 'web' },
  second: { about: 'Second part of the id, of pools and switches', example: 'S-1' },
  since: { about: 'Id of the last event, for clients that cannot send Last-Event-ID' },
  sku: { about: 'The sellable item', example: 'MILK-1' },
  source: { about: 'The source system', example: 'pos' },
  stateChannel: { about: 'Channel of states: ops, alerts, order or orders', example: 'ops' },
  stateKey: {
    about: 'Of ops `now`, of alerts the kind of trouble, of order its id, of orders `recent` or `queues`',
    example: 'now',
  },
  state: { about: 'Only letters that are open, replayed or discarded' },
  topic: { about: 'What the channel calls the message: orders/create, order.updated …', example: 'orders/create' },
  to: { about: 'Journal time, as `at` is written' },
  warehouse: { about: 'Where an invoice list moves stock', example: 'S-1' },
  what: { about: 'Only this kind of command' },
  work: { about: 'Id of a work order', example: 'o20-1.1' },
};

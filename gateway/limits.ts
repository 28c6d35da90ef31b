/**
 * Every limit a client can run into, in the order of a request's way. Each is counted where it bites, as
 * `onhand_limit_hits_total{limit}`; limits.test.ts runs into each of them over real sockets and HTTP.
 */
export const LIMITS = {
  sockets: { options: ['SOCKETS_MAX'], seen: '503 `too-many-sockets`, Retry-After' },
  'sockets-per-address': { options: ['SOCKETS_PER_ADDRESS'], seen: '429 `too-many-sockets`, Retry-After' },
  accepts: { options: ['ACCEPTS_PER_SEC'], seen: '503 `too-many-accepts`, Retry-After' },
  'connect-time': { options: ['CONNECT_MS'], seen: 'the socket is the public’s; `connect` answers `connect-first`' },
  'message-bytes': { options: ['MSG_BYTES_MAX', 'STAFF_MSG_BYTES_MAX'], seen: 'close 4502' },
  fragments: { options: ['FRAGMENTS_MAX'], seen: 'close 1008' },
  commands: {
    options: ['COMMANDS_PER_SEC', 'COMMANDS_BURST'],
    seen: 'error `rate-limited`; after 100 in a row close 4005',
  },
  keys: { options: ['KEYS_MAX', 'STAFF_KEYS_MAX'], seen: 'error `too-many-keys`' },
  conflation: { options: ['CONFLATE_MS_MIN', 'CONFLATE_MS_MAX'], seen: 'error `conflate-out-of-bounds`' },
  silence: { options: ['HEARTBEAT_MS', 'HEARTBEAT_GRACE_MS'], seen: 'close 4002' },
  updates: {
    options: ['UPDATES_PER_SEC', 'STAFF_UPDATES_PER_SEC'],
    seen: 'nothing; a later flush brings the newest versions',
  },
  'unsent-skip': { options: ['UNSENT_SKIP_BYTES'], seen: 'nothing; a later flush brings the newest versions' },
  'unsent-close': { options: ['UNSENT_CLOSE_BYTES'], seen: 'close 4001' },
  'slow-reader': { options: ['SLOW_READER_MS'], seen: 'close 4001' },
  'socket-age': { options: ['SOCKET_AGE_MINUTES'], seen: 'close 4003' },
  'log-ack': { options: ['LOG_CREDIT_MAX', 'LOG_ACK_MS'], seen: 'close 4008; beyond its credit it is sent nothing' },
  'log-parked': { options: ['LOG_PARKED_MAX'], seen: 'close 4009' },
  'log-consumers': { options: ['LOG_CONSUMERS_MAX'], seen: 'error `too-many-consumers`' },
  'bad-keys': { options: ['BAD_KEYS_BURST', 'BAD_KEYS_PER_MINUTE'], seen: '429 `too-many-bad-keys`, Retry-After' },
  'address-requests': { options: ['REQUESTS_PER_MIN_ADDRESS'], seen: '429 `rate-limited`, Retry-After' },
  'key-requests': { options: ['REQUESTS_PER_MIN_KEY'], seen: '429 `rate-limited`, Retry-After' },
  'source-events': { options: ['SOURCE_EVENTS_PER_SEC'], seen: '429 `rate-limited`, Retry-After' },
  'json-body': { options: ['JSON_BYTES_MAX'], seen: '413 `body-too-large`' },
  'feed-body': { options: ['FEED_BYTES_MAX'], seen: '413 `body-too-large`' },
  'feeds-in-flight': { options: ['FEED_BYTES_IN_FLIGHT'], seen: '503 `overloaded`, Retry-After' },
  'webhook-body': { options: ['WEBHOOK_BYTES_MAX'], seen: '413 `body-too-large`' },
  'webhooks-in-flight': {
    options: ['WEBHOOK_BYTES_MAX'],
    seen: '503 `overloaded`, Retry-After: 32 of that length at once',
  },
  'webhook-ids': { options: ['WEBHOOK_IDS_MAX'], seen: '503 `overloaded`, Retry-After' },
  headers: { options: [], seen: '431 `headers-too-large`: path and headers have 16 KiB' },
  'request-time': { options: ['REQUEST_MS_MAX'], seen: '408 `request-too-slow`' },
} as const satisfies Readonly<Record<string, { readonly options: readonly string[]; readonly seen: string }>>;

export type Limit = keyof typeof LIMITS;

/** Called where a limit bites. */
export type Hit = (limit: Limit) => void;

/** How often each limit bit since the start. */
export class LimitHits {
  readonly #hits = new Map<Limit, number>(Object.keys(LIMITS).map((limit) => [limit as Limit, 0]));

  readonly hit: Hit = (limit) => void this.#hits.set(limit, this.#hits.get(limit)! + 1);

  of(limit: Limit): number {
    return this.#hits.get(limit)!;
  }

  get all(): ReadonlyMap<Limit, number> {
    return this.#hits;
  }
}

/** The table of gateway/README.md. */
export function limitsTable(): string {
  const rows = Object.entries(LIMITS).map(([limit, { options, seen }]) => {
    return `| \`${limit}\` | ${options.map((option) => `\`${option}\``).join(', ')} | ${seen} |`;
  });
  return ['| limit | options | what the client sees |', '| --- | --- | --- |', ...rows].join('\n');
}

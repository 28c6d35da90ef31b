// Who may call what: the one table that access-matrix.test.ts walks, with every role, on its own things and on others'.

/**
 * `region` is an operator limited to a node, a channel and a source. Own: node S-1, channel web, source pos; others': S-2,
 * b2b, erp.
 */
export const WHO = ['public', 'source', 'node', 'desk', 'region', 'operator', 'admin'] as const;
export type Who = (typeof WHO)[number];

export interface Row {
  /** As the router has it; several rows may be of one route. */
  readonly route: string;
  /**
   * What is asked. `{node}` `{channel}` `{source}` stand for the own one, then for another's; `{reservation}`,
   * `{order}` and `{letter}` are made for each call, `{n}` is a number never used before.
   */
  readonly path: string;
  readonly body?: object | string;
  /**
   * `who=status`, or `who=own/others'` where it differs; `all=` for the rest. Who is not named gets 401 as the public,
   * 403 with a key.
   */
  readonly may: string;
}

const row = (route: string, path: string, may: string, body?: object | string): Row => ({
  route,
  path,
  may,
  ...(body !== undefined && { body }),
});
const open = (route: string, path: string, status = 200): Row => row(route, path, `all=${status}`);

const RESERVATION = 'node=200/404 desk=200/404 region=200/404 operator=200 admin=200';
const LETTER = 'region=200/403 operator=200 admin=200';
const BOOK = 'region=200 operator=200 admin=200';
const LOG_GONE = 'region=404 operator=404 admin=404';
const ORDER = JSON.stringify({
  orderId: 'order-{n}',
  placedAt: Date.now(),
  currency: 'USD',
  lines: [{ sku: 'M-1', units: 1, price: '1.00' }],
});
const FEED_ROW = JSON.stringify({ kind: 'heartbeat', at: 1_700_000_000_000, id: 'h{n}', node: '{node}' });

export const ROUTES: readonly Row[] = [
  open('GET /', '/'),
  open('GET /tower', '/tower'),
  open('GET /node/:node', '/node/S-1'),
  open('GET /order', '/order'),
  open('GET /examples', '/examples'),
  open('GET /health/live', '/health/live'),
  open('GET /health/ready', '/health/ready'),
  open('GET /openapi.json', '/openapi.json'),
  open('GET /asyncapi.yaml', '/asyncapi.yaml'),
  open('GET /docs', '/docs'),
  open('GET /docs.js', '/docs.js'),
  row('GET /metrics', '/metrics', 'operator=200 admin=200'),
  open('GET /v1/nodes', '/v1/nodes'),
  open('GET /v1/items', '/v1/items?q=milk'),
  open('GET /v1/stock', '/v1/stock?sku=M-1&channel={channel}'),
  open('GET /v1/stock/:sku', '/v1/stock/M-1'),
  row('GET /v1/stock/:sku', '/v1/stock/M-1?at=1', 'node=404 desk=404 region=404 operator=404 admin=404'),
  row(
    'GET /v1/stock/:sku/atp',
    '/v1/stock/M-1/atp?channel={channel}',
    'public=200/401 source=200/403 node=200/403 desk=200/403 region=200/403 operator=200 admin=200',
  ),
  open('GET /v1/live', '/v1/live', 426),
  // Without a handshake; staff-door.test.ts has it with one.
  open('GET /v1/staff/live', '/v1/staff/live', 426),
  open('GET /v1/live/events', '/v1/live/events?ch=stock&key=M-1'),
  row('GET /v1/live/events', '/v1/live/events?ch=ops&key=now', 'public=403 operator=200 admin=200'),
  row('GET /v1/live/events', '/v1/live/events?ch=alerts&key=silent', 'public=403 operator=200 admin=200'),
  row('GET /v1/live/events', '/v1/live/events?ch=orders&key=recent', 'public=403 operator=200 admin=200'),
  open('GET /v1/live/events', '/v1/live/events?ch=order&key=nobodys'),

  row('POST /v1/orders', '/v1/orders?channel={channel}', 'desk=200/403 region=200/403 operator=200 admin=200', ORDER),
  row('GET /v1/orders/:id', '/v1/orders/{order}', 'node=404 desk=200/404 region=404 operator=200 admin=200'),
  open('GET /v1/orders/:id/status', '/v1/orders/{order}/status', 401),
  row('GET /v1/orders', '/v1/orders?channel={channel}', 'desk=200/403 operator=200 admin=200'),
  row('GET /v1/orders', '/v1/orders', 'desk=200 operator=200 admin=200'),
  row('GET /v1/orders/queues', '/v1/orders/queues', 'desk=200 operator=200 admin=200'),
  row('GET /v1/orders/queues', '/v1/orders/queues?channel={channel}', 'desk=200/403 operator=200 admin=200'),
  row(
    'GET /v1/orders/:id/timeline',
    '/v1/orders/{order}/timeline',
    'node=404 desk=200/404 region=404 operator=200 admin=200',
  ),
  row(
    'GET /v1/orders/:id/sourcing',
    '/v1/orders/{order}/sourcing',
    'node=404 desk=200/404 region=404 operator=200 admin=200',
  ),
  row('POST /v1/sourcing/dry-run', '/v1/sourcing/dry-run', 'desk=200/403 operator=200 admin=200', {
    order: { channel: '{channel}', lines: [{ sku: 'M-1', units: 1 }] },
  }),
  row('POST /v1/sourcing/dry-run', '/v1/sourcing/dry-run', 'node=404 desk=404 region=404 operator=404 admin=404', {
    order: 'o0-999',
  }),
  row('POST /v1/sourcing/simulate', '/v1/sourcing/simulate', 'desk=404 operator=404 admin=404', { rules: 'nobody' }),
  row('POST /v1/automations/dry-run', '/v1/automations/dry-run', 'desk=404 operator=404 admin=404', {
    automation: 'nobody',
  }),
  row('GET /v1/automations/:id/log', '/v1/automations/nobody/log', 'desk=200 operator=200 admin=200'),
  row('GET /v1/sourcing/shadow', '/v1/sourcing/shadow', 'desk=200 operator=200 admin=200'),
  row('GET /v1/customers', '/v1/customers', 'desk=200 operator=200 admin=200'),
  row('GET /v1/customers/:id', '/v1/customers/nobody', 'desk=404 operator=404 admin=404'),
  row(
    'POST /v1/orders/:id/acts',
    '/v1/orders/{order}/acts',
    'node=404 desk=200/404 region=404 operator=200 admin=200',
    { act: 'note', text: 'call first' },
  ),
  row('POST /v1/feeds/:source', '/v1/feeds/{source}', 'source=200/403 admin=200', FEED_ROW),
  open('POST /v1/webhooks/:source', '/v1/webhooks/{source}', 401),

  row('GET /v1/ledger', '/v1/ledger?node={node}', 'node=200/403 desk=200 region=200/403 operator=200 admin=200'),
  row('GET /v1/ledger', '/v1/ledger', 'desk=200 operator=200 admin=200'),
  row(
    'GET /v1/shortfalls',
    '/v1/shortfalls?node={node}',
    'node=200/403 desk=200 region=200/403 operator=200 admin=200',
  ),
  row(
    'GET /v1/stock/:sku/explain',
    '/v1/stock/M-1/explain?node={node}',
    'node=200/403 desk=200 region=200/403 operator=200 admin=200',
  ),
  row(
    'GET /v1/stock/:sku/explain',
    '/v1/stock/M-1/explain?channel={channel}',
    'node=200 desk=200/403 region=200/403 operator=200 admin=200',
  ),

  row('POST /v1/reservations', '/v1/reservations', 'node=201/403 desk=201/403 region=201/403 operator=201 admin=201', {
    channel: '{channel}',
    lines: [{ sku: 'M-1', units: 1, node: '{node}' }],
  }),
  row('POST /v1/reservations', '/v1/reservations', 'desk=201/403 operator=201 admin=201', {
    channel: '{channel}',
    lines: [{ sku: 'M-1', units: 1, group: 'all' }],
  }),
  row('GET /v1/reservations', '/v1/reservations', 'node=200 desk=200 region=200 operator=200 admin=200'),
  row('GET /v1/reservations/:id', '/v1/reservations/{reservation}', RESERVATION),
  row('DELETE /v1/reservations/:id', '/v1/reservations/{reservation}', RESERVATION),
  row('POST /v1/reservations/:id/extend', '/v1/reservations/{reservation}/extend', RESERVATION, { holdMs: 1_200_000 }),
  row(
    'POST /v1/reservations/:id/move',
    '/v1/reservations/{reservation}/move',
    'node=403 desk=200/404 region=403 operator=200 admin=200',
    { sku: 'M-1', from: { node: '{node}' }, to: { group: 'all' } },
  ),

  row('GET /v1/nodes/:node/work', '/v1/nodes/{node}/work', 'node=200/403 operator=200 admin=200'),
  row('GET /v1/nodes/:node/work/:work', '/v1/nodes/{node}/work/none', 'node=404/403 operator=404 admin=404'),
  row(
    'POST /v1/nodes/:node/work/:work/acts',
    '/v1/nodes/{node}/work/none/acts',
    'node=404/403 operator=404 admin=404',
    { act: 'accept' },
  ),
  row('POST /v1/stock/:sku/corrections', '/v1/stock/M-1/corrections', 'region=201/403 operator=201 admin=201', {
    node: '{node}',
    units: 1,
    reason: 'found one',
  }),
  row('POST /v1/stock/:sku/repairs', '/v1/stock/M-1/repairs', 'operator=409 admin=409', { reason: 'looks odd' }),
  row('GET /v1/states/:stateChannel/:stateKey', '/v1/states/ops/now', 'operator=200 admin=200'),
  row('GET /v1/states/:stateChannel/:stateKey', '/v1/states/alerts/silent-nodes', 'operator=200 admin=200'),
  row('GET /v1/states/:stateChannel/:stateKey', '/v1/states/orders/queues', 'operator=200 admin=200'),
  row(
    'GET /v1/states/:stateChannel/:stateKey',
    '/v1/states/order/nobodys',
    'source=404 node=404 desk=404 region=404 operator=404 admin=404',
  ),
  row('GET /v1/stats', '/v1/stats', 'operator=200 admin=200'),
  row('GET /v1/sources/:source/gaps', '/v1/sources/{source}/gaps', LETTER),

  row('GET /v1/dead-letters', '/v1/dead-letters?source={source}', LETTER),
  row('GET /v1/dead-letters', '/v1/dead-letters', 'operator=200 admin=200'),
  row('GET /v1/dead-letters/:id', '/v1/dead-letters/{letter}', LETTER),
  row('POST /v1/dead-letters/:id/replay', '/v1/dead-letters/{letter}/replay', 'region=422/403 operator=422 admin=422'),
  row(
    'POST /v1/dead-letters/:id/approve',
    '/v1/dead-letters/{letter}/approve',
    'region=422/403 operator=422 admin=422',
  ),
  row('POST /v1/dead-letters/:id/discard', '/v1/dead-letters/{letter}/discard', LETTER),
  row('POST /v1/dead-letters/approve', '/v1/dead-letters/approve?source={source}', LETTER),

  row('GET /v1/reference/:of', '/v1/reference/nodes', BOOK),
  row('GET /v1/reference/:of/:first/:second?', '/v1/reference/nodes/S-1', BOOK),
  row('PUT /v1/reference/:of/:first/:second?', '/v1/reference/nodes/S-1', 'admin=422', {}),
  row('DELETE /v1/reference/:of/:first/:second?', '/v1/reference/nodes/none', 'admin=404'),
  row('POST /v1/reference/:of', '/v1/reference/nodes', 'admin=422', { rows: [] }),
  row('GET /v1/reference/pending', '/v1/reference/pending', BOOK),
  row('DELETE /v1/reference/pending/:id', '/v1/reference/pending/none', 'admin=404'),
  row('GET /v1/reference/audit', '/v1/reference/audit', BOOK),

  row('GET /v1/audit', '/v1/audit', 'operator=200 admin=200'),
  row('GET /v1/keys', '/v1/keys', 'admin=200'),
  row('POST /v1/keys', '/v1/keys', 'admin=201', { name: 'made-{n}', role: 'public' }),
  row('DELETE /v1/keys/:name', '/v1/keys/nobody', 'admin=404'),
  row('POST /v1/keys/:name/rotate', '/v1/keys/nobody/rotate', 'admin=404', {}),
  row('DELETE /v1/keys/:name/older', '/v1/keys/nobody/older', 'admin=404'),
  row('GET /v1/sources/:source/webhook-secret', '/v1/sources/nobody/webhook-secret', 'admin=404'),
  row('POST /v1/sources/:source/webhook-secret', '/v1/sources/nobody/webhook-secret', 'admin=404', {
    scheme: 'standard',
  }),
  row('DELETE /v1/sources/:source/webhook-secret', '/v1/sources/nobody/webhook-secret', 'admin=404'),
  row('GET /v1/webhook-endpoints', '/v1/webhook-endpoints', 'operator=200 admin=200'),
  row('POST /v1/webhook-endpoints', '/v1/webhook-endpoints', 'admin=422', { url: 'x', types: ['stock.changed'] }),
  row('PATCH /v1/webhook-endpoints/:id', '/v1/webhook-endpoints/none', 'operator=404 admin=404', { state: 'active' }),
  row('PATCH /v1/webhook-endpoints/:id', '/v1/webhook-endpoints/none', 'admin=404', { note: 'x', state: 'active' }),
  row('DELETE /v1/webhook-endpoints/:id', '/v1/webhook-endpoints/none', 'admin=404'),
  row('POST /v1/webhook-endpoints/:id/secret', '/v1/webhook-endpoints/none/secret', 'admin=404'),
  row('POST /v1/webhook-endpoints/:id/test', '/v1/webhook-endpoints/none/test', 'operator=404 admin=404'),
  row('GET /v1/webhook-endpoints/:id/deliveries', '/v1/webhook-endpoints/none/deliveries', 'operator=404 admin=404'),
  row(
    'GET /v1/webhook-endpoints/:id/deliveries/:delivery',
    '/v1/webhook-endpoints/none/deliveries/1',
    'operator=404 admin=404',
  ),
  row(
    'POST /v1/webhook-endpoints/:id/deliveries/:delivery/replay',
    '/v1/webhook-endpoints/none/deliveries/1/replay',
    'operator=404 admin=404',
  ),
  row(
    'POST /v1/webhook-endpoints/:id/deliveries/replay-failed',
    '/v1/webhook-endpoints/none/deliveries/replay-failed',
    'operator=200 admin=200',
  ),
  row('GET /v1/log', '/v1/log', 'node=200 region=200 operator=200 admin=200'),
  row('GET /v1/log/:log/events', '/v1/log/feed:{node}/events', 'node=200/404 region=200/404 operator=200 admin=200'),
  row(
    'GET /v1/log/:log/snapshot',
    '/v1/log/feed:{node}/snapshot',
    'node=200/404 region=200/404 operator=200 admin=200',
  ),
  row('GET /v1/log/:log/events', '/v1/log/work:{node}/events', 'node=200/404 region=404 operator=200 admin=200'),
  row('GET /v1/log/:log/snapshot', '/v1/log/work:{node}/snapshot', 'node=200/404 region=404 operator=200 admin=200'),
  row('GET /v1/log/:log/parked', '/v1/log/feed:{node}/parked', 'region=200/404 operator=200 admin=200'),
  row('POST /v1/log/:log/parked/:event/replay', '/v1/log/feed:{node}/parked/9/replay', LOG_GONE),
  row('DELETE /v1/log/:log/parked/:event', '/v1/log/feed:{node}/parked/9', LOG_GONE),
  row('DELETE /v1/log/:log/consumers/:consumer', '/v1/log/feed:{node}/consumers/nobody', LOG_GONE),
  open('GET /v1/webhook-event-types', '/v1/webhook-event-types'),
];

/** A channel of the websocket. Who is in neither list is told `forbidden`. */
export interface ChannelRow {
  /** The whole name, of logs: `{node}` stands for the own node, then for another's. */
  readonly ch: string;
  /** Which key is asked for; logs have none. */
  readonly key?: string;
  readonly may: readonly Who[];
  /** Who gets another node's; the same unless it says so. */
  readonly others?: readonly Who[];
}

/** By what the server calls them. */
export const CHANNELS: Readonly<Record<string, ChannelRow>> = {
  stock: { ch: 'stock', key: 'M-1', may: WHO },
  ops: { ch: 'ops', key: 'now', may: ['operator', 'admin'] },
  alerts: { ch: 'alerts', key: 'silent', may: ['operator', 'admin'] },
  orders: { ch: 'orders', key: 'recent', may: ['operator', 'admin'] },
  order: { ch: 'order', key: 'nobodys', may: WHO },
  'work:': { ch: 'work:{node}', may: ['node', 'operator', 'admin'], others: ['operator', 'admin'] },
  'feed:': { ch: 'feed:{node}', may: ['node', 'region', 'operator', 'admin'], others: ['operator', 'admin'] },
};

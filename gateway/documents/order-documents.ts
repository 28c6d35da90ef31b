import type { RouteDocuments } from './route-document.ts';

const UNKNOWN = 'unknown-order: there is none, or none that the key may see';
const ORDER = {
  orderId: 'W-1001',
  placedAt: '2026-11-24T10:05:00Z',
  currency: 'USD',
  customer: { email: 'ann@example.com' },
  shipTo: { postcode: '43215', region: 'OH', country: 'US' },
  lines: [{ sku: 'MILK-1', units: 2, price: '19.99', tax: '2.66' }],
  charges: [{ kind: 'shipping', name: 'Ground', amount: '4.95' }],
};

export const ORDER_DOCUMENTS: RouteDocuments = {
  'POST /v1/orders': {
    tag: 'orders',
    summary: 'Hand in a channel’s messages about orders',
    about:
      'One message, a list, NDJSON or a file, in the format the query names, whatever its content type says; optionally ' +
      '`content-encoding: gzip`. An order of a channel counts once, and so does each message about it, in whatever order ' +
      'they come (rule OR1). A message is durable when it is answered; its units are sourced at once after that. What ' +
      'cannot be taken becomes a dead letter; the other messages of the body count. In the name of a `source` it also ' +
      'needs the scope `feeds`: an invoice list moves stock beside its orders.',
    rawBody: { '*/*': 'Text in the channel’s format' },
    example: JSON.stringify(ORDER),
    answers: {
      200: { about: 'At least one message was taken, kept or ignored, or there was none', body: 'OrdersAnswer' },
      422: {
        about: 'Every message was refused; or invalid-request: the query is wrong',
        body: 'OrdersAnswer | HttpError',
      },
    },
    refusals: {
      404: 'unknown-channel; unknown-source; unknown-node',
      413: 'body-too-large',
      415: 'unsupported-encoding',
    },
  },
  'GET /v1/orders/:id': {
    tag: 'orders',
    summary: 'One order as it is now',
    needsKey: true,
    about:
      'With the scope `orders` one’s own, with `desk` all of the key’s channels; who is limited to nodes sees none but its ' +
      'own. Add the ETag as If-None-Match to be told whether it has changed.',
    headers: ['if-none-match'],
    answers: {
      200: { about: 'The order', body: 'OrderBody', headers: ['etag'] },
      304: { about: 'Not changed since', headers: ['etag'] },
    },
    refusals: { 401: 'key-required', 403: 'scope-required', 404: UNKNOWN },
  },
  'GET /v1/orders/:id/status': {
    tag: 'orders',
    summary: 'How an order stands, for its customer',
    about:
      'With the token that whoever placed the order was told, in a header: no key, and never in the address. A wrong token ' +
      'is answered as if there were no such order. The order is pushed too, step by step: channel `order` of the ' +
      'websocket, key `<id>.<token>`. Pages of ALLOWED_ORIGINS may read it.',
    headers: ['x-order-token', 'if-none-match'],
    answers: {
      200: { about: 'The order', body: 'CustomerOrder', headers: ['etag'] },
      304: { about: 'Not changed since', headers: ['etag'] },
    },
    refusals: {
      401: 'token-required; unknown-key; token-expired',
      404: 'unknown-order: or the token is not its',
      429: 'too-many-bad-keys: too many wrong tokens from this address; rate-limited',
    },
  },
  'POST /v1/orders/:id/acts': {
    tag: 'orders',
    summary: 'Do something to an order by hand: cancel, hold, allocate, release, pull back, take a return …',
    about:
      'It stands in the order’s timeline with who and why, and in the audit. Durable when answered; what follows from it ' +
      '(units that are sourced anew) follows at once. The same act by the same key changes nothing (rule OR10). With ' +
      'If-Match it is refused when the order has changed since it was read. A return may be received with a key for its node.',
    headers: ['idempotency-key', 'if-match'],
    example: { act: 'hold', kind: 'review', reason: 'address looks odd' },
    answers: { 200: { about: 'The order as it is since', body: 'OrderBody', headers: ['etag'] } },
    refusals: {
      404: UNKNOWN,
      409:
        'key-reused; already-ended; already-packed; on-hold (`field` says which); not-held; already-held; nothing-to-do; ' +
        'node-switched-off; units-exceed-available; capacity-reached; under-way; not-shipped',
      412: 'version-conflict: `version` is the current one',
      422:
        'unknown-line; units-out-of-bounds (`units` says how many could be); unknown-node; node-not-in-channel; ' +
        'unknown-work; unknown-return; malformed-id; idempotency-key-required; invalid-request',
    },
  },
};

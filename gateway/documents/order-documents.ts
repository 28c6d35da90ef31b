import type { RouteDocuments } from './route-document.ts';

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
};

import type { RouteDocuments } from './route-document.ts';

const KNOWN_SKU = 'unknown-sku: nobody has reported it and it is not in the item master; unknown-channel';

export const STOCK_DOCUMENTS: RouteDocuments = {
  'GET /v1/stock/:sku': {
    tag: 'stock',
    summary: 'What one sku shows in a channel of sale',
    about:
      'The public is told the band and, where the channel of sale allows it, units; `d` is what the websocket pushes. ' +
      'A key with the scope `stock` that names no channel gets the split: every term behind the number, per node. With ' +
      '`at` the split as it was at a moment of the past (scope `stock`).',
    headers: ['if-none-match'],
    answers: {
      200: {
        about: 'The state, the split, or the split as it was',
        body: 'PublicStock | StaffStock | PastStockInfo',
        headersAtTimes: ['etag'],
      },
      304: { about: 'What If-None-Match names still holds' },
    },
    refusals: {
      401: 'key-required: `at` needs a key',
      403: 'scope-required: `at` needs the scope stock',
      404: KNOWN_SKU,
      409: 'not-yet: the position lies ahead',
      410: 'beyond-history: nothing of that time is kept',
      422: 'malformed-id; malformed-time; invalid-request: `field` is not as the schema says',
      504: 'too-far-to-replay',
    },
  },
  'GET /v1/stock': {
    tag: 'stock',
    summary: 'What up to 100 skus show in a channel of sale',
    about: 'Known ones in the order asked, the others under `unknown`. Repeat `sku` for each.',
    answers: { 200: { about: 'The states', body: 'ManyStock' } },
    refusals: { 404: 'unknown-channel' },
  },
  'GET /v1/stock/:sku/atp': {
    tag: 'stock',
    summary: 'What can be promised for a day, or for each of the coming days',
    about:
      'Days are of UTC, the end of the day counts. Without `date` and `days`: today. Open to the public where the ' +
      'channel of sale shows units, else it needs the scope `stock`. Rule AV3.',
    answers: { 200: { about: 'Units per day', body: 'AtpInfo' } },
    refusals: {
      401: 'key-required: this channel of sale does not show units to the public',
      403: 'scope-required',
      404: KNOWN_SKU,
      422: 'date-past; date-beyond-horizon; invalid-request',
    },
  },
  'GET /v1/items': {
    tag: 'stock',
    summary: 'Items by sku or by words of their name',
    about: 'Best fit first: exact, beginning, words, parts of words.',
    answers: { 200: { about: 'Items found', body: 'ItemsFound' } },
  },
  'GET /v1/nodes': {
    tag: 'stock',
    summary: 'All nodes with place and hours',
    answers: { 200: { about: 'The nodes', body: '{ readonly nodes: readonly NodeInfo[] }' } },
  },
};

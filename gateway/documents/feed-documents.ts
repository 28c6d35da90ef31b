import type { RouteDocuments } from './route-document.ts';

const LETTER = 'unknown-letter';
const ORIGINAL = 'The corrected text in the source’s format; empty: the original again';
const NONE_TAKEN = {
  about: 'Every row was refused, or the body as a whole: wrong-encoding …',
  body: 'FeedAnswer | HttpError',
};
const STILL_REFUSED = {
  about: 'Refused again, in part or whole: the letter stays open',
  body: 'FeedAnswer | HttpError',
};
const TOO_LARGE = { 413: 'body-too-large', 415: 'unsupported-encoding' } as const;
const ROW = {
  kind: 'snapshot',
  id: 'MILK-1-S-1-1',
  at: 1_795_486_061_000,
  sku: 'MILK-1',
  node: 'S-1',
  quantity: 9,
  covers: 'count',
  carries: 'on-hand',
};

export const FEED_DOCUMENTS: RouteDocuments = {
  'POST /v1/feeds/:source': {
    tag: 'feeds',
    summary: 'Hand in events of a source system',
    about:
      'The body has the format that the reference data gives the source, whatever its content type says: NDJSON, CSV, ' +
      'X12 846, EDIFACT, XML … Optionally `content-encoding: gzip`. Rows that cannot be taken become dead letters; the ' +
      'others count. An event that comes again changes nothing.',
    rawBody: { '*/*': 'Text in the source’s format' },
    example: JSON.stringify(ROW),
    answers: { 200: { about: 'At least one row was taken, or there was none', body: 'FeedAnswer' }, 422: NONE_TAKEN },
    refusals: { 404: 'unknown-source', ...TOO_LARGE },
  },
  'POST /v1/webhooks/:source': {
    tag: 'feeds',
    summary: 'Hand in events signed, as a webhook',
    about:
      'The signature is the key: Standard Webhooks, Shopify’s or WooCommerce’s, over the bytes as they are sent. Of a source ' +
      'with `orders` it is about orders, unless its topic is one of stock. A delivery that comes ' +
      'again counts once, also after a restart. What became a dead letter is answered 200 too.',
    headers: [
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
      'x-shopify-hmac-sha256',
      'x-wc-webhook-signature',
    ],
    rawBody: { '*/*': 'Text in the source’s format' },
    example: JSON.stringify(ROW),
    answers: {
      200: { about: 'Kept, or had come before', body: 'FeedAnswer | OrdersCounted | { readonly repeated: true }' },
    },
    refusals: { 401: 'wrong-signature', ...TOO_LARGE },
  },
  'GET /v1/dead-letters': {
    tag: 'feeds',
    summary: 'What could not be taken, newest first',
    answers: { 200: { about: 'A page', body: 'LettersPage' } },
  },
  'GET /v1/dead-letters/:id': {
    tag: 'feeds',
    summary: 'One dead letter with its original',
    answers: { 200: { about: 'The letter', body: 'LetterInfo' } },
    refusals: { 404: LETTER },
  },
  'POST /v1/dead-letters/:id/replay': {
    tag: 'feeds',
    summary: 'Feed a corrected letter',
    rawBody: { '*/*': ORIGINAL },
    example: JSON.stringify(ROW),
    answers: { 200: { about: 'Taken', body: 'FeedAnswer' }, 422: STILL_REFUSED },
    refusals: { 404: LETTER, 409: 'letter-not-open', ...TOO_LARGE },
  },
  'POST /v1/dead-letters/:id/approve': {
    tag: 'feeds',
    summary: 'Feed a letter again without the brakes',
    about: 'For letters that wait for approval because the change was suspiciously large.',
    answers: { 200: { about: 'Taken', body: 'FeedAnswer' }, 422: STILL_REFUSED },
    refusals: { 404: LETTER, 409: 'letter-not-open' },
  },
  'POST /v1/dead-letters/approve': {
    tag: 'feeds',
    summary: 'Approve what waits of one source, 1,000 at once',
    answers: { 200: { about: 'How many', body: 'ApprovedAll' } },
  },
  'POST /v1/dead-letters/:id/discard': {
    tag: 'feeds',
    summary: 'Close a letter without feeding it',
    answers: { 200: { about: 'Closed', body: 'LetterInfo' } },
    refusals: { 404: LETTER, 409: 'letter-not-open' },
  },
  'GET /v1/sources/:source/gaps': {
    tag: 'feeds',
    summary: 'Which numbers of a source’s events are missing',
    answers: { 200: { about: 'Streams with gaps, 100 at most', body: 'SourceGapsInfo' } },
    refusals: { 404: 'unknown-source' },
  },
};

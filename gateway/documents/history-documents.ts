import type { RouteDocuments } from './route-document.ts';

export const HISTORY_DOCUMENTS: RouteDocuments = {
  'GET /v1/ledger': {
    tag: 'history',
    summary: 'Every movement, as rows or as CSV',
    about: '`from` and `to` are journal times. With `Accept: text/csv` up to 100,000 rows as a file. Rule AV8.',
    answers: {
      200: { about: 'A page', body: 'LedgerInfo', text: { 'text/csv': 'The same rows as a file' } },
    },
    refusals: { 503: 'ledger-behind: it has not yet written what minPosition names' },
  },
  'GET /v1/stock/:sku/explain': {
    tag: 'history',
    summary: 'Every term of a number with the events and holds behind it',
    answers: { 200: { about: 'The explanation', body: 'StockExplained' } },
    refusals: { 404: 'unknown-sku; unknown-channel; unknown-node', 503: 'ledger-behind' },
  },
  'GET /v1/shortfalls': {
    tag: 'history',
    summary: 'Positions with fewer units than are promised there, those open longest first',
    answers: { 200: { about: 'A page', body: 'ShortfallsPage' } },
  },
  'POST /v1/stock/:sku/corrections': {
    tag: 'history',
    summary: 'Say that on-hand was wrong by so many units',
    headers: ['idempotency-key'],
    example: { node: 'S-1', units: -2, reason: 'two cartons were crushed' },
    answers: { 201: { about: 'Entered', body: 'CorrectionInfo', headers: ['x-position'] } },
    refusals: {
      404: 'unknown-node; unknown-sku',
      409: 'key-reused',
      422: 'units-out-of-bounds; stock-of-a-kit; reason-missing; idempotency-key-required; invalid-request',
    },
  },
  'POST /v1/stock/:sku/repairs': {
    tag: 'history',
    summary: 'Work out again the sums that are not what their terms give',
    about: 'Changes no term. Rule AV7.',
    example: { reason: 'the invariant watch reported it' },
    answers: { 201: { about: 'Each sum before and after', body: 'RepairInfo', headers: ['x-position'] } },
    refusals: { 404: 'unknown-sku', 409: 'nothing-to-repair', 422: 'reason-missing; invalid-request' },
  },
};

import type { RouteDocuments } from './route-document.ts';

const UNKNOWN = 'unknown-order: there is none, or none that the key may see';
const BEHIND = 'ledger-behind: history is not as far as this moment';
const RIGHTS = 'As the order itself: with the scope `orders` one’s own, with `desk` those of the key’s channels.';
const KEYED = { 401: 'key-required', 403: 'scope-required', 404: UNKNOWN, 503: BEHIND };

export const ORDER_HISTORY_DOCUMENTS: RouteDocuments = {
  'GET /v1/orders': {
    tag: 'orders',
    summary: 'Find orders of all times, as rows or as CSV',
    about:
      '`q` looks in number, ids, customer, e-mail, phone, sku, title, address, tags, note and parcels’ numbers. All that is ' +
      'given must hold. What was answered as done before is found at once. A page may be short and have `next` all the ' +
      'same: it looks at so many orders at most. A key that is limited to channels is shown their orders. With ' +
      '`Accept: text/csv` up to 100,000 rows as a file. Rule OR12.',
    answers: { 200: { about: 'A page', body: 'OrderListPage', text: { 'text/csv': 'The same rows as a file' } } },
    refusals: { 422: 'malformed-id; malformed-time; invalid-request', 503: BEHIND },
  },
  'GET /v1/orders/queues': {
    tag: 'orders',
    summary: 'How many orders need a person for what, and how many have each status',
    about: 'The orders themselves: `GET /v1/orders?queue=`. Of the channels the key may see.',
    answers: { 200: { about: 'The counts', body: 'OrderCountsInfo' } },
    refusals: { 503: BEHIND },
  },
  'GET /v1/orders/:id/timeline': {
    tag: 'orders',
    summary: 'What happened to one order, oldest first, each in a sentence',
    needsKey: true,
    about: RIGHTS,
    answers: { 200: { about: 'A page', body: 'OrderTimeline' } },
    refusals: { ...KEYED, 422: 'malformed-position; invalid-request' },
  },
  'GET /v1/orders/:id/sourcing': {
    tag: 'orders',
    summary: 'How one order found its nodes: each decision with its candidates and costs',
    needsKey: true,
    about: `${RIGHTS} Rules OR5 and OR6.`,
    answers: { 200: { about: 'The decisions, oldest first', body: 'OrderSourcing' } },
    refusals: KEYED,
  },
  'POST /v1/sourcing/dry-run': {
    tag: 'orders',
    summary: 'Try rules on one order, by the stock and work of now',
    about:
      '`rules` is a row of `/v1/reference/sourcing` or rules that are none yet; without them the live ones are tried. `order` ' +
      'is an order’s id, as if none of it had a node yet, or one that nobody has placed. Nothing changes. Rule OR6.',
    example: { order: { channel: 'web', lat: 40, lon: -83, lines: [{ sku: 'MILK-1', units: 2 }] } },
    answers: { 200: { about: 'What would be decided', body: 'SourcingDecisionInfo' } },
    refusals: {
      404: 'unknown-order; unknown-row: there are no such rules',
      422: 'invalid-row: the rules have faults; unknown-channel; malformed-id; invalid-request',
    },
  },
  'POST /v1/sourcing/simulate': {
    tag: 'orders',
    summary: 'Try rules on the orders of the last day, or of any time',
    about:
      'Each order’s first decision is made again, by these rules and by the live ones, with what was recorded of it: of 100 ' +
      'nodes at most what they had then. Both are measured by the costs of the live rules. The newest orders first, 500 ' +
      'unless `limit` says so, of the channels the key may see. Nothing changes. Rule OR6.',
    example: { rules: 'draft', limit: 1_000 },
    answers: { 200: { about: 'Both beside each other', body: 'SourcingComparisonInfo' } },
    refusals: {
      404: 'unknown-row: there are no such rules',
      422: 'invalid-row: the rules have faults; malformed-time; invalid-request',
      503: BEHIND,
    },
  },
  'GET /v1/sourcing/shadow': {
    tag: 'orders',
    summary: 'What the rules `shadow` decided beside the live ones',
    about:
      'While there is a row `shadow` of `/v1/reference/sourcing`, every order is decided by it too, without effect. Of the ' +
      'last day unless `from` and `to` say otherwise; the newest orders first, 500 unless `limit` says so. Rule OR6.',
    answers: { 200: { about: 'Both beside each other', body: 'SourcingComparisonInfo' } },
    refusals: { 422: 'malformed-time; invalid-request', 503: BEHIND },
  },
  'POST /v1/automations/dry-run': {
    tag: 'orders',
    summary: 'For which orders an automation would have run',
    about:
      '`automation` is a row of `/v1/reference/automations` or one that is none yet, switched on or off. Orders are judged by ' +
      'how they stand now: what came to pass and is no more to be seen, a hold of yesterday, is not known. Those of the last ' +
      'day unless `from` and `to` say otherwise; the newest first, 500 unless `limit` says so. Nothing changes. Rule OR10.',
    example: { automation: 'large-order', limit: 1_000 },
    answers: { 200: { about: 'The orders', body: 'AutomationTrialInfo' } },
    refusals: {
      404: 'unknown-row: there is no such automation',
      422: 'invalid-row: it has faults; malformed-time; invalid-request',
      503: BEHIND,
    },
  },
  'GET /v1/automations/:id/log': {
    tag: 'orders',
    summary: 'What an automation did, the newest first',
    about:
      'One that was deleted has its log still. A page may be short: what it did to orders of other channels than the key ' +
      'may see is left out. Rule OR10.',
    answers: { 200: { about: 'A page', body: 'RuleLogInfo' } },
    refusals: { 422: 'invalid-request', 503: BEHIND },
  },
  'GET /v1/customers': {
    tag: 'orders',
    summary: 'Find who ordered, over all channels',
    about:
      'By words of name, e-mail address, phone or the channel’s id of the customer; without words who ordered last. Of the ' +
      'channels the key may see.',
    answers: { 200: { about: 'The first of them', body: 'CustomerListPage' } },
    refusals: { 503: BEHIND },
  },
  'GET /v1/customers/:id': {
    tag: 'orders',
    summary: 'One customer over all channels, with the newest orders',
    about: 'An id from before two customers were found to be one names them still.',
    answers: { 200: { about: 'The customer', body: 'CustomerBody' } },
    refusals: { 404: 'unknown-customer', 503: BEHIND },
  },
};

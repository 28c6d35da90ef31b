import type { RouteDocuments } from './route-document.ts';

export const OPERATION_DOCUMENTS: RouteDocuments = {
  'GET /v1/live': {
    tag: 'live',
    summary: 'The websocket',
    about:
      'Open it as a websocket with the sub-protocol `onhand.v1.json`. What is said there is in /asyncapi.yaml and, as ' +
      'rules, in /docs.',
    answers: {},
    refusals: { 426: 'upgrade-required: asked without a websocket handshake' },
  },
  'GET /v1/staff/live': {
    tag: 'live',
    summary: 'The websocket for staff',
    about:
      'As `/v1/live`, for programs that show their key in the head of the handshake (`Authorization: Bearer …`) and are ' +
      'refused there with a status. Who shows none sends `connect` first.',
    answers: {},
    refusals: {
      403: 'origin-not-allowed',
      426: 'upgrade-required: asked without a websocket handshake',
      429: 'too-many-sockets of this address',
      503: 'too-many-sockets; too-many-accepts; draining',
    },
  },
  'GET /v1/live/events': {
    tag: 'live',
    summary: 'The same messages as Server-Sent Events',
    about:
      'For pages behind proxies that break websockets. The `data` of each event is one server message of ' +
      '/asyncapi.yaml; its `id` resumes the stream. One `subscribe` is the query.',
    headers: ['last-event-id'],
    answers: { 200: { about: 'The stream', text: { 'text/event-stream': 'Events until one of both goes' } } },
    refusals: {
      403: 'origin-not-allowed; forbidden: the channel needs a key that may watch it',
      404: 'unknown-channel: there is no such channel of sale',
      429: 'too-many-sockets of this address',
      503: 'too-many-sockets; too-many-accepts; draining',
    },
  },
  'GET /v1/states/:stateChannel/:stateKey': {
    tag: 'live',
    summary: 'A state as a channel pushes it, asked for',
    about:
      '`e`, `r` and `d` as the websocket has them. ops and alerts need the scope `ops` and no limits, order `orders` or ' +
      '`desk`, orders `desk` and no limits. Of stock: `GET /v1/stock/{sku}`.',
    needsKey: true,
    headers: ['if-none-match'],
    answers: {
      200: { about: 'The state', body: 'KeyedState', headers: ['etag'] },
      304: { about: 'As it was' },
    },
    refusals: { 403: 'forbidden', 404: 'unknown-state' },
  },
  'GET /v1/stats': {
    tag: 'operation',
    summary: 'Figures of engine and server',
    answers: { 200: { about: 'The figures', body: '{ readonly engine: object; readonly server: object }' } },
  },
  'GET /metrics': {
    tag: 'operation',
    summary: 'Everything that is counted, for Prometheus',
    about: 'With a key of the scope `metrics`, which may do nothing else, or of `ops`.',
    needsKey: true,
    answers: { 200: { about: 'All metrics', text: { 'text/plain': 'The text format of Prometheus, version 0.0.4' } } },
  },
  'GET /health/live': {
    tag: 'operation',
    summary: 'The process runs',
    answers: { 200: { about: 'It does', body: "{ readonly status: 'live' }" } },
  },
  'GET /health/ready': {
    tag: 'operation',
    summary: 'The server takes work',
    answers: { 200: { about: 'It does', body: "{ readonly status: 'ready' }" } },
    refusals: { 503: 'starting; draining' },
  },
  'GET /openapi.json': {
    tag: 'operation',
    summary: 'This document',
    answers: { 200: { about: 'OpenAPI 3.1', body: 'object', headers: ['etag'] }, 304: { about: 'As it was' } },
    headers: ['if-none-match'],
  },
  'GET /asyncapi.yaml': {
    tag: 'operation',
    summary: 'The websocket and event stream as an AsyncAPI 3 document',
    answers: {
      200: { about: 'AsyncAPI 3', text: { 'application/yaml': 'The document' }, headers: ['etag'] },
      304: { about: 'As it was' },
    },
    headers: ['if-none-match'],
  },
};

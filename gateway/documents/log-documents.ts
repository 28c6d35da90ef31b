import type { RouteDocuments } from './route-document.ts';

const OWN_EPOCH = 'A key with limits finds only what was parked in the present epoch of the log.';
const NEEDS = 'Of `feed:` needs the scope `outfeeds`, of `work:` the scope `work`.';
const SCOPED = { 401: 'key-required', 403: 'scope-required' } as const;
const UNKNOWN = { 404: 'unknown-log' } as const;
const UNKNOWN_EVENT = { 404: 'unknown-log; unknown-event' } as const;

export const LOG_DOCUMENTS: RouteDocuments = {
  'GET /v1/log': {
    tag: 'logs',
    summary: 'Logs, how far they reach, who reads them and how far each lags',
    about: 'By name. Needs the scope `outfeeds` or `work`; each kind is listed for who may read it.',
    needsKey: true,
    refusals: SCOPED,
    answers: { 200: { about: 'Those this key may read', body: 'LogsList' } },
  },
  'GET /v1/log/:log/events': {
    tag: 'logs',
    summary: 'Events of a log from an offset on',
    about: `For whoever has no websocket. When \`first\` is beyond the offset asked for, events are lost. ${NEEDS}`,
    needsKey: true,
    answers: { 200: { about: 'A page, without a gap', body: 'LogEventsPage' } },
    refusals: { ...SCOPED, ...UNKNOWN },
  },
  'GET /v1/log/:log/snapshot': {
    tag: 'logs',
    summary: 'Everything a log is about, as it is now',
    about:
      'For a consumer that has lost events. Of a feed an event of the same shard with the same or an earlier position is in a ' +
      `line already; of a node’s work one with the same or an earlier \`version\`. ${NEEDS}`,
    needsKey: true,
    answers: {
      200: {
        about: 'The end of the log, then a line per sku, or per open work order',
        lines: { first: 'LogSnapshotHead', others: 'LogSnapshotRow' },
      },
    },
    refusals: { ...SCOPED, ...UNKNOWN },
  },
  'GET /v1/log/:log/parked': {
    tag: 'logs',
    summary: 'Events that consumers could not deal with, oldest first',
    about: OWN_EPOCH,
    answers: { 200: { about: 'A page', body: 'ParkedPage' } },
    refusals: UNKNOWN,
  },
  'POST /v1/log/:log/parked/:event/replay': {
    tag: 'logs',
    summary: 'Send a parked event to its consumer once more',
    about: `It stays parked until the consumer acknowledges it. ${OWN_EPOCH}`,
    answers: { 202: { about: 'It is on its way, or waits until the consumer connects' } },
    refusals: UNKNOWN_EVENT,
  },
  'DELETE /v1/log/:log/parked/:event': {
    tag: 'logs',
    summary: 'Discard a parked event',
    about: OWN_EPOCH,
    answers: { 204: { about: 'It is gone' } },
    refusals: UNKNOWN_EVENT,
  },
  'DELETE /v1/log/:log/consumers/:consumer': {
    tag: 'logs',
    summary: 'Forget a consumer and what is parked for it',
    about: 'One of this name begins anew.',
    answers: { 204: { about: 'It is forgotten' } },
    refusals: { 404: 'unknown-log; unknown-consumer', 409: 'still-connected' },
  },
};

import type { RouteDocuments } from './route-document.ts';

const SHOWN_ONCE = 'Its text is in this answer and nowhere else.';

export const KEY_DOCUMENTS: RouteDocuments = {
  'POST /v1/keys': {
    tag: 'keys',
    summary: 'Make an API key',
    about: `A role, or scopes; narrowed to channels of sale, nodes and sources by \`limits\`. ${SHOWN_ONCE}`,
    example: { name: 'till-7', scopes: ['reservations'], limits: { nodes: ['S-1'] } },
    answers: { 201: { about: 'Made', body: 'KeyMade' } },
    refusals: {
      409: 'name-taken; too-many-keys',
      422: 'malformed-name; name-reserved; invalid-rights; invalid-request',
    },
  },
  'GET /v1/keys': {
    tag: 'keys',
    summary: 'All keys, without their text',
    answers: { 200: { about: 'The keys', body: '{ readonly keys: readonly KeyInfo[] }' } },
  },
  'DELETE /v1/keys/:name': {
    tag: 'keys',
    summary: 'Delete a key',
    about: 'It stops working at once and the sockets it opened are closed within a second.',
    answers: { 204: { about: 'Deleted' } },
    refusals: { 404: 'unknown-key', 409: 'last-admin' },
  },
  'POST /v1/keys/:name/rotate': {
    tag: 'keys',
    summary: 'Make another key of the same name and rights',
    about: `Both hold until the older one retires. ${SHOWN_ONCE}`,
    example: { retireInMs: 3_600_000 },
    answers: { 201: { about: 'Made', body: 'KeyRotated' } },
    refusals: { 404: 'unknown-key', 409: 'rotation-open; too-many-keys' },
  },
  'DELETE /v1/keys/:name/older': {
    tag: 'keys',
    summary: 'End a rotation before its time',
    answers: { 204: { about: 'The older key is deleted' } },
    refusals: { 404: 'unknown-key', 409: 'last-admin' },
  },
  'POST /v1/sources/:source/webhook-secret': {
    tag: 'keys',
    summary: 'Make or replace the secret that a source signs with',
    about: `The one before is accepted for a while. ${SHOWN_ONCE}`,
    example: { scheme: 'standard' },
    answers: {
      201: { about: 'Made', body: 'SourceSecretMade' },
    },
    refusals: { 404: 'unknown-source', 409: 'The table of secrets is full', 422: 'malformed-secret; invalid-request' },
  },
  'GET /v1/sources/:source/webhook-secret': {
    tag: 'keys',
    summary: 'Whether a source has a secret, without its text',
    answers: { 200: { about: 'It has', body: 'SourceSecretInfo' } },
    refusals: { 404: 'unknown-secret' },
  },
  'DELETE /v1/sources/:source/webhook-secret': {
    tag: 'keys',
    summary: 'Delete the secret of a source',
    answers: { 204: { about: 'Deleted' } },
    refusals: { 404: 'unknown-secret' },
  },
};

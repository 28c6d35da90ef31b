import type { RouteDocuments } from './route-document.ts';

const UNKNOWN = 'unknown-reservation: not one of this client, or it ended more than a day ago';

export const RESERVATION_DOCUMENTS: RouteDocuments = {
  'POST /v1/reservations': {
    tag: 'reservations',
    summary: 'Hold units for a limited time',
    about:
      'Each line names a node, or a group whose nodes together must have the units. All lines or none, unless `partial`. ' +
      'Nothing is promised that cannot be assigned to nodes that have it (rules AV7, RS1 to RS7).',
    headers: ['idempotency-key'],
    example: { channel: 'web', lines: [{ sku: 'MILK-1', units: 2, group: 'all' }], holdMs: 600_000 },
    answers: { 201: { about: 'Held', body: 'ReservationInfo', headers: ['location', 'x-position'] } },
    refusals: {
      409:
        'units-exceed-available (`units` says how many could be had); quota-exceeded; too-many-holds; ' +
        'too-many-demand-groups; key-reused; key-too-old; too-many-keys',
      422:
        'unknown-channel; unknown-node; unknown-group; unknown-sku; node-not-in-channel; units-out-of-bounds; ' +
        'too-many-lines; partial-kit; hold-out-of-bounds; idempotency-key-required; invalid-request',
    },
  },
  'GET /v1/reservations': {
    tag: 'reservations',
    summary: 'What is held now, newest first',
    about: 'One’s own; with the scope `ops` everybody’s.',
    answers: { 200: { about: 'A page', body: 'ReservationsPage' } },
  },
  'GET /v1/reservations/:id': {
    tag: 'reservations',
    summary: 'One reservation',
    answers: { 200: { about: 'The reservation', body: 'ReservationInfo' } },
    refusals: { 404: UNKNOWN },
  },
  'DELETE /v1/reservations/:id': {
    tag: 'reservations',
    summary: 'Release what is held',
    needsKey: true,
    about: 'One’s own; with the scope `admin`, or `ops` and `reservations`, anybody’s.',
    answers: { 200: { about: 'Released', body: 'ReservationInfo' } },
    refusals: { 401: 'key-required', 403: 'scope-required', 404: UNKNOWN, 409: 'already-ended' },
  },
  'POST /v1/reservations/:id/extend': {
    tag: 'reservations',
    summary: 'Hold longer',
    about: '`holdMs` counts from when the reservation was made, 4 hours at most.',
    example: { holdMs: 1_800_000 },
    answers: { 200: { about: 'Extended', body: 'ReservationInfo' } },
    refusals: { 404: UNKNOWN, 409: 'already-ended; too-many-extensions', 422: 'hold-out-of-bounds; invalid-request' },
  },
  'POST /v1/reservations/:id/move': {
    tag: 'reservations',
    summary: 'Move held units to another place',
    headers: ['idempotency-key'],
    example: { sku: 'MILK-1', from: { group: 'all' }, to: { node: 'S-1' } },
    answers: { 200: { about: 'Moved', body: 'ReservationInfo' } },
    refusals: {
      404: UNKNOWN,
      409: 'already-ended; units-exceed-available; move-under-way; key-reused',
      422: 'unknown-node; unknown-group; node-not-in-channel; units-out-of-bounds; idempotency-key-required; invalid-request',
    },
  },
};

import type { RouteDocuments } from './route-document.ts';
import { ANY_ROW } from './row-schemas.ts';

const CHANGED = {
  200: { about: 'Every shard has it', body: 'ChangeInfo', headers: ['etag'] },
  202: { about: 'Planned for its time', body: 'ChangeInfo' },
} as const;
const REFUSED = {
  404: 'unknown-row; unknown-kind',
  409: 'The book does not allow it, `refusedRows` says why: still-stocked, still-named, names-unknown …',
  412: 'version-conflict: `version` is the current one',
  422: 'invalid-row; too-many-rows; date-is-past; date-too-far; invalid-request',
} as const;

export const REFERENCE_DOCUMENTS: RouteDocuments = {
  'GET /v1/reference/:of': {
    tag: 'reference',
    summary: 'The rows of one kind',
    answers: { 200: { about: 'A page', body: 'ReferenceInfo', headers: ['etag'] } },
    refusals: { 404: 'unknown-kind' },
  },
  'POST /v1/reference/:of': {
    tag: 'reference',
    summary: 'Change and retire many rows of one kind at once',
    about: 'All or nothing, unless `partial`.',
    headers: ['if-match'],
    openPart: ANY_ROW,
    example: { rows: [{ id: 'all', nodes: ['S-1', 'S-2'] }], reason: 'new store' },
    answers: CHANGED,
    refusals: REFUSED,
  },
  'GET /v1/reference/:of/:first/:second?': {
    tag: 'reference',
    summary: 'One row',
    answers: {
      200: {
        about: 'The row and its version',
        body: '{ readonly of: string; readonly key: string; readonly version: number; readonly row: object }',
        headers: ['etag'],
      },
    },
    refusals: { 404: 'unknown-row; unknown-kind' },
  },
  'PUT /v1/reference/:of/:first/:second?': {
    tag: 'reference',
    summary: 'Set one row',
    about:
      'What is sent is what holds: a row is replaced, never patched. `effectiveAt` plans it. The body is the schema of its kind: of outfeeds OutfeedsRow.',
    headers: ['if-match', 'if-none-match-any'],
    openPart: ANY_ROW,
    example: { id: 'all', nodes: ['S-1', 'S-2'] },
    answers: CHANGED,
    refusals: REFUSED,
  },
  'DELETE /v1/reference/:of/:first/:second?': {
    tag: 'reference',
    summary: 'Retire one row',
    headers: ['if-match'],
    answers: CHANGED,
    refusals: REFUSED,
  },
  'GET /v1/reference/pending': {
    tag: 'reference',
    summary: 'Changes that wait for their time',
    answers: { 200: { about: 'The changes', body: '{ readonly changes: readonly object[] }' } },
  },
  'DELETE /v1/reference/pending/:id': {
    tag: 'reference',
    summary: 'Cancel a planned change',
    answers: { 204: { about: 'Cancelled' } },
    refusals: { 404: 'unknown-change' },
  },
  'GET /v1/audit': {
    tag: 'reference',
    summary: 'Which staff command was given by whom, and how it ended, newest first',
    answers: { 200: { about: 'A page', body: 'AuditTrail' } },
  },
  'GET /v1/reference/audit': {
    tag: 'reference',
    summary: 'Who changed the book, newest first',
    answers: { 200: { about: 'A page', body: 'ReferenceAuditInfo' } },
    refusals: { 404: 'unknown-kind' },
  },
};

import { afterAll, beforeAll, expect, test } from 'vitest';
import { REFERENCE_KINDS } from '../../engine/contract/reference.ts';
import { defineOutfeed } from '../log/test-log-client.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from '../test-server.ts';
import { DocumentCheck } from './document-check.ts';
import type { OpenApi } from './open-api.ts';
import { ROUTE_DOCUMENTS } from './route-documents.ts';

let server: TestServer;
let document: OpenApi;
let check: DocumentCheck;
beforeAll(async () => {
  server = await startTestServer();
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  check = new DocumentCheck(document);
});
afterAll(() => server.stop());

test('every route is documented', () => {
  const undocumented = check.operations
    .filter(({ operation }) => operation.tags?.includes('undocumented'))
    .map(({ operation }) => operation.summary);
  expect(undocumented, 'say what they are for and what they answer: gateway/documents/*-documents.ts').toEqual([]);
});

test('what is documented is a route', () => {
  const routes = new Set(check.operations.map(({ method, path }) => `${method} ${path}`));
  const gone = Object.keys(ROUTE_DOCUMENTS).filter(
    (name) => !routes.has(name.replace(/\?$/, '').replaceAll(/:(\w+)/g, '{$1}')),
  );
  expect(gone, 'take them out of gateway/documents/*-documents.ts').toEqual([]);
});

test('every parameter says what it means', () => {
  const silent = check.operations.flatMap(({ operation: { operationId, parameters = [] } }) =>
    parameters.filter(({ description }) => description === undefined).map(({ name }) => `${operationId} ${name}`),
  );
  expect(silent, 'add them to PARAMETERS in gateway/documents/route-document.ts').toEqual([]);
});

test('operations have ids of their own, and examples that their schemas take', () => {
  const ids = check.operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of check.operations) {
    const json = operation.requestBody?.content['application/json'];
    if (json === undefined) continue;
    expect(json.example, `${operation.operationId} needs an example`).toBeDefined();
    expect(check.schemas.faultsOf(`example of ${operation.operationId}`, json.schema, json.example)).toEqual([]);
  }
});

test('[RD1] rows of every kind of reference data have a schema, which takes what the book holds and nothing more', async () => {
  const names = REFERENCE_KINDS.map((of) => [of, `${of[0]!.toUpperCase()}${of.slice(1)}Row`] as const);
  const any = document.components.schemas['ReferenceRow']!['anyOf'] as { $ref: string }[];
  expect(any.map(({ $ref }) => $ref).sort()).toEqual(names.map(([, name]) => `#/components/schemas/${name}`).sort());
  await defineOutfeed(server, 'wms', { skus: ['MILK-1'], kinds: ['snapshot'] });
  for (const [of, name] of names) {
    const { body } = await server.call(`/v1/reference/${of}`, { key: ADMIN_KEY });
    const faults = (row: object) => check.schemas.faultsOf(name, { $ref: `#/components/schemas/${name}` }, row);
    for (const { row } of body['rows'] as { row: object }[]) {
      expect(faults(row)).toEqual([]);
      expect(faults({ ...row, colour: 'red' }), `${name} takes any field`).not.toEqual([]);
    }
  }
});

test('keys and scopes stand where the routes ask for them', () => {
  const securityOf = (method: string, path: string) => document.paths[path]?.[method]?.security;
  expect(securityOf('post', '/v1/reservations')).toEqual([{ key: ['reservations'] }]);
  expect(securityOf('get', '/v1/stock/{sku}')).toEqual([{}, { key: [] }]);
});

test('bodies are those of gateway/protocol, with what is said of their fields', () => {
  expect(document.components.schemas['StockState']).toMatchObject({
    properties: {
      band: { $ref: '#/components/schemas/Band' },
      units: { description: expect.stringContaining('units') },
    },
    required: ['band', 'availability', 'asOf'],
  });
  expect(document.components.schemas['Band']).toMatchObject({ enum: expect.arrayContaining(['in-stock']) });
});

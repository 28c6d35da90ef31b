import { COMPONENTS, type JsonSchema } from './json-schema.ts';
import type { ProtocolSchemas } from './protocol-schemas.ts';
import {
  PARAMETERS,
  REQUEST_HEADERS,
  RESPONSE_HEADERS,
  type Answer,
  type RouteDocument,
  type RouteDocuments,
} from './route-document.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: string | number;
  readonly schema: JsonSchema;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly required: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;

/** Of OpenAPI 3.1, as far as ours go. */
export interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
  readonly 'x-route'?: string;
  readonly 'x-scope'?: string;
}

/** What @fastify/swagger made of a route's schemas, with everything its RouteDocument says. */
export function completeOperation(
  { 'x-route': name = '', 'x-scope': scope, ...made }: Operation,
  documents: RouteDocuments,
  schemas: ProtocolSchemas,
): Operation {
  const about = documents[name];
  if (about === undefined) return { ...made, operationId: idOf(name) };
  const body = requestBody(made, about);
  const isKeyed = scope !== undefined || about.needsKey === true;
  const parameters = [...(made.parameters ?? []).map(described), ...(about.headers ?? []).map(requestHeader)];
  const needs = scope === undefined ? '' : `Needs a key with the scope \`${scope}\`.`;
  return {
    operationId: idOf(name),
    tags: made.tags ?? [],
    summary: about.summary,
    description: [about.about, needs].filter(Boolean).join(' ') || `${about.summary}.`,
    // Public routes know staff by their key; they need none.
    security: isKeyed ? [{ key: scope === undefined ? [] : [scope] }] : [{}, { key: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: body }),
    responses: responses({ ...shared(made, isKeyed), ...about.refusals }, about, schemas),
  };
}

/** `GET /v1/stock/:sku/atp` → `getStockSkuAtp`. */
function idOf(name: string): string {
  const words = name
    .replace(/\/v1(?=\/)/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return words
    .map((word, index) => (index === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1)))
    .join('');
}

function described(parameter: Parameter): Parameter {
  const known = PARAMETERS[parameter.name];
  const { description = known?.about, ...rest } = parameter;
  return {
    ...rest,
    ...(description !== undefined && { description }),
    ...(known !== undefined && known.example !== '' && { example: known.example }),
  };
}

function requestHeader(name: keyof typeof REQUEST_HEADERS): Parameter {
  const { about: description, example, required, ...renamed } = REQUEST_HEADERS[name];
  return { name, ...renamed, in: 'header', required, description, example, schema: { type: 'string' } };
}

function requestBody(
  { requestBody: made }: Operation,
  { rawBody, example, openPart }: RouteDocument,
): Operation['requestBody'] {
  const shown = example === undefined ? {} : { example };
  if (rawBody !== undefined) {
    const entries = Object.entries(rawBody).map(([type, description]) => {
      return [type, { schema: { type: 'string', description }, ...shown }] as const;
    });
    return { required: false, content: Object.fromEntries(entries) };
  }
  if (made === undefined) return undefined;
  const asked = made.content['application/json']?.schema ?? {};
  const schema = openPart === undefined ? asked : filled(asked, { $ref: COMPONENTS + openPart });
  return { ...made, content: { 'application/json': { schema, ...shown } } };
}

/** With a schema where any value would do. */
function filled(schema: JsonSchema, open: JsonSchema): JsonSchema {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  if (Object.keys(schema).length === 0) return open;
  return Object.fromEntries(Object.entries(schema).map(([word, inner]) => [word, filled(inner as JsonSchema, open)]));
}

function responses(
  refusals: Record<string, string>,
  about: RouteDocument,
  schemas: ProtocolSchemas,
): Record<string, Response> {
  const error = schemas.of('HttpError');
  const found: Record<string, Response> = {};
  for (const [status, answer] of Object.entries(about.answers)) found[status] = response(answer, schemas);
  for (const [status, description] of Object.entries(refusals)) {
    found[status] ??= { description, content: { 'application/json': { schema: error } } };
  }
  const description = 'Any other no: 500 internal, 503 while the engine is busy or the server stops';
  return { ...found, default: { description, content: { 'application/json': { schema: error } } } };
}

/** What every route of a kind may answer. */
function shared(made: Operation, isKeyed: boolean): Record<string, string> {
  return {
    400: 'token-in-url: a key was in the address, where logs would keep it',
    401: isKeyed
      ? 'key-required; unknown-key; token-expired'
      : 'unknown-key; token-expired: a key was sent that is no good',
    429: 'rate-limited; too-many-bad-keys from this address; `retryAfterMs`',
    ...(isKeyed && { 403: 'scope-required; out-of-reach' }),
    ...(made.parameters !== undefined && { 422: 'invalid-request: `field` is not as the schema says' }),
    ...(made.requestBody !== undefined && {
      400: 'malformed-json; token-in-url',
      413: 'body-too-large',
      415: 'unsupported-media-type',
      422: 'invalid-request: `field` is not as the schema says',
    }),
  };
}

function response({ about: description, body, text, lines, ...sent }: Answer, schemas: ProtocolSchemas): Response {
  const json = body === undefined ? {} : { 'application/json': { schema: schemas.of(body) } };
  const texts = Object.entries(text ?? {}).map(([type, words]) => {
    return [type, { schema: { type: 'string', description: words } }] as const;
  });
  const ofLines = lines === undefined ? {} : { 'application/x-ndjson': { schema: lineSchema(lines, schemas) } };
  const content = { ...json, ...ofLines, ...Object.fromEntries(texts) };
  const headerOf = (required: boolean) => (name: keyof typeof RESPONSE_HEADERS) =>
    [name, { description: RESPONSE_HEADERS[name], required, schema: { type: 'string' } }] as const;
  const named = [...(sent.headers ?? []).map(headerOf(true)), ...(sent.headersAtTimes ?? []).map(headerOf(false))];
  return {
    description,
    ...(named.length > 0 && { headers: Object.fromEntries(named) }),
    ...(Object.keys(content).length > 0 && { content }),
  };
}

function lineSchema({ first, others }: NonNullable<Answer['lines']>, schemas: ProtocolSchemas): JsonSchema {
  const contentSchema = { type: 'array', prefixItems: [schemas.of(first)], items: schemas.of(others) };
  const description = `One JSON text per line: a ${first}, then ${others}s`;
  return { type: 'string', description, contentMediaType: 'application/x-ndjson', contentSchema };
}

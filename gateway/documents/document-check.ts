import type { JsonSchema } from './json-schema.ts';
import type { OpenApi } from './open-api.ts';
import type { Operation, Response } from './operation.ts';
import { SchemaCheck } from './schema-check.ts';

// For tests: holds what the server answers against what its document says.

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Judges answers by the document, as strictly as it can be read: a field that is not named is a fault too. */
export class DocumentCheck {
  readonly #document: OpenApi;
  readonly schemas: SchemaCheck;
  /** Operation ids with the statuses that were seen. */
  readonly seen = new Map<string, Set<number>>();

  constructor(document: OpenApi) {
    this.#document = document;
    this.schemas = new SchemaCheck(document.components.schemas);
  }

  get operations(): { readonly method: string; readonly path: string; readonly operation: Operation }[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
  }

  /** What is wrong with an answer; empty: it is as documented. */
  faultsOf(method: string, url: string, { status, headers, text }: Answer): string[] {
    const found = this.#find(method, url.split('?')[0]!);
    if (found === undefined) return [`${method} ${url} is not in the document`];
    const { operation } = found;
    const id = operation.operationId!;
    this.seen.set(id, (this.seen.get(id) ?? new Set()).add(status));
    const response = operation.responses[status];
    if (response === undefined) return [`${id} answered ${status}, which its document does not name: ${text}`];
    const unnamed = status >= 400 ? codeFaults(`${id} ${status}`, response, text) : [];
    const body = this.#bodyFaults(`${id} ${status}`, response, headers.get('content-type'), text);
    const missing = Object.entries(response.headers ?? {}).filter(
      ([name, about]) => about.required && !headers.has(name),
    );
    return [...unnamed, ...body, ...missing.map(([name]) => `${id} ${status} lacks the header ${name}`)];
  }

  #bodyFaults(name: string, { content = {} }: Response, contentType: string | null, text: string): string[] {
    const type = contentType?.split(';')[0] ?? '';
    if (Object.keys(content).length === 0) return text === '' ? [] : [`${name} has a body: ${text}`];
    const media = content[type];
    if (media === undefined) return [`${name} is ${type}, documented are ${Object.keys(content).join(', ')}`];
    if (type === 'application/json') return this.schemas.faultsOf(name, media.schema, JSON.parse(text));
    const lines = media.schema['contentSchema'] as JsonSchema | undefined;
    return lines === undefined ? [] : this.schemas.faultsOf(name, lines, linesOf(text));
  }

  /** A path without parameters goes before one with. */
  #find(method: string, path: string) {
    const fitting = this.operations.filter((one) => one.method === method && matcher(one.path).test(path));
    return fitting.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  }
}

/** Every refusal names its code where the route's document says what the status means. */
function codeFaults(name: string, { description }: Response, text: string): string[] {
  const { code } = JSON.parse(text) as { readonly code?: string };
  const named = new Set(description.match(/[a-z0-9]+(?:-[a-z0-9]+)*/g));
  return code === undefined || named.has(code) ? [] : [`${name} does not name ${code}: ${description}`];
}

function linesOf(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

function matcher(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

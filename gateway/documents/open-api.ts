import swagger from '@fastify/swagger';
import type { RowSchemas } from '../reference-rules.ts';
import type { App } from '../routes/route.ts';
import { COMPONENTS, type JsonSchema } from './json-schema.ts';
import { completeOperation, type Operation } from './operation.ts';
import { rowSchemas } from './row-schemas.ts';
import { ProtocolSchemas } from './protocol-schemas.ts';
import { TAGS } from './route-document.ts';
import { ROUTE_DOCUMENTS } from './route-documents.ts';

export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Tag of a route that ROUTE_DOCUMENTS does not know. */
const UNDOCUMENTED = 'undocumented';

/**
 * Collects the routes that are added after it, with the schemas their requests are judged by. What they answer is
 * documented beside them (ROUTE_DOCUMENTS) and not as fastify's response schemas: those would serialise every answer of
 * the hot routes and drop in silence what they do not name. open-api-walk.test.ts holds answers and document together.
 */
export async function collectRoutes(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: HEAD as never,
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => {
      // Pages and scripts hide themselves.
      const scope = route.config?.scope;
      const name = `${String(route.method)} ${url}`;
      const about = ROUTE_DOCUMENTS[name];
      const described = {
        ...(schema as object),
        tags: [about?.tag ?? UNDOCUMENTED],
        summary: about?.summary ?? name,
        'x-route': name,
        ...(scope !== undefined && { 'x-scope': scope }),
      };
      return { schema: described as never, url: url.replace(/\?$/, '') };
    },
  });
}

/** OpenAPI 3.1 of the routes of a server that is ready. Takes some 100 ms, in slices; keep it. */
export async function openApiOf(app: App, rows: RowSchemas): Promise<OpenApi> {
  const schemas = await ProtocolSchemas.read();
  const named = new Map([...schemas.named, ...rowSchemas(rows)]);
  const made = app.swagger() as unknown as OpenApi;
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [path, operations] of Object.entries(made.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const complete = completeOperation(operation, ROUTE_DOCUMENTS, schemas);
      const isOptional = operation['x-route']?.endsWith('?') === true;
      if (isOptional) (paths[withoutLast(path)] ??= {})[method] = shortened(complete, path);
      (paths[path] ??= {})[method] = complete;
    }
  }
  return { ...made, paths, components: { ...made.components, schemas: usedIn(paths, named) } };
}

const LAST = /\/\{(\w+)\}$/;

/** A last part of the path that may be left out is two paths to OpenAPI. */
function withoutLast(path: string): string {
  return path.replace(LAST, '');
}

function shortened(operation: Operation, path: string): Operation {
  const last = LAST.exec(path)?.[1] ?? '';
  const parameters = (operation.parameters ?? []).filter(({ name }) => name !== last);
  // The id ends with the name of that part.
  return { ...operation, operationId: (operation.operationId ?? '').slice(0, -last.length), parameters };
}

/** Only what the paths refer to, and what that refers to. */
function usedIn(paths: object, named: ReadonlyMap<string, JsonSchema>): Record<string, JsonSchema> {
  const used = new Set<string>();
  const waiting = [JSON.stringify(paths)];
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    for (const [, name = ''] of text.matchAll(REFERENCE)) {
      if (used.has(name)) continue;
      used.add(name);
      waiting.push(JSON.stringify(named.get(name)));
    }
  }
  return Object.fromEntries([...named].filter(([name]) => used.has(name)));
}

const REFERENCE = new RegExp(`"${COMPONENTS}(\\w+)"`, 'g');

const HEAD = {
  openapi: '3.1.0',
  info: {
    title: 'Onhand',
    version: '1',
    description:
      'Real-time inventory: what is where, what is promised, pushed to every screen. Times are ms since the epoch, ' +
      'units are integers of the sku’s scale. Every refusal has one form: `code` for programs, `message` that says what ' +
      'to do, `field` at fault. Clients ignore fields they do not know.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/', description: 'The server that sent this document' }],
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  components: {
    securitySchemes: {
      key: {
        type: 'http',
        scheme: 'bearer',
        description: 'An API key of `POST /v1/keys`. What it may do is its scopes. Never in a URL.',
      },
    },
  },
};

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matches } from '../entity-tag.ts';
import { docsPage } from '../documents/docs-page.ts';
import { DOCS_SCRIPT } from '../documents/docs-script.ts';
import { openApiOf, type OpenApi } from '../documents/open-api.ts';
import type { App, RouteDeps } from './route.ts';

interface Document {
  readonly text: string;
  readonly etag: string;
}

/** The two documents for programs and the page for people. Each is made when it is asked for first, and kept. */
export function documentRoutes(app: App, { rowSchemas }: Pick<RouteDeps, 'rowSchemas'>): void {
  let made: Promise<OpenApi> | undefined;
  const document = (): Promise<OpenApi> => (made ??= openApiOf(app, rowSchemas));
  let openApi: Promise<Document> | undefined;
  app.get('/openapi.json', async (request, reply) => {
    openApi ??= document().then((one) => documentOf(JSON.stringify(one, null, 1)));
    return send(request, reply, await openApi, 'application/json; charset=utf-8');
  });

  let asyncApi: Promise<Document> | undefined;
  app.get('/asyncapi.yaml', async (request, reply) => {
    asyncApi ??= readFile(ASYNC_API, 'utf8').then(documentOf);
    return send(request, reply, await asyncApi, 'application/yaml; charset=utf-8');
  });

  let page: Promise<Document> | undefined;
  app.get('/docs', HIDDEN, async (request, reply) => {
    page ??= Promise.all([document(), readFile(PROTOCOL, 'utf8')]).then(([one, protocol]) =>
      documentOf(docsPage({ openApi: one, protocol })),
    );
    return send(request, reply, await page, 'text/html; charset=utf-8');
  });

  const script = documentOf(DOCS_SCRIPT);
  app.get('/docs.js', HIDDEN, async (request, reply) => send(request, reply, script, 'text/javascript; charset=utf-8'));
}

/** A page is no part of the API's document. */
const HIDDEN = { schema: { hide: true } } as const;

const PROTOCOL = new URL('../PROTOCOL.md', import.meta.url);
const ASYNC_API = new URL('../asyncapi.yaml', import.meta.url);

function documentOf(text: string): Document {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

function send(request: FastifyRequest, reply: FastifyReply, { text, etag }: Document, type: string): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'no-cache');
  return matches(request.headers['if-none-match'], etag) ? reply.code(304).send() : reply.type(type).send(text);
}

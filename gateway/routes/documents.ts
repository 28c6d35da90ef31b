import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matches } from '../entity-tag.ts';
import { openApiOf } from '../documents/open-api.ts';
import type { App } from './route.ts';

interface Document {
  readonly text: string;
  readonly etag: string;
}

/** The two documents for programs. Each is made when it is asked for first, and kept. */
export function documentRoutes(app: App): void {
  let openApi: Promise<Document> | undefined;
  app.get('/openapi.json', async (request, reply) => {
    openApi ??= openApiOf(app).then((document) => documentOf(JSON.stringify(document, null, 1)));
    return send(request, reply, await openApi, 'application/json; charset=utf-8');
  });

  let asyncApi: Promise<Document> | undefined;
  app.get('/asyncapi.yaml', async (request, reply) => {
    asyncApi ??= readFile(ASYNC_API, 'utf8').then(documentOf);
    return send(request, reply, await asyncApi, 'application/yaml; charset=utf-8');
  });
}

const ASYNC_API = new URL('../asyncapi.yaml', import.meta.url);

function documentOf(text: string): Document {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

function send(request: FastifyRequest, reply: FastifyReply, { text, etag }: Document, type: string): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'no-cache');
  return matches(request.headers['if-none-match'], etag) ? reply.code(304).send() : reply.type(type).send(text);
}

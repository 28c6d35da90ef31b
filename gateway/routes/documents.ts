import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { matches } from '../entity-tag.ts';
import { openApiOf } from '../documents/open-api.ts';
import type { App } from './route.ts';

interface Document {
  readonly text: string;
  readonly etag: string;
}

/** The document for programs. It is made when it is asked for first, and kept. */
export function documentRoutes(app: App): void {
  let openApi: Promise<Document> | undefined;
  app.get('/openapi.json', async (request, reply) => {
    openApi ??= openApiOf(app).then((document) => documentOf(JSON.stringify(document, null, 1)));
    return send(request, reply, await openApi, 'application/json; charset=utf-8');
  });
}

function documentOf(text: string): Document {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

function send(request: FastifyRequest, reply: FastifyReply, { text, etag }: Document, type: string): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'no-cache');
  return matches(request.headers['if-none-match'], etag) ? reply.code(304).send() : reply.type(type).send(text);
}

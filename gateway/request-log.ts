import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { routeOf } from './route-of.ts';
import type { App } from './routes/route.ts';
import { TokenBucket } from './token-bucket.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Position of the newest fact the command made, where an answer has no header for it. */
    position: string | undefined;
  }
}

/** Lines at `warn` about requests: a hundred at once, twenty a second; a server in trouble must not write itself to death. */
const LINES_BURST = 100;
const LINES_PER_SEC = 20;

/** The caller's own id when it is a harmless word, so that both logs can be laid side by side; else a new one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomBytes(9).toString('base64url');
}

export interface RequestLogDeps {
  /** Lines at `debug` are wanted: else they are not even made. */
  readonly everyLine: boolean;
  /** Ms above which an answer is slow. */
  readonly slowMs: number;
  /** Ms, monotonic. */
  readonly now: () => number;
}

export interface RequestLog {
  /** Lines that were left out because there were too many. */
  readonly suppressed: number;
  readonly watch: (app: App) => void;
}

/**
 * One line per request, with its id, who asked for which route, what came of it, how long it took, and the position of
 * what it changed: at `warn` when it failed by our fault or was slow, else at `debug`, or the log would be the load.
 */
export function requestLog({ everyLine, slowMs, now }: RequestLogDeps): RequestLog {
  const bucket = new TokenBucket(LINES_PER_SEC, LINES_BURST, now());
  let suppressed = 0;

  function say(request: FastifyRequest, reply: FastifyReply): void {
    const isSlow = reply.elapsedTime >= slowMs && request.routeOptions.config.stays !== true;
    if (reply.statusCode < 500 && !isSlow) {
      if (everyLine) request.log.debug(lineOf(request, reply), 'answered');
      return;
    }
    if (bucket.take(now()) > 0) suppressed += 1;
    else request.log.warn(lineOf(request, reply), isSlow ? 'answered slowly' : 'answered with a failure');
  }

  return {
    get suppressed() {
      return suppressed;
    },
    watch(app) {
      app.decorateRequest('position', undefined);
      app.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
      app.addHook('onResponse', async (request, reply) => say(request, reply));
    },
  };
}

/** Without the path and the query, where callers put ids and, by mistake, keys. */
function lineOf(request: FastifyRequest, reply: FastifyReply): object {
  const { caller } = request;
  const lsn = request.position ?? reply.getHeader('x-position');
  return {
    client: caller?.is === 'staff' ? caller.client : 'public',
    method: request.method,
    route: routeOf(request),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(lsn !== undefined && { lsn }),
  };
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { EngineBusyError } from '../../engine/api.ts';
import { CallThread } from '../desk/call-thread.ts';
import type { AuditEntry } from '../protocol/audit-bodies.ts';
import type { AuditBounds, AuditDesk, AuditQuery } from './audit-desk.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Number of its entry in the audit; undefined: it has none. */
    audited: number | undefined;
  }
  interface FastifyContextConfig {
    /** Of systems, thousands a second: the journal names the client of each, the audit would only repeat it. */
    traffic?: boolean;
  }
}

const CALLS_MAX = 1_000;
const ANSWER_MS_MAX = 10_000;
const RETRY_AFTER_MS = 1_000;
const ABOUT_CHARS_MAX = 1_000;
const PATH_CHARS_MAX = 500;

/**
 * Who of the staff did what, when, and how it ended. A command is written down before it is carried out, so none is done
 * without a trace; one that cannot be written down is answered 503. The thread begins with the first command.
 */
export class Audit {
  readonly #bounds: AuditBounds;
  readonly #now: () => number;
  readonly #log: (line: string) => void;
  #thread: CallThread<AuditDesk> | undefined;

  constructor(bounds: AuditBounds, now: () => number, log: (line: string) => void) {
    this.#bounds = bounds;
    this.#now = now;
    this.#log = log;
  }

  /** Why no staff command is let in; undefined while they are. */
  get failed(): string | undefined {
    return this.#thread?.failed;
  }

  /** The preHandler hook: the caller is known and the body read. */
  readonly watch = async (request: FastifyRequest): Promise<void> => {
    if (isCommand(request) && request.routeOptions.config.traffic !== true) await this.begin(request);
  };

  /** Also for traffic that turns out to be done for somebody else. */
  async begin(request: FastifyRequest): Promise<void> {
    const { caller, method, routeOptions, url, body } = request;
    if (caller.is === 'public' || request.audited !== undefined) return;
    const about = aboutOf(body);
    const written = this.#open().ask('begin', {
      at: Math.round(this.#now()),
      by: caller.client,
      what: `${method} ${routeOptions.url ?? ''}`,
      path: url.slice(0, PATH_CHARS_MAX),
      ...(about !== undefined && { about }),
    });
    // A full disk is no fault of the command, and it has not been let in: it may come again.
    request.audited = await written.catch((error: unknown) => {
      this.#log(`a command cannot be written down: ${String(error)}`);
      throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    });
  }

  /** The onSend hook. Who was turned away before the handler is written down too. */
  readonly finish = async (request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> => {
    if (request.audited === undefined && reply.statusCode === 403 && isCommand(request)) await this.begin(request);
    if (request.audited === undefined) return;
    const code = reply.statusCode >= 400 ? codeIn(payload) : undefined;
    // Not waited for: that it was let in is durable.
    this.#open()
      .ask('end', request.audited, reply.statusCode, code)
      .catch((error: unknown) => this.#log(`audit ${request.audited}: ${String(error)}`));
  };

  async page(query: AuditQuery): Promise<readonly AuditEntry[]> {
    return this.#open().ask('page', query);
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  #open(): CallThread<AuditDesk> {
    return (this.#thread ??= new CallThread<AuditDesk>({
      script: new URL('./audit.worker.ts', import.meta.url),
      data: this.#bounds,
      name: 'audit thread',
      without: 'no staff command is let in until a restart',
      callsMax: CALLS_MAX,
      answerMsMax: ANSWER_MS_MAX,
      log: this.#log,
    }));
  }
}

function isCommand({ method, caller }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && caller !== null && caller.is === 'staff';
}

const SECRET = /secret|token|password|^key$|authorization/i;

/** The body without secrets; addresses of webhooks hold some too, so only their origin stays. */
function aboutOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const text = JSON.stringify(body, (name, value: unknown) => {
    if (SECRET.test(name)) return '…';
    return name === 'url' && typeof value === 'string' ? (URL.canParse(value) ? new URL(value).origin : '…') : value;
  });
  return text.slice(0, ABOUT_CHARS_MAX);
}

function codeIn(payload: unknown): string | undefined {
  const text = typeof payload === 'string' ? payload : '';
  return /^\{"code":"([a-z0-9-]{1,64})"/.exec(text)?.[1];
}

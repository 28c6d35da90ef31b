import type { FastifyReply } from 'fastify';
import { BUSY_REFUSALS, type BusyRefusal } from '../engine/contract/outcome.ts';
import { RateLimitedError } from './rate-limited-error.ts';
import type { HttpError } from './protocol/http-error.ts';

/** A no, as a value: status and the body every error has. */
export interface No extends HttpError {
  readonly status: number;
}

export function no(
  status: number,
  code: string,
  message: string,
  about: { field?: string; retryAfterMs?: number } = {},
): No {
  return { status, code, message, ...about };
}

export function isNo(value: object): value is No {
  return 'status' in value && typeof value.status === 'number' && 'code' in value;
}

export function sendNo(reply: FastifyReply, refusal: No): FastifyReply {
  const { status, ...body } = refusal;
  if (body.retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(body.retryAfterMs / 1000)));
  return reply.code(status).header('cache-control', 'no-store').send(body);
}

/** What fastify, its parsers and the engine throw, as an answer; undefined when it is a fault of ours. */
export function noOf(error: unknown): No | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isBusy(error)) return no(503, error.code, BUSY_REFUSALS[error.code], { retryAfterMs: error.retryAfterMs });
  if (error instanceof RateLimitedError) {
    const { who, retryAfterMs } = error;
    return no(429, 'rate-limited', `${who}; come again after the given delay`, { retryAfterMs });
  }
  const { code, validation, validationContext } = error as Error & {
    code?: string;
    validation?: readonly { instancePath: string; message?: string; params?: Readonly<Record<string, unknown>> }[];
    validationContext?: string;
  };
  if (validation !== undefined) return noOfValidation(validation, validationContext ?? 'request');
  return code === undefined ? undefined : THROWN[code];
}

/** The engine's EngineBusyError, and the feed door's error of the same fields. */
function isBusy(error: Error): error is Error & { code: BusyRefusal; retryAfterMs: number } {
  const { code, retryAfterMs } = error as { code?: unknown; retryAfterMs?: unknown };
  return typeof code === 'string' && code in BUSY_REFUSALS && typeof retryAfterMs === 'number';
}

function noOfValidation(
  faults: readonly { instancePath: string; message?: string; params?: Readonly<Record<string, unknown>> }[],
  part: string,
): No {
  const fault = faults[0];
  const missing = fault?.params?.['requiredProperties'];
  const inside = (fault?.instancePath ?? '').split('/').filter((name) => name !== '');
  const path = Array.isArray(missing) ? [...inside, String(missing[0])] : inside;
  const field = path
    .map((name) => (/^[0-9]+$/.test(name) ? `[${name}]` : `.${name}`))
    .join('')
    .replace(/^\./, '');
  const where = field === '' ? part : `${part} field ${field}`;
  const message = `correct the ${where}: ${fault?.message ?? 'it does not have the form this route takes'}`;
  return no(422, 'invalid-request', message, field === '' ? {} : { field });
}

const THROWN: Readonly<Record<string, No>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: no(400, 'malformed-json', 'the body is not valid JSON; correct it'),
  FST_ERR_CTP_EMPTY_JSON_BODY: no(400, 'malformed-json', 'the body is empty; send JSON, or no content-type'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: no(
    400,
    'malformed-length',
    'the body has not the length that content-length says',
  ),
  FST_ERR_CTP_BODY_TOO_LARGE: no(413, 'body-too-large', 'the body is larger than this route takes; split it'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: no(415, 'unsupported-media-type', 'send the body as content-type: application/json'),
  FST_ERR_BAD_URL: no(400, 'malformed-url', 'the path holds a broken percent encoding; correct it'),
  FST_ERR_MAX_PARAM_LENGTH: no(414, 'path-too-long', 'an id in the path has at most 128 characters; correct it'),
  FST_ERR_CTP_INVALID_TYPE: no(415, 'unsupported-media-type', 'send the body as content-type: application/json'),
};

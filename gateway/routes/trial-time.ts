import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { TRIAL_ORDERS_MAX, type TrialAsked } from '../../engine/contract/sourcing-trial.ts';
import { permit } from '../access.ts';
import { isNo, no, type No } from '../answers.ts';
import { parseMoment } from '../moment.ts';
import { channelsOf } from '../orders/order-in-reach.ts';

const LIMIT = 500;
const DAY_MS = 86_400_000;
const Time = Type.Optional(Type.String({ maxLength: 40 }));

/** Which orders a trial of rules looks at. */
export const trialTime = {
  from: Time,
  to: Time,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: TRIAL_ORDERS_MAX })),
};

/** Those of the last day, unless it is said otherwise, of the channels the key may see. */
export function trialAsked(
  request: FastifyRequest,
  { from, to, limit = LIMIT }: { from?: string; to?: string; limit?: number },
  nowMs: number,
): TrialAsked | No {
  const caller = permit(request, 'desk', { node: undefined });
  if (isNo(caller)) return caller;
  const end = to === undefined ? Math.ceil(nowMs) : parseMoment(to, 'to');
  if (typeof end === 'object') return end;
  const begin = from === undefined ? end - DAY_MS : parseMoment(from, 'from');
  if (typeof begin === 'object') return begin;
  if (begin >= end) return no(422, 'malformed-time', 'from must be before to', { field: 'from' });
  const channels = channelsOf(request.caller);
  return { from: begin, to: end, limit, ...(channels !== undefined && { channels }) };
}

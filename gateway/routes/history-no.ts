import { HISTORY_REFUSALS, type HistoryRefusal } from '../../engine/contract/ledger.ts';
import type { Refused } from '../../engine/contract/outcome.ts';
import { no, type No } from '../answers.ts';

const STATUS: Readonly<Record<HistoryRefusal, number>> = {
  'malformed-position': 422,
  'unknown-outfeed': 404,
  'unknown-order': 404,
  'unknown-customer': 404,
  'unknown-sku': 404,
  'position-of-another-shard': 422,
  'not-yet': 409,
  'too-far-to-replay': 504,
  'beyond-history': 410,
  'ledger-behind': 503,
};

export function historyNo({ code, field }: Refused<HistoryRefusal>): No {
  const about = { ...(field !== undefined && { field }), ...(code === 'ledger-behind' && { retryAfterMs: 1_000 }) };
  return no(STATUS[code], code, HISTORY_REFUSALS[code], about);
}

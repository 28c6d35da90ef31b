import { isNo, type No } from './answers.ts';
import { isSameCaller, type Caller } from './caller.ts';
import type { CloseCode } from './protocol/close-codes.ts';
import type { ErrorCode } from './protocol/error-codes.ts';

// What a token that `connect` shows does to the socket.

/** A live socket takes a fresh token of the one who opened it; for anybody else it stays what it was. */
export function refusalOfFresh(
  before: Caller,
  fresh: Caller | No,
): { readonly code: ErrorCode; readonly msg: string; readonly about: { readonly retryAfterMs?: number } } | undefined {
  // What a key or token is refused with at any door: the last five of the table.
  if (isNo(fresh)) {
    const { code, retryAfterMs } = fresh;
    const msg = 'this token is no good; the one before goes on until it ends';
    return { code: code as ErrorCode, msg, about: retryAfterMs === undefined ? {} : { retryAfterMs } };
  }
  if (isSameCaller(before, fresh)) return undefined;
  const msg = 'this token is of another or has other rights; open another socket with it';
  return { code: 'other-rights', msg, about: {} };
}

/** How a socket ends that shows a bad one first: what cannot be checked now may be good later. */
export function closeCodeOf({ status, code }: No): CloseCode {
  if (status === 503) return 4004;
  return code === 'token-expired' ? 4006 : 4503;
}

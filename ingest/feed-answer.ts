// What a feed door answers; over HTTP the body of POST /v1/feeds/{source}.

export interface FeedAnswer {
  readonly recorded: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly refused: readonly FeedRefusal[];
  /** How many were refused; `refused` lists the first REFUSED_LISTED_MAX. */
  readonly refusedCount: number;
  readonly warnings: readonly string[];
  /** Position of the last event taken, for reading your own writes. */
  readonly position?: string;
}

export interface FeedRefusal {
  readonly place: string;
  readonly code: string;
  readonly message: string;
  /** Id of the dead letter that keeps the original. */
  readonly letter: string;
  /** With `stale-quantity`: the on-hand there is, in units of the sku's scale. */
  readonly units?: number;
}

/** Refusals listed in an answer: enough to see what is wrong; all of them are dead letters. */
export const REFUSED_LISTED_MAX = 100;

export type FeedResult =
  | { readonly status: 'taken'; readonly answer: FeedAnswer }
  | { readonly status: 'refused'; readonly code: 'unknown-source'; readonly message: string };

export type ReplayResult =
  | { readonly status: 'taken'; readonly answer: FeedAnswer }
  /** Something of it was refused again: the letter stays open and `answer` says why. */
  | { readonly status: 'still-refused'; readonly answer: FeedAnswer }
  | { readonly status: 'refused'; readonly code: ReplayRefusal; readonly message: string };

export interface ApprovedAll {
  readonly approved: number;
  /** Refused for another reason; their letters stay open. */
  readonly stillRefused: number;
  /** More are waiting; ask again. */
  readonly more: boolean;
}

type ReplayRefusal =
  | 'unknown-letter'
  | 'letter-not-open'
  | 'letter-truncated'
  | 'unknown-source'
  | 'unknown-channel'
  | 'unknown-node';

/** Thrown when the moment, not the body, forbids an answer; nothing was taken. Same fields as the engine's own. */
export class FeedBusyError extends Error {
  override readonly name = 'FeedBusyError';
  readonly code = 'overloaded';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`feed door overloaded, retry after ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}

// Bodies of the doors for feeds and of what they could not take.

/** `POST /v1/feeds/{source}`: 200 when at least one row was taken or ignored, or the body was empty of rows; 422 when every row was refused. */
export interface FeedAnswer {
  readonly recorded: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly refused: readonly FeedRefusal[];
  /** How many were refused; `refused` lists the first 100. */
  readonly refusedCount: number;
  readonly warnings: readonly string[];
  /** Position of the last recorded event, for reading your own writes. */
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

export interface LetterInfo {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly code: string;
  readonly message: string;
  readonly place: string;
  readonly format: string;
  readonly original: string;
  readonly truncated: boolean;
  readonly state: 'open' | 'replayed' | 'discarded';
  readonly times: number;
  readonly closedBy?: string;
  readonly closedAt?: number;
}

/**
 * `POST /v1/dead-letters/{id}/replay`: the body is the corrected text as it is, in the source's format; empty: the
 * original again. Answers FeedAnswer; 422 when part of it was refused again, then the letter stays open. `POST /v1/dead-letters/{id}/discard` answers LetterInfo.
 * `GET /v1/dead-letters?state=&source=&after=&limit=` (staff). `next` goes into `after`.
 */
export interface LettersPage {
  readonly letters: readonly LetterInfo[];
  readonly next?: string;
}

/**
 * `POST /v1/dead-letters/{id}/approve` feeds the original again and the brakes hold none of it; answers as replay does.
 * `POST /v1/dead-letters/approve?source=` does so with what waits for approval of one source, 1,000 at once.
 */
export interface ApprovedAll {
  readonly approved: number;
  /** Refused for another reason; their letters stay open. */
  readonly stillRefused: number;
  /** More are waiting; ask again. */
  readonly more: boolean;
}

/** `GET /v1/sources/{source}/gaps` (`ops`): streams of which numbers are missing, the most missing first, 100 at most. */
export interface SourceGapsInfo {
  readonly source: string;
  readonly streams: readonly {
    readonly stream?: string;
    /** A till's, since it was started last. */
    readonly epoch?: number;
    /** Smallest and greatest number that arrived or was covered by a snapshot. */
    readonly first: number;
    readonly last: number;
    readonly missing: number;
    /** Ascending; `since`: when it was noticed, ms since the epoch. */
    readonly gaps: readonly { readonly from: number; readonly to: number; readonly since: number }[];
  }[];
}

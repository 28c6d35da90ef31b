import type { SourceId } from './ids.ts';

// What could not be understood or was refused, kept with its original bytes until somebody corrects it (rule FD9).

/** Bytes of the original kept per letter: one broken row or small message whole, a broken large file by its beginning. */
export const LETTER_BYTES_MAX = 64 * 1024;
/** Bytes of all letters kept, open and closed: what the intake shard may take of memory. Beyond it `too-many-letters` likewise. */
export const LETTERS_BYTES_MAX = 256 * 1024 * 1024;
/** Closed letters still shown; the oldest make room. */
export const LETTERS_CLOSED_MAX = 10_000;
/** Open letters kept; beyond it a feed is answered `too-many-letters` and nothing of it is taken, so nothing is lost. */
export const LETTERS_MAX = 100_000;

export interface LetterContent {
  /** Unparsed: the door it came through may name a source nobody knows. */
  readonly source: SourceId | string;
  readonly receivedAt: number;
  /** Format refusals have codes of their own (`broken-xml`), engine refusals those of outcome.ts. */
  readonly code: string;
  readonly message: string;
  /** Where in the input: `line 14`, `transaction 3, line 2`, `event[5]`, `segment 12 (QTY)`. */
  readonly place: string;
  readonly format: string;
  /** Original text, at most LETTER_BYTES_MAX; lossless for UTF-8 input, base64 with the prefix `base64:` for other bytes. */
  readonly original: string;
  readonly truncated: boolean;
}

export type LetterState = 'open' | 'replayed' | 'discarded';

export interface DeadLetter extends LetterContent {
  /** Digest of source, code, place and original: the same refusal again is the same letter. */
  readonly id: string;
  readonly state: LetterState;
  /** How often the same refusal arrived. */
  readonly times: number;
  readonly closedBy?: string;
  readonly closedAt?: number;
}

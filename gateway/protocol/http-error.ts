import type { RefusedRow } from './reference-bodies.ts';

// What every route answers when it says no.

/** Every error, of every route. `message` says what to do; `field` names the input at fault. */
export interface HttpError {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  /** With `units-exceed-available`: units that could be had; with `quota-exceeded`: that may still be held. */
  readonly units?: number;
  /** With 429 and 503, also in Retry-After (whole seconds). */
  readonly retryAfterMs?: number;
  /** With `version-conflict`: the current one. */
  readonly version?: number;
  /** With a refused change of reference data: its rows that cannot be. */
  readonly refusedRows?: readonly RefusedRow[];
  /** With `invalid-row`, where more than one thing is wrong with it: all of them. */
  readonly faults?: readonly { readonly field: string; readonly rule: string }[];
}

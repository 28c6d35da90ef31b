import type { SourceId } from './ids.ts';

/** A source whose clock seems to run behind ours (rule FD10). */
export interface SlowClock {
  readonly source: SourceId;
  /** Least delay of its newest events, in ms: so much it is behind at most. */
  readonly behindMs: number;
}

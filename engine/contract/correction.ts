import type { ClientId, NodeId, Sku, SourceId } from './ids.ts';
import type { CorrectionRefusal, Refused } from './outcome.ts';

// A compensating entry: staff add or take units where on-hand is known to be wrong. It is a movement of its own, with who
// and why; nothing that was recorded is changed or taken away.

/** What corrections are called where a source is named. */
export const STAFF = 'staff' as SourceId;
/** Longest reason, in characters: a sentence. */
export const REASON_CHARS_MAX = 200;

export interface CorrectionRequest {
  /** Makes a retry safe: same client, key and content count once. */
  readonly key: string;
  /** Who corrects. */
  readonly client: ClientId;
  readonly sku: Sku;
  readonly node: NodeId;
  /** Signed, not 0, in units of the sku's scale. */
  readonly units: number;
  readonly reason: string;
}

export type CorrectionOutcome =
  | { readonly status: 'corrected'; readonly position: string; readonly onHand: number }
  | Refused<CorrectionRefusal>;

import type { ChannelId, Sku } from './ids.ts';
import type { AtpRefusal, Refused } from './outcome.ts';

// Available to promise for a date (rule AV3).

/** How far supplies are looked ahead, in ms: 30 days unless asked otherwise, 180 at most, as far as purchase orders are dated. */
export const ATP_HORIZON_MS_DEFAULT = 30 * 86_400_000;
export const ATP_HORIZON_MS_MAX = 180 * 86_400_000;
/** Dates of one question: each day of the longest horizon, today included. */
export const ATP_DATES_MAX = 181;

export interface AtpRequest {
  readonly sku: Sku;
  readonly channel: ChannelId;
  /** Moments to promise for, ms since the epoch, none beyond `horizonAt`; one that is past counts as now. */
  readonly dates: readonly number[];
  /** Last moment looked at, ms since the epoch; absent: 30 days from now. */
  readonly horizonAt?: number;
}

interface Atp {
  readonly sku: Sku;
  readonly channel: ChannelId;
  readonly position: string;
  readonly revision: number;
  /** In the order asked; units >= 0. */
  readonly dates: readonly { readonly at: number; readonly units: number }[];
}

export type AtpOutcome = ({ readonly status: 'projected' } & Atp) | Refused<AtpRefusal>;

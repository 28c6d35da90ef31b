import type { ChannelId, ReservationId } from './ids.ts';
import type { Refused, ReserveRefusal } from './outcome.ts';
import type { ReserveLine } from './reservation.ts';

// How a coordinator (promise shard) asks stock shards for their part of a hold, and what they answer.
// Participants are idempotent by (saga, do): the same request again gets the same answer.

export type StockPortCommand =
  | {
      readonly do: 'hold-part';
      readonly saga: ReservationId;
      /** Where to send the answer. */
      readonly replyTo: number;
      readonly channel: ChannelId;
      readonly lines: readonly ReserveLine[];
      readonly partial: boolean;
    }
  /** Only the coordinator ends a part: a hold over several shards never expires by halves (rule RS4). */
  | {
      readonly do: 'end-part';
      readonly saga: ReservationId;
      readonly replyTo: number;
      readonly reason: 'released' | 'expired' | 'abandoned';
    };

export type StockPortReply =
  | {
      readonly do: 'part-held';
      readonly saga: ReservationId;
      readonly shard: number;
      /** Lines as granted, in the order asked. */
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;
    }
  | { readonly do: 'part-ended'; readonly saga: ReservationId; readonly shard: number };

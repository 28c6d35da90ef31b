import type { ChannelId, ClientId, ReservationId, Sku } from './ids.ts';
import type { MoveRefusal, Refused, ReserveRefusal } from './outcome.ts';
import type { Place, ReserveLine } from './reservation.ts';

// How a coordinator (promise shard) asks stock shards for their part of a hold, and what they answer.
// Participants are idempotent by (saga, do): the same request again gets the same answer.

export type StockPortCommand =
  | {
      readonly do: 'hold-part';
      readonly saga: ReservationId;
      /** Where to send the answer. */
      readonly replyTo: number;
      readonly client: ClientId;
      /** Of client and key (keyDigestOf): other content for a sku of this shard is refused, before and after (rule RS2). */
      readonly keyDigest: string;
      readonly channel: ChannelId;
      readonly lines: readonly ReserveLine[];
      readonly partial: boolean;
    }
  /** Units of the part go to another place (rule RS7). Participants are idempotent by (saga, move) here. */
  | {
      readonly do: 'move-part';
      readonly saga: ReservationId;
      readonly replyTo: number;
      readonly channel: ChannelId;
      readonly move: number;
      readonly sku: Sku;
      readonly from: Place;
      readonly to: Place;
      readonly units?: number;
    }
  /** Only the coordinator ends a part: a hold over several shards never expires by halves (rule RS4). */
  | {
      readonly do: 'end-part';
      readonly saga: ReservationId;
      readonly replyTo: number;
      readonly reason: 'released' | 'expired' | 'abandoned';
      /** The reservation was refused for what may be put right: its key may be used again (rule RS2). */
      readonly forgetsKey?: true;
    };

export type StockPortReply =
  | {
      readonly do: 'part-held';
      readonly saga: ReservationId;
      readonly shard: number;
      /** Lines as granted, in the order asked. */
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;
    }
  | {
      readonly do: 'part-moved';
      readonly saga: ReservationId;
      readonly shard: number;
      readonly move: number;
      /** All lines of the part as they are held now. */
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<MoveRefusal>;
    }
  | { readonly do: 'part-ended'; readonly saga: ReservationId; readonly shard: number };

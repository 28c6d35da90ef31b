import type { AllocationId, ReservationId } from './ids.ts';
import type { MoveRefusal, Refused, ReserveRefusal } from './outcome.ts';
import type { KitRef } from './reference.ts';
import type { MoveRequest, Reservation, ReserveLine, ReserveRequest } from './reservation.ts';
import type { LineUnits } from './stock-port.ts';
import type { HoldEnd } from './stock-fact.ts';

// Facts of the promise shards: reservations over several stock shards.

export type PromiseFact =
  | {
      readonly fact: 'ReservationStarted';
      readonly at: number;
      readonly id: ReservationId;
      readonly keyDigest: string;
      readonly contentDigest: string;
      readonly request: ReserveRequest;
      /** Owner of each line, exploded when there are kits. */
      readonly shards: readonly number[];
      /** What the kits among its lines were made of; absent: there are none (rule AV9). */
      readonly kits?: readonly Pick<KitRef, 'sku' | 'components'>[];
    }
  | {
      readonly fact: 'PartAnswered';
      readonly at: number;
      readonly id: ReservationId;
      readonly shard: number;
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<ReserveRefusal>;
    }
  | {
      readonly fact: 'ReservationDecided';
      readonly at: number;
      readonly id: ReservationId;
      readonly outcome: { readonly status: 'reserved'; readonly reservation: Reservation } | Refused<ReserveRefusal>;
    }
  | {
      readonly fact: 'ReservationExtended';
      readonly at: number;
      readonly id: ReservationId;
      readonly expiresAt: number;
    }
  | {
      readonly fact: 'MoveStarted';
      readonly at: number;
      readonly id: ReservationId;
      readonly keyDigest: string;
      readonly contentDigest: string;
      readonly request: MoveRequest;
      /** Owner of the sku. */
      readonly shard: number;
      /** Number of the move within its reservation, from 1. */
      readonly move: number;
    }
  | {
      readonly fact: 'MoveAnswered';
      readonly at: number;
      readonly id: ReservationId;
      readonly move: number;
      /** `lines`: all that the part holds now. */
      readonly outcome: { readonly status: 'held'; readonly lines: readonly ReserveLine[] } | Refused<MoveRefusal>;
    }
  /** It ended as an order's units, whichever parts have heard of it yet (rule RS3). */
  | {
      readonly fact: 'ReservationAllocated';
      readonly at: number;
      readonly id: ReservationId;
      readonly allocated: {
        readonly allocation: AllocationId;
        readonly step: number;
        readonly movementRef: string;
        readonly takes: readonly { readonly shard: number; readonly lines: readonly LineUnits[] }[];
        readonly replyTo?: number;
      };
    }
  | { readonly fact: 'ReservationEnded'; readonly at: number; readonly id: ReservationId; readonly end: HoldEnd }
  | { readonly fact: 'PartClosed'; readonly at: number; readonly id: ReservationId; readonly shard: number };

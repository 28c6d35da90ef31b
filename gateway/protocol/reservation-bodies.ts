import type { ComponentInfo } from './stock-bodies.ts';

// Bodies of the routes under /v1/reservations.

/**
 * `POST /v1/reservations` with header Idempotency-Key. 201 with ReservationInfo, 409 with HttpError for a no about stock.
 * `DELETE /v1/reservations/{id}` releases: one's own, with the scope `admin` or `ops` and `reservations` anybody's.
 */
export interface ReservationBody {
  readonly channel: string;
  /** Whom the client buys for, 1 to 128 visible characters: quotas of a channel or an item are counted for each. */
  readonly customer?: string;
  readonly lines: readonly (
    | { readonly sku: string; readonly units: number; readonly node: string }
    | { readonly sku: string; readonly units: number; readonly group: string }
  )[];
  readonly holdMs?: number;
  readonly partial?: boolean;
}

export interface ReservationInfo {
  readonly id: string;
  readonly client: string;
  readonly customer?: string;
  readonly channel: string;
  readonly state: 'held' | 'allocated' | 'released' | 'expired';
  readonly lines: ReservationBody['lines'];
  /** Kits as they were asked; their components are held among the lines. Absent: none. */
  readonly kits?: readonly (ReservationBody['lines'][number] & { readonly components: readonly ComponentInfo[] })[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** How often it was extended; absent: never. */
  readonly extensions?: number;
}

/**
 * `GET /v1/reservations?limit=&after=`: held ones, newest first; one's own, with the scope `ops` everybody's. `next` goes
 * into `after`; absent when there is no more.
 */
export interface ReservationsPage {
  readonly reservations: readonly ReservationInfo[];
  readonly next?: string;
}

/** `POST /v1/reservations/{id}/extend`: hold time in all since it was made, ms, 4 hours at most. Answers ReservationInfo. */
export interface ExtendBody {
  readonly holdMs: number;
}

type PlaceBody = { readonly node: string } | { readonly group: string };

/** `POST /v1/reservations/{id}/move` with header Idempotency-Key: held units to another place. Answers ReservationInfo. */
export interface MoveBody {
  readonly sku: string;
  readonly from: PlaceBody;
  readonly to: PlaceBody;
  /** Absent: all of the line. */
  readonly units?: number;
}

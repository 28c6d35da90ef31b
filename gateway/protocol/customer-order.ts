import type { OrderStatusName } from './order-bodies.ts';

/**
 * For whoever holds the order's token: `d` of `order`, key `<id>.<token>`, and `GET /v1/orders/{id}/status`. It says how the
 * order stands, and of nodes and people only where it is collected.
 */
export interface CustomerOrder {
  readonly id: string;
  readonly number: string;
  readonly channel: string;
  readonly placedAt: number;
  readonly status: OrderStatusName;
  readonly method: 'ship' | 'pickup' | 'ship-to-store';
  readonly currency: string;
  readonly totalMinor: number;
  readonly lines: readonly CustomerLine[];
  readonly shipments: readonly CustomerShipment[];
  /** Where it is collected. */
  readonly pickup?: {
    readonly node: string;
    readonly name: string;
    /** What to show there; once something is ready. */
    readonly code?: string;
    /** Until when. */
    readonly by?: number;
  };
  /** What happened, the oldest first. */
  readonly steps: readonly CustomerStep[];
}

interface CustomerLine {
  readonly line: string;
  readonly sku: string;
  readonly name?: string;
  /** Ever ordered: cancelled ones included. */
  readonly units: number;
  readonly states: readonly CustomerUnits[];
}

interface CustomerUnits {
  readonly state: CustomerState;
  readonly units: number;
  /** When they were promised. */
  readonly dueAt?: number;
}

/** `unavailable`: there was none, and none was promised. */
export type CustomerState =
  | 'received'
  | 'backordered'
  | 'confirmed'
  | 'preparing'
  /** From another node to where it is collected. */
  | 'on-its-way'
  | 'ready'
  | 'shipped'
  | 'delivered'
  | 'collected'
  | 'cancelled'
  | 'returned'
  | 'unavailable';

export interface CustomerShipment {
  readonly carrier: string;
  readonly tracking?: string;
  readonly at: number;
  readonly delivered?: true;
  readonly lines: readonly { readonly sku: string; readonly name?: string; readonly units: number }[];
}

export interface CustomerStep {
  /** `moved`: some of it is prepared elsewhere now. */
  readonly what:
    | 'placed'
    | 'confirmed'
    | 'preparing'
    | 'moved'
    | 'ready'
    | 'shipped'
    | 'delivered'
    | 'collected'
    | 'cancelled'
    | 'returned';
  readonly at: number;
}

import type { Fraction } from './fraction.ts';

// Bodies of the routes under /v1/nodes/{node}/work, and what the log `work:<node>` tells.

/** What a node has to do for an order. What the customer shows when it is collected is asked for, never shown. */
export interface WorkInfo {
  readonly id: string;
  readonly order: string;
  /** As the customer knows the order. */
  readonly number: string;
  readonly node: string;
  readonly method: 'ship' | 'pickup' | 'ship-to-store';
  /** Where it is handed over, for `ship-to-store`. */
  readonly pickupNode?: string;
  /** It comes packed from that node, to be received and handed over here. */
  readonly from?: string;
  readonly state: WorkStateName;
  readonly lines: readonly WorkLineInfo[];
  readonly shipTo?: PostalAddressInfo;
  readonly customer?: string;
  /** Lower is sooner. */
  readonly priority: number;
  /** When it must have left, or be ready; absent: nothing was promised. */
  readonly dueAt?: number;
  readonly offeredAt: number;
  /** Without an `accept` by then it is pulled back; absent: it waits for ever. */
  readonly acceptBy?: number;
  /** Not collected by then: it goes back on the shelf. */
  readonly collectBy?: number;
  readonly parcels: readonly ParcelInfo[];
  /** Why it was rejected, pulled back or short. */
  readonly reason?: string;
  /** Who did the last thing. */
  readonly by?: string;
  /** When the last thing was done. */
  readonly at: number;
  /** Grows by one with each change. */
  readonly version: number;
}

export type WorkStateName =
  | 'queued'
  | 'accepted'
  | 'picking'
  | 'picked'
  | 'packed'
  | 'ready-for-pickup'
  | 'shipped'
  | 'delivered'
  | 'collected'
  | 'rejected'
  | 'pulled-back';

type ShortReasonName = 'not-found' | 'damaged' | 'too-busy' | 'closing' | 'other';

interface WorkLineInfo {
  /** Number within the work order, from 1. */
  readonly line: number;
  /** The order's line it serves. */
  readonly orderLine: string;
  readonly sku: string;
  readonly name?: string;
  readonly units: number;
  /** How many of them were picked; absent: nobody has said yet. */
  readonly picked?: number;
  readonly short?: ShortReasonName;
}

export interface ParcelInfo {
  readonly carrier: string;
  readonly tracking?: string;
  readonly lines: readonly { readonly line: number; readonly units: number }[];
}

export interface PostalAddressInfo {
  readonly name?: string;
  readonly lines: readonly string[];
  readonly city?: string;
  readonly region?: string;
  readonly postcode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly phone?: string;
  readonly lat?: Fraction;
  readonly lon?: Fraction;
}

/** `GET /v1/nodes/{node}/work?ended=&after=&limit=`: a node's work orders, the oldest first. */
export interface WorksPage {
  readonly node: string;
  /** Epoch and number of the newest event of `work:<node>` that is in this page: who follows the log goes on behind it. */
  readonly e: string;
  readonly head: number;
  readonly works: readonly WorkInfo[];
  /** Goes into `after`; absent when there is no more. */
  readonly next?: string;
}

/** `GET /v1/nodes/{node}/work/{work}`, and what every act answers: the work order as it is since. */
export interface WorkAnswer {
  readonly work: WorkInfo;
}

/** `POST /v1/nodes/{node}/work/{work}/acts` with header Idempotency-Key: what somebody at the node did. */
export type WorkActBody =
  | { readonly act: 'accept' | 'start' | 'pack' | 'ready' | 'deliver' | 'receive' }
  /** Of each line how many were found, and why not all; lines that are not named: all. */
  | {
      readonly act: 'pick';
      readonly lines?: readonly { readonly line: number; readonly picked: number; readonly short?: ShortReasonName }[];
    }
  /** No parcels: one, of everything. `happenedAt`: when it left; absent: now. */
  | {
      readonly act: 'ship';
      readonly parcels?: readonly ParcelInfo[];
      readonly carrier?: string;
      readonly tracking?: string;
      readonly happenedAt?: number;
    }
  /** `code`: what the customer shows. */
  | { readonly act: 'collect'; readonly code: string; readonly happenedAt?: number }
  | { readonly act: 'reject'; readonly reason: ShortReasonName; readonly note?: string };

/** `d` of an event of `work:<node>`: what happened, and the work order as it is since; `queued` is its arrival. */
export interface WorkNewsInfo {
  readonly o: number;
  readonly node: string;
  readonly op:
    | 'queued'
    | 'accept'
    | 'start'
    | 'pick'
    | 'pack'
    | 'ship'
    | 'ready'
    | 'collect'
    | 'deliver'
    | 'reject'
    | 'pull-back'
    | 'accept-timeout'
    | 'pickup-timeout';
  readonly at: number;
  readonly work: WorkInfo;
}

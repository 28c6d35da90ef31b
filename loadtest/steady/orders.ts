import type { Percentiles } from '../stopwatch.ts';
import type { PlanOptions } from './plan.ts';

// What the conductor says to the sender and the fleet, and what they answer. Times are monotonicMs().

export interface SenderOrders {
  readonly plan: PlanOptions;
  readonly url: string;
  readonly key: string;
}

export interface FleetOrders {
  readonly plan: PlanOptions;
  readonly url: string;
  readonly clients: number;
  readonly keys: number;
  /** 0: every version, which needs the key. Undefined: as a public page that asks for nothing. */
  readonly conflateMs: number | undefined;
  readonly key: string;
  /** Events meant before this, ms after the start, have a histogram of their own. */
  readonly warmupMs: number;
}

export type Order<Prepare> =
  | { readonly do: 'prepare'; readonly with: Prepare }
  | { readonly do: 'go'; readonly startMs: number }
  /** To the fleet: everything was sent and acknowledged; wait for the rest, then report. */
  | { readonly do: 'finish' };

export interface SenderReport {
  readonly accepted: number;
  readonly refused: number;
  /** Batches sent again because the server was busy. */
  readonly retries: number;
  /** First reasons of refusal. */
  readonly reasons: readonly string[];
  /** Last acknowledgement, ms after the start. */
  readonly lastAckMs: number;
  /** How late a batch left, ms: what the sender itself adds, waiting for an earlier answer included. */
  readonly late: Percentiles;
  /** Request to answer, ms. */
  readonly answer: Percentiles;
}

export interface FleetReport {
  readonly deliveries: number;
  readonly bytes: number;
  readonly latency: Percentiles;
  /** The same while the server was still warming up. */
  readonly warmup: Percentiles;
  readonly folded: number;
  readonly lost: number;
  readonly missing: number;
  readonly backwards: number;
  /** Sockets the server closed before the end. */
  readonly closed: number;
}

export type Report<Result> =
  | { readonly is: 'ready' }
  | { readonly is: 'done'; readonly result: Result }
  | { readonly is: 'failed'; readonly why: string };

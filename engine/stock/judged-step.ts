import type { AllocationOutcome } from '../contract/allocation.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { AllocationRefusal, Refused } from '../contract/outcome.ts';
import type { AllocationRow } from './allocations.ts';

export type No = Refused<AllocationRefusal>;

/** What a step writes down, and the allocation after it, or else what it is answered. */
export type Judged = { readonly facts: readonly StockFact[] } & (
  | { readonly row: AllocationRow }
  | { readonly answer: AllocationOutcome }
);

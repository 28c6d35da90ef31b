import type { StockFact } from '../contract/stock-fact.ts';
import type { AllocationRefusal, Refused } from '../contract/outcome.ts';
import type { AllocationRow } from './allocations.ts';

export type No = Refused<AllocationRefusal>;

/** What a step writes down, and the allocation after it. */
export interface Judged {
  readonly facts: readonly StockFact[];
  readonly row: AllocationRow;
}

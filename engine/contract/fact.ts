import type { StockFact } from './stock-fact.ts';
import type { PromiseFact } from './promise-fact.ts';
import type { IntakeFact } from './intake-fact.ts';
import type { NodeFact, OrderFact } from './order-fact.ts';

// What became true. Only facts are journaled and replayed; they carry what decide() resolved, so later rules never rewrite the past.

export type Fact = StockFact | PromiseFact | IntakeFact | OrderFact | NodeFact;

import type { HistoryRefusal } from '../contract/ledger.ts';
import type { Refused } from '../contract/outcome.ts';
import type { PastStock } from '../contract/past.ts';
import { giveWay } from './give-way.ts';
import { type ReplayTask, replayStock } from './replay.ts';

giveWay();

/** Task of the pool thread. */
export default function replay(task: ReplayTask): PastStock | Refused<HistoryRefusal> {
  return replayStock(task);
}

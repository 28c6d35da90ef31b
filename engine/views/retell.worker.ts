import type { HistoryRefusal } from '../contract/ledger.ts';
import type { Retold } from '../contract/notice.ts';
import type { Refused } from '../contract/outcome.ts';
import { giveWay } from './give-way.ts';
import { retellChanges, type RetellTask } from './retell.ts';

giveWay();

/** Task of the pool thread. */
export default function retell(task: RetellTask): Retold | Refused<HistoryRefusal> {
  return retellChanges(task);
}

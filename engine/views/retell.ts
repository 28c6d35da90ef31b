import type { StockChange } from '../contract/change.ts';
import type { HistoryRefusal } from '../contract/ledger.ts';
import type { Retold, RetoldChange } from '../contract/notice.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import { readHistory } from '../journal/read-history.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { beginReplay, type ReplayTask } from './replay.ts';

/** Changes of one answer: a shard that crosses more is asked again. */
const CHANGES_MAX = 5_000;

export type RetellTask = Omit<ReplayTask, 'sku' | 'until'> & {
  /** Facts of the shard that were told already. */
  readonly after: number;
};

/**
 * What a stock shard published since a fact, from the journal: bands crossed and shortfalls, which no fact says by itself. So
 * whoever follows changes and remembers how far he was misses none, whenever he or we died.
 */
export function retellChanges(task: RetellTask): Retold | Refused<HistoryRefusal> {
  const { after, shard, head, journalDir: dir } = task;
  const begun = beginReplay({ ...task, until: { lsn: after } });
  if (begun === undefined) return refuse('beyond-history', { field: 'after' });
  const { hosted, position } = begun;
  const changes: RetoldChange[] = [];
  for (const { record } of readHistory({ dir, from: position + 1, to: head })) {
    if (changes.length >= CHANGES_MAX) break;
    if (record.shard !== shard || record.lsn <= hosted.lsn) continue;
    if (record.lsn !== hosted.lsn + 1) return refuse('beyond-history', { field: 'after' });
    // What was told already is taken off in one, before the first that was not.
    if (hosted.lsn === after) changesOf(hosted, 0);
    const at = hosted.replay(record) ?? 0;
    if (hosted.lsn > after) changes.push(...changesOf(hosted, at));
  }
  return { changes, through: Math.max(after, hosted.lsn) };
}

/** Asked after each fact, so that none is folded into the next. */
function changesOf({ machine }: HostedShard, at: number): RetoldChange[] {
  return machine.takeChanges(at).filter(isTold).map(retold);
}

function isTold({ crossings, shortfalls }: StockChange): boolean {
  return crossings !== undefined || shortfalls !== undefined;
}

function retold({ sku, revision, position, at, channels, crossings, shortfalls }: StockChange): RetoldChange {
  return {
    sku,
    revision,
    position,
    at,
    channels,
    ...(crossings !== undefined && { crossings }),
    ...(shortfalls !== undefined && { shortfalls }),
  };
}

import type { WorkInfo, WorkNewsInfo } from '../../gateway/protocol/work-bodies.ts';
import type { Done } from './staff.ts';

export interface Seen {
  /** Changes of the node's work orders, counted by the versions they have reached. */
  readonly expected: number;
  readonly seen: number;
  /** Happened and never seen. */
  readonly missing: number;
  /** Seen and did not happen. */
  readonly strange: number;
  /** Seen for the first time at an offset that is not the next, or before an earlier version. */
  readonly outOfOrder: number;
  readonly duplicates: number;
}

/**
 * What a consumer wrote (`offset work@version op` each) against the node's work orders as its shard has them: a work order of
 * version 5 was changed five times, which is told by another way than the log.
 */
export function judgeSeen(lines: readonly string[], works: readonly Pick<WorkInfo, 'id' | 'version'>[]): Seen {
  const wanted = new Set(
    works.flatMap(({ id, version }) => Array.from({ length: version }, (_, v) => `${id}@${v + 1}`)),
  );
  const seen = new Set<string>();
  const versions = new Map<string, number>();
  let newest = 0;
  const counts = { strange: 0, outOfOrder: 0, duplicates: 0 };
  for (const line of lines) {
    const [o = '', change = ''] = line.split(' ');
    if (seen.has(change)) {
      counts.duplicates++;
      continue;
    }
    seen.add(change);
    if (!wanted.has(change)) counts.strange++;
    const [work = '', version = ''] = change.split('@');
    if (Number(o) !== newest + 1 || Number(version) !== (versions.get(work) ?? 0) + 1) counts.outOfOrder++;
    newest = Number(o);
    versions.set(work, Number(version));
  }
  const missing = [...wanted].filter((change) => !seen.has(change)).length;
  return { expected: wanted.size, seen: seen.size, missing, ...counts };
}

export interface Acts {
  /** Answered for and in no log. */
  readonly lostActs: number;
  /** In a log more than once. */
  readonly doubledActs: number;
}

/** What people were answered for against the logs of all nodes: each once. */
export function judgeActs(done: readonly Done[], logs: readonly Pick<WorkNewsInfo, 'op' | 'work'>[]): Acts {
  const times = new Map<string, number>();
  for (const { op, work } of logs) times.set(`${work.id} ${op}`, (times.get(`${work.id} ${op}`) ?? 0) + 1);
  return {
    lostActs: done.filter(({ work, op }) => !times.has(`${work} ${op}`)).length,
    doubledActs: [...times.values()].filter((count) => count > 1).length,
  };
}

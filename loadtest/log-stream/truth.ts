import type { LedgerInfo } from '../../gateway/protocol/history-bodies.ts';

// What must have been seen, from the ledger over HTTP: another table, another reader, no offsets.

const PAGE = 1_000;

export interface Expected {
  /** As the log names them, in the order of the journal. */
  readonly eids: readonly string[];
  /** Ids of all events in the ledger, of other nodes too. */
  readonly ids: ReadonlySet<string>;
}

/** The ledger's deltas, oldest first; those at the nodes are what the log must have. */
export async function readTruth(url: string, key: string, nodes: readonly string[]): Promise<Expected> {
  const eids: string[] = [];
  const ids = new Set<string>();
  for (let after = 0; ;) {
    const query = `kind=delta&order=oldest&limit=${PAGE}${after === 0 ? '' : `&after=${after}`}`;
    const response = await fetch(`${url}/v1/ledger?${query}`, { headers: { authorization: `Bearer ${key}` } });
    if (response.status !== 200) throw new Error(`the ledger answered ${response.status}: ${await response.text()}`);
    const { movements, next } = (await response.json()) as LedgerInfo;
    for (const { row, id, node } of movements) {
      if (id !== undefined) ids.add(id);
      if (node !== undefined && nodes.includes(node)) eids.push(row.toString(36));
    }
    if (next === undefined) return { eids, ids };
    after = next;
  }
}

export interface Judged {
  readonly expected: number;
  readonly seen: number;
  /** In the ledger and never seen. */
  readonly missing: number;
  /** Seen and not in the ledger. */
  readonly strange: number;
  /** Seen for the first time after one that comes later, or at an offset that is not the next. */
  readonly outOfOrder: number;
  readonly duplicates: number;
}

/** `lines`: what the consumer wrote, `offset eid` each. */
export function judge(lines: readonly string[], eids: readonly string[]): Judged {
  const wanted = new Set(eids);
  const seen = new Set<string>();
  let newest = 0;
  let newestEid = -1;
  const counts = { strange: 0, outOfOrder: 0, duplicates: 0 };
  for (const line of lines) {
    const [o = '', eid = ''] = line.split(' ');
    if (seen.has(eid)) {
      counts.duplicates++;
      continue;
    }
    seen.add(eid);
    if (!wanted.has(eid)) counts.strange++;
    const place = Number.parseInt(eid, 36);
    if (Number(o) !== newest + 1 || place <= newestEid) counts.outOfOrder++;
    newest = Number(o);
    newestEid = place;
  }
  return { expected: eids.length, seen: seen.size, missing: eids.filter((eid) => !seen.has(eid)).length, ...counts };
}

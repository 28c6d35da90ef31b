import type { DatabaseSync } from 'node:sqlite';
import { shardOfOrder } from '../contract/ids.ts';
import type { OrderRow, RuleLogAsked, RuleLogPage, RuleRun, Told } from '../contract/order-view.ts';

/** What automations did, by rule and time; files from before there was such a log are given it when they are opened. */
export const RULE_LOG_INDEX = `CREATE INDEX IF NOT EXISTS rule_log ON timeline (json_extract(told, '$.id'), at)
  WHERE json_extract(told, '$.what') = 'automation'`;

/** The newest first (rule OR10). */
export function ruleLog(
  db: DatabaseSync,
  { rule, channels, after, limit }: RuleLogAsked,
): Omit<RuleLogPage, 'through'> {
  const [at, n, lsn] = after?.split('_').map(Number) ?? [];
  const behind = at === undefined ? [] : [at, n ?? 0, lsn ?? 0];
  const rows = db
    .prepare(
      `SELECT t.n, t.lsn, t.at, t.told, o.row FROM timeline t JOIN orders o USING (n)
       WHERE json_extract(told, '$.what') = 'automation' AND json_extract(told, '$.id') = ?
       ${behind.length === 0 ? '' : 'AND (t.at, t.n, t.lsn) < (?, ?, ?)'} ORDER BY t.at DESC, t.n DESC, t.lsn DESC LIMIT ?`,
    )
    .all(rule, ...behind, limit + 1);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const runs = shown.map((each): RuleRun => {
    const { id, number, channel } = JSON.parse(String(each['row'])) as OrderRow;
    const { did = '' } = JSON.parse(String(each['told'])) as Told;
    const position = `${shardOfOrder(id)}.${Number(each['lsn'])}`;
    return { at: Number(each['at']), position, order: id, number, channel, did };
  });
  return {
    runs: runs.filter(({ channel }) => channels?.includes(channel) ?? true),
    ...(last !== undefined && { next: [last['at'], last['n'], last['lsn']].map(Number).join('_') }),
  };
}

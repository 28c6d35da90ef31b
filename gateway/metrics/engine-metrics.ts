import type { EngineStats } from '../../engine/api.ts';
import type { MetricBook, Sample } from './metric-book.ts';

/** What the engine says of itself. `stats` undefined: it did not answer this scrape, and these metrics are absent. */
export function engineMetrics(book: MetricBook, stats: () => EngineStats | undefined): void {
  book.gauge('onhand_engine_up', '1 when the engine answered this scrape, else 0; its metrics are absent then', () =>
    stats() === undefined ? 0 : 1,
  );
  book.counters('onhand_events_total', 'Stock events since the start, by what became of them', 'outcome', () => {
    const now = stats();
    if (now === undefined) return [];
    return [
      ['recorded', now.recorded],
      ['duplicate', now.duplicates],
      ['refused', now.refused],
    ];
  });
  book.gauge('onhand_skus', 'Skus that have stock records', () => stats()?.skus);
  book.gauge('onhand_positions', 'Positions: a sku at a node', () => stats()?.positions);
  book.gauge('onhand_positions_short', 'Positions that have less than is promised there', () =>
    stats()?.health.reduce((sum, { short }) => sum + short, 0),
  );
  book.gauge('onhand_reservations_held', 'Reservations that hold units', () => stats()?.holds);
  book.gauge('onhand_dead_letters_open', 'Refused rows that wait for a person', () => stats()?.openLetters);
  book.gauge('onhand_undurable_bytes', 'Bytes sent to shard threads that are not durable yet', () => {
    return stats()?.undurableBytes;
  });
  book.gauges('onhand_table_bytes', 'Bytes of the stock shards’ columns', 'table', () => {
    return Object.entries(stats()?.tableBytes ?? {});
  });
  book.gauge('onhand_shard_threads', 'Threads that decide', () => stats()?.threads);
}

export function orderMetrics(book: MetricBook, stats: () => EngineStats | undefined): void {
  const orders = () => stats()?.orders;
  book.gauges('onhand_orders', 'Orders of the last 100 days and those that are open, by status', 'status', () => {
    return Object.entries(orders()?.byStatus ?? {});
  });
  book.gauges('onhand_orders_waiting', 'Orders that wait for a person, by queue', 'queue', () => {
    return Object.entries(orders()?.byQueue ?? {});
  });
  book.gauges('onhand_orders_open', 'Orders that have neither left nor ended, by order shard', 'shard', () => {
    return (orders()?.openByShard ?? []).map((open, index): Sample => [String(index), open]);
  });
  book.gauge('onhand_orders_early', 'Orders that messages have come about and that nobody has placed', () => {
    return orders()?.early;
  });
  book.gauge('onhand_work_open', 'Work orders that have neither left nor ended, at all nodes', () => {
    return orders()?.workOpen;
  });
}

/** Journal, ledger and invariant watch. */
export function durabilityMetrics(book: MetricBook, stats: () => EngineStats | undefined): void {
  const journal = () => stats()?.journal;
  book.counter('onhand_journal_commits_total', 'Commits since the start: one write and one sync', () => {
    return journal()?.commits;
  });
  book.counter('onhand_journal_facts_total', 'Facts written since the start', () => journal()?.facts);
  book.counter('onhand_journal_written_bytes_total', 'Bytes of facts written since the start', () => journal()?.bytes);
  book.gauge('onhand_journal_head_position', 'Position of the newest durable fact', () => journal()?.head);
  book.gauge('onhand_journal_segments', 'Segment files that are kept', () => journal()?.segments);
  book.histogram('onhand_journal_commit_duration_seconds', 'Time of a commit, write and sync', () => {
    return journal()?.commitMicros;
  });
  book.gauge('onhand_ledger_lag_facts', 'Facts by which the ledger is behind the journal', () => {
    return stats()?.projector.lag;
  });
  book.gauge('onhand_ledger_up', '1 while the ledger follows the journal, 0 when it has failed', () => {
    const now = stats();
    return now === undefined ? undefined : Number(now.projector.failed === undefined);
  });
  book.gauge(
    'onhand_invariant_violations',
    'Sums that did not add up in the newest walk: 0, or the log says which',
    () => {
      return stats()?.invariants.violations;
    },
  );
  book.gauge('onhand_invariant_walk_timestamp_seconds', 'End of the newest walk over all positions', () => {
    const at = stats()?.invariants.checkedAt ?? undefined;
    return at === undefined ? undefined : at / 1000;
  });
}

/** One series per source, of which reference data has a few dozen. Nodes, by the hundred, are only counted. */
export function sourceMetrics(book: MetricBook, stats: () => EngineStats | undefined): void {
  book.gauge('onhand_nodes_silent', 'Nodes whose owner was not heard in time', () => stats()?.silent.length);
  book.gauges('onhand_source_silent_nodes', 'Nodes of the source that are silent', 'source', () => {
    return countBySource(stats()?.silent ?? []);
  });
  book.gauges('onhand_source_heard_timestamp_seconds', 'When the source was heard last', 'source', () => {
    const heard = new Map<string, number>();
    for (const { source, at } of stats()?.heard ?? []) heard.set(source, Math.max(at / 1000, heard.get(source) ?? 0));
    return heard;
  });
  book.gauges('onhand_source_missing_numbers', 'Numbers of the source’s events that never arrived', 'source', () => {
    return (stats()?.gaps ?? []).map(({ source, missing }): Sample => [source, missing]);
  });
  book.gauges('onhand_source_clock_behind_seconds', 'How far the source’s clock seems to run behind', 'source', () => {
    return (stats()?.slowClocks ?? []).map(({ source, behindMs }): Sample => [source, behindMs / 1000]);
  });
}

function countBySource(silent: readonly { readonly source: string }[]): ReadonlyMap<string, number> {
  const count = new Map<string, number>();
  for (const { source } of silent) count.set(source, (count.get(source) ?? 0) + 1);
  return count;
}

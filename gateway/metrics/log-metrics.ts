import type { Logs } from '../log/logs.ts';
import type { MetricBook } from './metric-book.ts';

/**
 * One series per log, which reference data names. Consumers, by the hundred, are counted; who it is that lags stands in the
 * list of consumers.
 */
export function logMetrics(book: MetricBook, { hub, store }: Logs): void {
  book.gauge('onhand_log_up', '1 while acknowledgements of logs can be written, else 0', () => {
    return Number(store.failed === undefined);
  });
  book.gauge('onhand_log_consumers_connected', 'Consumers that read a log now', () => hub.connected);
  book.counter('onhand_log_takeovers_total', 'Consumers whose older connection was closed for a newer one', () => {
    return hub.takenOver;
  });
  book.gauges('onhand_log_consumers', 'Consumers of the log that are remembered', 'log', () => {
    const count = new Map<string, number>();
    for (const { ch } of store.marks()) count.set(ch, (count.get(ch) ?? 0) + 1);
    return count;
  });
  book.gauges('onhand_log_lag_events', 'Events by which the consumer furthest behind is behind', 'log', () => {
    const lag = new Map<string, number>();
    for (const { ch, e, o } of store.marks()) {
      const state = hub.state(ch);
      if (state === undefined) continue;
      // Of another epoch it has nothing of what is there now.
      const behind = state.head - (e === state.e ? o : state.first - 1);
      lag.set(ch, Math.max(lag.get(ch) ?? 0, behind));
    }
    return lag;
  });
}

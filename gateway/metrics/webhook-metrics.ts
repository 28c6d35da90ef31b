import type { IncomingStats, OutgoingStats } from '../protocol/webhook-bodies.ts';
import type { MetricBook } from './metric-book.ts';

export function incomingMetrics(book: MetricBook, incoming: { readonly stats: IncomingStats }): void {
  book.counters(
    'onhand_webhook_received_total',
    'Signed deliveries of sources, by what became of them',
    'outcome',
    () => {
      const { taken, repeated, wrongSignature } = incoming.stats;
      return [
        ['taken', taken],
        ['repeated', repeated],
        ['wrong-signature', wrongSignature],
      ];
    },
  );
}

/** Absent while nobody uses webhooks. */
export function outgoingMetrics(book: MetricBook, stats: () => OutgoingStats | undefined): void {
  book.counters('onhand_webhook_attempts_total', 'Attempts to deliver an event, by what came back', 'outcome', () =>
    Object.entries(stats()?.attempts ?? {}),
  );
  book.gauge('onhand_webhook_attempts_running', 'Attempts under way', () => stats()?.running);
  book.gauge('onhand_webhook_queued', 'Deliveries that wait', () => stats()?.queued);
  book.gauge(
    'onhand_webhook_missed',
    'Events left out because too many waited, until their endpoint is resumed',
    () => stats()?.missed,
  );
  book.gauges('onhand_webhook_endpoints', 'Endpoints of events, by state', 'state', () =>
    Object.entries(stats()?.endpoints ?? {}),
  );
}

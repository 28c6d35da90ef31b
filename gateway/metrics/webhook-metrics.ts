import type { IncomingWebhooks } from '../webhooks/incoming.ts';
import type { MetricBook } from './metric-book.ts';

export function webhookMetrics(book: MetricBook, incoming: Pick<IncomingWebhooks, 'stats'>): void {
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

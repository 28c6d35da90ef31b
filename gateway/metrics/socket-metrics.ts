import type { LimitHits } from '../limits.ts';
import type { LiveSessions } from '../live-sessions.ts';
import type { Broadcast } from '../broadcast.ts';
import type { MetricBook } from './metric-book.ts';

export function socketMetrics(book: MetricBook, live: LiveSessions): void {
  book.gauge('onhand_sockets', 'Open sockets', () => live.sockets);
  book.gauge('onhand_socket_unsent_bytes', 'Bytes written to sockets that the kernel has not taken', () => {
    return live.keeper.unsentBytes();
  });
  book.counter('onhand_socket_messages_received_total', 'Messages from sockets', () => live.received.messages);
  book.counter('onhand_socket_received_bytes_total', 'Bytes of messages from sockets', () => live.received.bytes);
  book.counters('onhand_socket_handshakes_refused_total', 'Handshakes answered with an error', 'reason', () => {
    return Object.entries(live.handshakesRefused);
  });
  book.counters('onhand_socket_closes_total', 'Sockets that ended, by the close code seen', 'code', () => {
    return Object.entries(live.closed);
  });
}

export function pushMetrics(book: MetricBook, broadcast: Broadcast): void {
  book.gauge('onhand_push_topics', 'Distinct states that somebody watches', () => broadcast.stock.size);
  book.counter('onhand_push_changes_total', 'Changes of what is watched, times the watchers', () => {
    return broadcast.changes;
  });
  book.counter(
    'onhand_push_updates_total',
    'Updates of stock written to sockets; changes less these were conflated away or wait',
    () => broadcast.latency.written,
  );
  book.histogram('onhand_push_age_seconds', 'From an event’s receipt to the write of its push', () => {
    return broadcast.latency.ages.read();
  });
}

export function limitMetrics(book: MetricBook, hits: LimitHits): void {
  book.counters('onhand_limit_hits_total', 'How often a limit bit, see the table of limits', 'limit', () => hits.all);
}

import { statfs } from 'node:fs/promises';
import type { StatsFs } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { collectDefaultMetrics } from 'prom-client';
import type { Engine, EngineStats } from '../../engine/api.ts';
import type { Broadcast } from '../broadcast.ts';
import type { LimitHits } from '../limits.ts';
import type { Logs } from '../log/logs.ts';
import { logMetrics } from './log-metrics.ts';
import type { LiveSessions } from '../live-sessions.ts';
import { dataFolderMetrics } from './data-folder-metrics.ts';
import { durabilityMetrics, engineMetrics, orderMetrics, sourceMetrics } from './engine-metrics.ts';
import { httpMetrics, type HttpMetrics } from './http-metrics.ts';
import { MetricBook } from './metric-book.ts';
import type { IncomingStats, OutgoingStats } from '../protocol/webhook-bodies.ts';
import { incomingMetrics, outgoingMetrics } from './webhook-metrics.ts';
import { limitMetrics, pushMetrics, socketMetrics } from './socket-metrics.ts';

/** A thread that is not started again once it has failed. */
interface Failing {
  readonly failed: string | undefined;
}

export interface MetricSources {
  readonly engine: Pick<Engine, 'stats'>;
  readonly dataDir: string;
  readonly hits: LimitHits;
  readonly broadcast: Broadcast;
  readonly live: LiveSessions;
  readonly requests: { readonly suppressed: number };
  readonly logs: Logs;
  readonly incoming: { readonly stats: IncomingStats };
  readonly audit: Failing;
  readonly webhooks: Failing & {
    readonly askIfInUse: (name: 'stats') => Promise<OutgoingStats | undefined>;
  };
}

export interface Metrics {
  readonly http: HttpMetrics;
  readonly contentType: string;
  /** The exposition, newly read. Scrapes at once share one reading. */
  text(): Promise<string>;
  /** Markdown: the README's table. */
  table(): string;
}

/** Gauges of prom-client that are called like counters, which promtool refuses; those by type say the same. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** A scrape does not wait longer for the engine: Prometheus gives up after 10 s. */
const STATS_MS_MAX = 3_000;

/** Everything /metrics shows; each area registers its own. Nothing is worked out between scrapes. */
export function createMetrics(sources: MetricSources): Metrics {
  const book = new MetricBook();
  let stats: EngineStats | undefined;
  let disk: StatsFs | undefined;
  let outgoing: OutgoingStats | undefined;
  engineMetrics(book, () => stats);
  orderMetrics(book, () => stats);
  durabilityMetrics(book, () => stats);
  sourceMetrics(book, () => stats);
  dataFolderMetrics(book, () => disk);
  const http = httpMetrics(book);
  socketMetrics(book, sources.live);
  pushMetrics(book, sources.broadcast);
  incomingMetrics(book, sources.incoming);
  logMetrics(book, sources.logs);
  book.counter('onhand_log_lines_suppressed_total', 'Lines about failed or slow requests that were too many', () => {
    return sources.requests.suppressed;
  });
  book.gauge(
    'onhand_audit_up',
    '1 while staff’s commands can be written down, else 0: none is let in until a restart',
    () => Number(sources.audit.failed === undefined),
  );
  book.gauge('onhand_webhooks_up', '1 while webhooks are taken and sent, else 0: none is until a restart', () =>
    Number(sources.webhooks.failed === undefined),
  );
  outgoingMetrics(book, () => outgoing);
  limitMetrics(book, sources.hits);
  collectDefaultMetrics({ register: book.registry });
  for (const name of MISNAMED) book.registry.removeSingleMetric(name);

  async function read(): Promise<string> {
    [stats, disk, outgoing] = await Promise.all([
      inTime(sources.engine.stats()),
      inTime(statfs(sources.dataDir)),
      inTime(sources.webhooks.askIfInUse('stats')),
    ]);
    return book.registry.metrics();
  }

  let reading: Promise<string> | undefined;
  return {
    http,
    contentType: book.registry.contentType,
    text: () => (reading ??= read().finally(() => (reading = undefined))),
    table: () => book.table(),
  };
}

/** What fails or takes too long is absent this time; the other metrics are shown all the same. */
async function inTime<T>(asked: Promise<T>): Promise<T | undefined> {
  const settled = new AbortController();
  const answer = asked.catch(() => undefined).finally(() => settled.abort());
  const late = wait(STATS_MS_MAX, undefined, { signal: settled.signal }).catch(() => undefined);
  return Promise.race([answer, late]);
}

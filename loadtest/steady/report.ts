import { textTable } from '../text-table.ts';
import type { SteadyResult } from './run.ts';

/** The table of a scenario's runs, a column each. */
export function table(results: readonly SteadyResult[]): string {
  const rows: readonly (readonly [string, (result: SteadyResult) => string])[] = [
    ['sku choice', (r) => r.skew],
    [
      'conflation',
      (r) => (r.conflateMs === 0 ? 'none' : r.conflateMs === 'default' ? 'default' : `${r.conflateMs} ms`),
    ],
    ['events/s offered', (r) => `${r.offered}`],
    ['events/s achieved', (r) => `${r.achieved} (${((r.achieved / r.offered) * 100).toFixed(1)} %)`],
    ['event → socket p50', (r) => `${r.fleet.latency.p50} ms`],
    ['event → socket p99', (r) => `${r.fleet.latency.p99} ms`],
    ['event → socket p99.9', (r) => `${r.fleet.latency.p999} ms`],
    ['event → socket max', (r) => `${r.fleet.latency.max} ms`],
    ['warm-up p99', (r) => `${r.fleet.warmup.p99} ms`],
    ['deliveries', (r) => `${r.fleet.deliveries}`],
    ['events folded', (r) => (r.conflateMs === 0 ? `${r.fleet.folded}` : '-')],
    ['gaps', (r) => `${r.gaps}`],
    ['refused', (r) => `${r.sender.refused}`],
    ['batch left late p99', (r) => `${r.sender.late.p99} ms`],
    ['batch answered p99', (r) => `${r.sender.answer.p99} ms`],
    ['server CPU', (r) => `${r.cost.server.cpu} % (${r.cost.server.threads.join(' + ')})`],
    ['server waited for a core', (r) => `${r.cost.server.waited} %`],
    ['server memory', (r) => `${r.memory.mib} MiB, peak ${r.memory.peakMib}`],
    ['sender CPU', (r) => `${r.cost.sender.cpu} %`],
    ['fleet CPU', (r) => `${r.cost.fleet.cpu} %`],
  ];
  return textTable(rows.map(([name, value]) => [name, ...results.map(value)]));
}

/** The last line: what a script reads. Latencies in ms, CPU in per cent of one core. */
export function summary(results: readonly SteadyResult[]): object {
  return {
    scenario: 'steady',
    runs: results.map((r) => ({
      skew: r.skew,
      conflateMs: r.conflateMs,
      offered: r.offered,
      achieved: r.achieved,
      p50: r.fleet.latency.p50,
      p99: r.fleet.latency.p99,
      p999: r.fleet.latency.p999,
      max: r.fleet.latency.max,
      warmupP99: r.fleet.warmup.p99,
      deliveries: r.fleet.deliveries,
      folded: r.fleet.folded,
      gaps: r.gaps,
      refused: r.sender.refused,
      serverCpu: r.cost.server.cpu,
      serverThreads: r.cost.server.threads,
      serverWaited: r.cost.server.waited,
      serverMib: r.memory.mib,
      serverPeakMib: r.memory.peakMib,
      senderCpu: r.cost.sender.cpu,
      fleetCpu: r.cost.fleet.cpu,
    })),
    gaps: results.reduce((sum, r) => sum + r.gaps, 0),
    refused: results.reduce((sum, r) => sum + r.sender.refused, 0),
  };
}

/** A fast wrong answer fails: nothing may be missing, refused or unsent. */
export function isRight(results: readonly SteadyResult[]): boolean {
  return results.every((r) => r.gaps === 0 && r.sender.refused === 0 && r.fleet.deliveries > 0);
}

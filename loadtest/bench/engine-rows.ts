import { fileURLToPath } from 'node:url';
import { output } from './output.ts';
import type { Row } from './row.ts';

// The engine in process: its own benchmark in a process of its own, so that neither this one's memory nor its work counts.

const BENCH = fileURLToPath(new URL('../../engine/shard/engine.bench.ts', import.meta.url));

interface EngineBench {
  readonly rows: readonly {
    readonly row: string;
    readonly perSecond: number;
    readonly microsP50: number;
    readonly microsP99: number;
    readonly cpuMicros: { readonly all: number };
  }[];
  readonly digest: string;
}

const WORDS: Readonly<Record<string, string>> = {
  deltas: 'stock deltas, 200 per call, 3,200 in flight',
  'reserve-1': 'reservations, 1 in flight',
  'reserve-64': 'reservations, 64 in flight',
  'reserve-1024': 'reservations, 1,024 in flight',
  'reserve-8192': 'reservations, 8,192 in flight',
};

export async function engineRows(operations: number): Promise<readonly Row[]> {
  const names = Object.keys(WORDS).join(',');
  const args = [BENCH, '--json', '--operations', String(operations), '--rows', names];
  const { rows, digest } = JSON.parse(await output(process.execPath, args)) as EngineBench;
  return rows.map((row) => ({
    who: 'engine in process',
    what: WORDS[row.row] ?? row.row,
    perSecond: row.perSecond,
    p50Ms: row.microsP50 / 1_000,
    p99Ms: row.microsP99 / 1_000,
    cpuMicros: row.cpuMicros.all,
    digest,
  }));
}

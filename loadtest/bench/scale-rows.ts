import { fileURLToPath } from 'node:url';
import { output } from './output.ts';
import { printed } from './row.ts';

// What size costs, each size in a process of its own (engine/shard/scale.bench.ts).

const BENCH = fileURLToPath(new URL('../../engine/shard/scale.bench.ts', import.meta.url));

export interface ScaleRow {
  readonly positions: number;
  readonly fillPerSecond: number;
  readonly salesPerSecond: number;
  readonly salesCpuMicros: number;
  readonly restartSeconds: number;
  readonly rssMiB: number;
  /** By table. */
  readonly bytesPerPosition: Readonly<Record<string, number>>;
}

export async function scaleRow(positions: number, events: number): Promise<ScaleRow> {
  const args = [BENCH, '--json', '--positions', String(positions), '--events', String(events)];
  return JSON.parse(await output(process.execPath, args)) as ScaleRow;
}

export function scaleTable(rows: readonly ScaleRow[]): string {
  const head = [
    'positions',
    'counts/s',
    'sales/s',
    'CPU µs/sale',
    'restart s',
    'RSS MiB',
    'bytes per position by table',
  ];
  return printed(head, rows.map(cells), 6);
}

function cells(row: ScaleRow): string[] {
  const rates = [row.positions, row.fillPerSecond, row.salesPerSecond].map((n) => n.toLocaleString('en-US'));
  const costs = [row.salesCpuMicros, row.restartSeconds, row.rssMiB].map(String);
  const tables = Object.entries(row.bytesPerPosition).map(([table, bytes]) => `${table} ${bytes}`);
  return [...rates, ...costs, tables.join(', ')];
}

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'hdr-histogram-js';
import { postgresMissing, type PostgresServer, startPostgres } from './postgres-server.ts';
import { cpuMicrosOf } from './process-cpu.ts';
import type { Row, Skipped } from './row.ts';

// PostgreSQL on the same work: a conditional UPDATE, which keeps the number from going below zero and nothing more.

const CLIENTS = [8, 64];
const SCHEMA = `CREATE TABLE stock (sku int PRIMARY KEY, available int NOT NULL);
INSERT INTO stock SELECT sku, 1000 FROM generate_series(1, 20000) AS sku;
ANALYZE stock;`;
/** Of 20 requests one asks for more than there is. */
const SCRIPT = `\\set sku random(1, 20000)
\\set kind random(1, 20)
\\set units case when :kind = 1 then 5000 else 1 end
UPDATE stock SET available = available - :units WHERE sku = :sku AND available >= :units;
`;
const LEFT = 'SELECT sum(available) FROM stock';
const SECONDS = 10;

export async function postgresRows(
  say: (line: string) => void,
  seconds: number = SECONDS,
): Promise<readonly Row[] | Skipped> {
  const why = postgresMissing(say);
  if (why !== undefined) return { who: 'postgres', why };
  const server = await startPostgres();
  try {
    await server.run('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-c', SCHEMA, '-d']);
    const rows: Row[] = [];
    for (const clients of CLIENTS) {
      say(`postgres, ${clients} clients`);
      rows.push(await measure(server, clients, seconds));
    }
    return rows;
  } finally {
    await server.stop();
  }
}

async function measure(server: PostgresServer, clients: number, seconds: number): Promise<Row> {
  const script = join(server.dir, 'reserve.sql');
  writeFileSync(script, SCRIPT, { mode: 0o644 });
  const before = { cpu: cpuMicrosOf(server.pid), left: await unitsLeft(server) };
  const log = join(server.dir, 'latency');
  const options = { c: clients, j: 2, T: seconds, f: script, M: 'prepared' };
  const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const printed = await server.run('pgbench', ['-n', ...args, '-l', `--log-prefix=${log}`]);
  const { count, perSecond } = parsePgbench(printed);
  const left = await unitsLeft(server);
  // Read last: a connection's time counts once its process has ended and was waited for.
  const cpu = cpuMicrosOf(server.pid) - before.cpu;
  return {
    who: 'postgres',
    what: `conditional UPDATE, ${clients} clients`,
    perSecond,
    ...latencies(server.dir),
    cpuMicros: cpu / count,
    digest: `${before.left - left} units`,
  };
}

export function parsePgbench(printed: string): { readonly count: number; readonly perSecond: number } {
  const count = Number(/transactions actually processed: (\d+)/.exec(printed)?.[1]);
  const perSecond = Number(/tps = ([\d.]+)/.exec(printed)?.[1]);
  if (!(count > 0 && perSecond > 0)) throw new Error(`pgbench printed something else: ${printed.slice(0, 300)}`);
  return { count, perSecond };
}

/** pgbench logs one line per transaction: client, number, µs … */
function latencies(dir: string): Pick<Row, 'p50Ms' | 'p99Ms'> {
  const micros = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 });
  for (const name of readdirSync(dir).filter((file) => file.startsWith('latency.'))) {
    for (const line of readFileSync(join(dir, name), 'utf8').split('\n')) {
      const value = Number(line.split(' ')[2]);
      if (value > 0) micros.recordValue(value);
    }
    rmSync(join(dir, name));
  }
  const at = (percentile: number): number => micros.getValueAtPercentile(percentile) / 1_000;
  return { p50Ms: at(50), p99Ms: at(99) };
}

async function unitsLeft(server: PostgresServer): Promise<number> {
  return Number((await server.run('psql', ['-At', '-c', LEFT, '-d'])).trim());
}
